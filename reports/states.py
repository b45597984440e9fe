"""The states in which a cloud accepts or refuses an operation, where the reference decides and where it is silent."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from reports.requirements import parts_of
from reports.words import listed, spelled

if TYPE_CHECKING:
    from specs.record.model import Result


@dataclass
class States:
    """The states of one operation with a documented precondition.

    Attributes:
        accepted, refused: states with the documented behaviour.
        wrong: states with another behaviour, and that behaviour: ``READY: accepted`` or ``READY: 409``.
        undecided: states whose behaviour could not be observed.

    An old record does not tell if requests were accepted: a state with the documented behaviour is then in no list.
    """

    accepted: list[str] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)
    undecided: list[str] = field(default_factory=list)

    def add(self, result: Result, state: str) -> None:
        """Add the result of one case of a precondition."""
        if result.verdict == "fail":
            _once(self.wrong, f"{state}: {'accepted' if result.accepted else result.observed}")
        elif result.verdict == "pass":
            if result.accepted is not None:
                _once(self.accepted if result.accepted else self.refused, state)
        elif result.verdict in ("inconclusive", "error"):
            _once(self.undecided, state)


@dataclass(frozen=True)
class Observed:
    """The cloud's behaviour in one matter of one operation that the reference does not decide.

    Attributes:
        sentence: a sentence on the cloud's behaviour, and on the reference: silent, or the choice is the provider's.

    """

    operation: str
    about: str
    sentence: str
    cases: tuple[str, ...]


class Observations:
    """Collects the observations of results.

    ``Result.observation`` may have any keys; these have a meaning: ``state`` (the state of the resource, if it alone is
    the situation), ``situation`` (in a few words), ``answer`` (the status code of the response), ``policy`` (the reason
    why a role should have been refused although the provider may choose), ``about`` (the matter), ``text`` (a whole
    sentence), ``choice`` (true if the reference leaves the choice to the provider). Others are shown unchanged.
    """

    def __init__(self) -> None:
        self._states: dict[str, _Tried] = {}
        self._facts: dict[tuple[str, str, str, bool], list[str]] = {}
        self._normal: dict[str, list[str]] = {}

    def add(self, result: Result) -> None:
        """Add the observation of one result, or the state in which its documented request was accepted."""
        seen = result.observation
        state = result.state
        if seen is None:
            if state and result.verdict == "pass" and parts_of(result).kind == "normal":
                _once(self._normal.setdefault(result.operation, []), state)
            return
        took = _took(seen, result)
        state = seen.get("state")
        if isinstance(state, str) and took is not None:
            tried = self._states.setdefault(result.operation, _Tried())
            _once(tried.accepts if took else tried.refuses, state)
            tried.cases.append(result.case)
            return
        choice = bool(seen.get("choice")) or "policy" in seen
        about = str(seen.get("about") or ("policy" if "policy" in seen else parts_of(result).column))
        text = str(seen.get("text") or _facts(seen, took))
        self._facts.setdefault((result.operation, about, text, not choice), []).append(result.case)

    def all(self) -> tuple[Observed, ...]:
        """Return the observations in the order of the record, those about states first."""
        states = (
            Observed(
                operation,
                "states",
                f"{_opening(True)}; {tried.sentence(self._normal.get(operation, []))}",
                tuple(tried.cases),
            )
            for operation, tried in self._states.items()
        )
        facts = (
            Observed(operation, about, f"{_opening(silent)}. {text[:1].upper()}{text[1:]}", tuple(cases))
            for (operation, about, text, silent), cases in self._facts.items()
        )
        return (*states, *facts)


@dataclass
class _Tried:
    accepts: list[str] = field(default_factory=list)
    refuses: list[str] = field(default_factory=list)
    cases: list[str] = field(default_factory=list)

    def sentence(self, normal: list[str]) -> str:
        """Return a sentence such as: this cloud accepts READY and refuses the other nine (BUSY, ...).

        ``normal``: the states in which the documented request was accepted.
        """
        accepted_in = [*normal, *(state for state in self.accepts if state not in normal)]
        both = [state for state in accepted_in if state in self.refuses]
        accepts = [state for state in accepted_in if state not in both]
        refuses = [state for state in self.refuses if state not in both]
        parts = []
        if accepts:
            parts.append(f"accepts {_states(accepts, others=len(accepts) > len(refuses) > 0)}")
        if refuses:
            parts.append(f"refuses {_states(refuses, others=len(refuses) >= len(accepts) > 0)}")
        if both:
            parts.append(f"sometimes accepts and sometimes refuses {listed(both)}")
        return f"this cloud {listed(parts)}."


def _opening(silent: bool) -> str:
    return "The reference is silent" if silent else "The reference leaves it to the provider"


def _states(states: list[str], others: bool) -> str:
    if not others or len(states) < 3:
        return listed(states)
    return f"the other {spelled(len(states))} ({', '.join(states)})"


def _took(seen: dict[str, Any], result: Result) -> bool | None:
    """True if the observed request was accepted, by the result or else by the observed code; None if unknown."""
    answer = seen.get("answer")
    if result.accepted is None and isinstance(answer, int) and not isinstance(answer, bool):
        return 200 <= answer < 300
    return result.accepted


def _facts(seen: dict[str, Any], took: bool | None) -> str:
    known = {"about", "choice", "situation", "policy", "answer"}
    rest = [f"{key}: {_value(value)}" for key, value in seen.items() if key not in known]
    situation = seen.get("situation") or seen.get("policy")
    if situation is not None or "answer" in seen:
        did = {True: "accepted", False: "refused", None: "answered"}[took]
        code = f" with {seen['answer']}" if "answer" in seen else ""
        rest.insert(0, f"{_value(situation)}: {did}{code}" if situation is not None else f"{did}{code}")
    return "; ".join(rest)


def _value(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return ", ".join(map(_value, value)) if isinstance(value, list) else str(value)


def _once(states: list[str], state: str) -> None:
    if state not in states:
        states.append(state)
