"""What a cloud accepts and refuses state by state: where the reference says so, and where it is silent."""

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
        accepted, refused: documented so, and found so.
        wrong: found otherwise than documented, such as ``READY: accepted`` or ``READY: 409``.
        undecided: not found out.

    A record that does not say whether requests were accepted says less here: a state that is as documented is then in
    no list.
    """

    accepted: list[str] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)
    undecided: list[str] = field(default_factory=list)

    def add(self, result: Result, state: str) -> None:
        """Take the result of one case of a precondition."""
        if result.verdict == "fail":
            _once(self.wrong, f"{state}: {'accepted' if result.accepted else result.observed}")
        elif result.verdict == "pass":
            if result.accepted is not None:
                _once(self.accepted if result.accepted else self.refused, state)
        elif result.verdict in ("inconclusive", "error"):
            _once(self.undecided, state)


@dataclass(frozen=True)
class Observed:
    """What the cloud does in one matter of one operation where the reference decides nothing.

    Attributes:
        sentence: that the reference is silent, or leaves it to the provider, and what this cloud does.

    """

    operation: str
    about: str
    sentence: str
    cases: tuple[str, ...]


class Observations:
    """Collects what results observe.

    ``Result.observation`` is free, and these keys are understood: ``state`` (the state of the resource, where nothing
    else makes the situation), ``situation`` (in a few words), ``answer`` (the code of the answer), ``policy`` (why a
    role should have been refused where the provider may choose), ``about`` (the matter), ``text`` (a whole sentence),
    ``choice`` (true where the reference leaves it to the provider). Others are shown as they are.
    """

    def __init__(self) -> None:
        self._states: dict[str, _Tried] = {}
        self._facts: dict[tuple[str, str, str, bool], list[str]] = {}
        self._normal: dict[str, list[str]] = {}

    def add(self, result: Result) -> None:
        """Take the observation of one result, if it has one, and where it was accepted as documented."""
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
        """Give the observations in the order of the record, those about states first."""
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
        """Such as: this cloud accepts READY and refuses the other nine (BUSY, ...).

        ``normal`` are the states in which the documented request was accepted.
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
    """Whether the observed request was accepted: as the result says, else by the code in the observation."""
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
