"""How requests wear a resource under test: after some it lacks a value that others need, or shows a value already."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

from conformance.engine.api.json_path import members
from conformance.engine.model.setup import Existing, Prepared

if TYPE_CHECKING:
    from collections.abc import Iterable

    from conformance.engine.cloud.kinds import View
    from conformance.engine.cloud.made import Made
    from conformance.engine.model.setup import Setup
    from conformance.engine.model.trial import Trial
    from conformance.engine.provision.context import RunContext


class Worn(Protocol):
    """The members of ``provision.subject.Subject``, the resource under test, that tell how requests have worn it."""

    context: RunContext
    made: Made | None
    view: View | None
    changed_by: str

    def discard(self) -> None:
        """Give the resource up."""


def discard_spent(subject: Worn) -> None:
    """Give a resource up that lacks a value which a request needs, and note the operation that took it."""
    if subject.changed_by:
        subject.context.spending.add(subject.changed_by)
    subject.discard()


def repeats(subject: Worn, body: Any) -> bool:
    """Whether a resource already shows a value of a request that an earlier request has set.

    Then the answer could not tell that the request was obeyed.
    """
    if subject.made is None or subject.view is None:
        return False
    at_first, sent = _named(subject.made.body), _named(body)
    return any(
        value not in (None, "", at_first.get(name)) and sent.get(name) == value
        for name, value in _named(subject.view).items()
    )


def shows_all(view: View | None, made: Made | None, fields: Iterable[str]) -> bool:
    """Whether a view, which may come from a list, shows each of some fields that the resource showed when made."""
    shown, at_first = view or {}, made.body if made is not None else {}
    return all(name in shown for name in fields if name in at_first)


def things_for_resource(trial: Trial) -> tuple[Setup, ...]:
    """The setups of a trial that only make things exist beside the resource; () if others change it or them as well."""
    plain = trial.situation.state is not None and not trial.setups(Prepared)
    return tuple(trial.setups(Existing)) if plain else ()


def _named(body: Any) -> dict[str, Any]:
    """The members of a body at any depth, by their own names."""
    return {name.rpartition(".")[2]: value for name, value in members("", body).items()}
