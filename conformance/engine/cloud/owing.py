"""Owing: things of others are written into the journal before a request changes them, and are restored from it."""

from __future__ import annotations

import contextlib
import secrets
import threading
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Protocol

from conformance.engine.cloud.errors import CloudError, GuardRefusal
from conformance.engine.cloud.exchange import NOT_THERE, Answer, Ask, said
from conformance.engine.cloud.roles import Role
from conformance.engine.cloud.shared import Change, Debt, Shared, View, filled, same, views

if TYPE_CHECKING:
    from conformance.engine.cloud.guard import Guard
    from conformance.engine.cloud.journal import Journal
    from conformance.engine.cloud.profile import Profile
    from specs.microversion import VersionRange


class Client(Protocol):
    """The client, as far as this module needs it."""

    profile: Profile
    journal: Journal | None
    microversions: VersionRange
    roles: frozenset[Role]
    guard: Guard

    def send(self, ask: Ask) -> Answer:
        """Send a request."""


@dataclass(frozen=True)
class Payment:
    """The outcome of paying a debt.

    Attributes:
        done: True if nothing is owed any more.
        told: a sentence for the user: why it is still owed, or which field was left because somebody else changed it.
    """

    done: bool
    told: str = ""


def pay(cloud: Client, debt: Debt) -> Payment:
    """Restore a thing, unless it is as it was before the run, and make sure of the result.

    A field with a value that the run never set was changed by somebody else, and is left as it is.
    """
    try:
        answer, now = _look(cloud, debt)
        if now is None:
            if answer.ok or answer.status in NOT_THERE:
                return Payment(True, f"{debt} no longer exists")
            return Payment(False, f"{debt}: {said(f'GET {debt.path}', answer)}")
        differs = [name for name, was in debt.was.items() if not same(now.get(name), was)]
        ours = [name for name in differs if any(same(now.get(name), one) for one in debt.meant.get(name, ()))]
        if set(ours) & set(debt.together):
            ours += [name for name in debt.together if name in debt.was and name not in ours]
        others = [name for name in differs if name not in ours]
        shown = ", ".join(f"{name} {now.get(name)}" for name in others)
        told = f"{debt}: somebody else has changed it meanwhile, so it is left with {shown}" if others else ""
        if not debt.unset and not others and _is_listed(cloud, debt, *debt.listed) is False:
            # Its own values may be those of the defaults now, and must stay when somebody changes the defaults.
            ours = list(debt.was)
        if debt.unset and not others:
            # Also where all values are as before: somebody who changes the defaults later must not find them set.
            ask = Ask("DELETE", debt.unset, Role.ADMIN, debt.microversion or None, query=debt.query, pays=debt.key)
        elif ours:
            body = debt.body({name: debt.was[name] for name in ours})
            version = debt.microversion or None
            ask = Ask(debt.method, debt.back, Role.ADMIN, version, body, query=debt.query, pays=debt.key)
        else:
            return Payment(True, told)
        answer = cloud.send(ask)
        if not answer.ok and not (ask.method == "DELETE" and answer.status in NOT_THERE):
            return Payment(False, f"{debt}: {said(f'{ask.method} {ask.path}', answer)}")
        _, now = _look(cloud, debt)
        wrong = [name for name in ours if now is None or not same(now.get(name), debt.was[name])]
        if wrong:
            return Payment(False, f"{debt}: {', '.join(wrong)} was put back and is not shown so")
        return Payment(True, told)
    except CloudError as error:
        return Payment(False, f"{debt}: {error}")


def pay_all(cloud: Client, journal: Journal, debts: Iterable[Debt]) -> tuple[list[str], list[str]]:
    """Pay debts, and note the paid ones in the journal. Returns sentences on debts still owed, and further remarks."""
    owed: list[str] = []
    told: list[str] = []
    for debt in debts:
        payment = pay(cloud, debt)
        if payment.done:
            journal.paid(debt)
        if payment.told:
            (told if payment.done else owed).append(payment.told)
    return owed, told


def _look(cloud: Client, debt: Debt) -> tuple[Answer, View | None]:
    answer = cloud.send(Ask("GET", debt.path, Role.ADMIN, debt.microversion or None, query=debt.query))
    return answer, debt.shown_in(answer.json) if answer.ok else None


def _is_listed(cloud: Client, debt: Debt, path: str = "", *place: str) -> bool | None:
    """Whether a list of all things that somebody has set shows the thing of a debt; None if nothing tells that."""
    answer = cloud.send(Ask("GET", path, Role.ADMIN, debt.microversion or None)) if path else None
    return _listed_in(answer, *place) if answer is not None else None


def _listed_in(answer: Answer, key: str, name: str, value: str) -> bool | None:
    listed = answer.json.get(key) if answer.ok and isinstance(answer.json, dict) else None
    if not isinstance(listed, list):
        return None
    return any(isinstance(one, Mapping) and str(one.get(name)) == value for one in listed)


def _joined(one: Mapping[str, list[Any]], other: Mapping[str, list[Any]]) -> dict[str, list[Any]]:
    """The values that two mappings allow for their fields; each value once."""
    joined = {name: list(values) for name, values in one.items()}
    for name, values in other.items():
        held = joined.setdefault(name, [])
        held += [value for value in values if not any(same(value, known) for known in held)]
    return joined


class Owing:
    """Writes the debts of one client into the journal, before its requests go out. Safe to use from many threads.

    Each thread settles the debts of its own requests, because another thread may be in the middle of a trial.
    """

    def __init__(self, cloud: Client) -> None:
        self._cloud = cloud
        self._lock = threading.Lock()
        self._open: dict[int, list[Debt]] = {}

    def knows(self, method: str, path: str) -> bool:
        """Whether a request changes a shared thing that the description knows how to restore."""
        return self._rule(method, path) is not None

    def before(self, ask: Ask) -> None:
        """Write the shared things that a request may change into the journal, as they are now.

        Raises:
            GuardRefusal: a thing cannot be read or restored, so the request must not go out.
        """
        found = None if ask.pays else self._rule(ask.method, ask.path)
        if found is None or self._cloud.guard.reaches_nothing(ask):
            return
        rule, change, values = found
        body = ask.body if isinstance(ask.body, Mapping) else {}
        where = {name: str(body[member]) for name, member in change.where.items() if member in body}
        if "{" not in change.path and not where:
            return  # it names nothing
        if "{" in change.path and "{" not in rule.path:
            where |= values
        with self._lock:
            meant = self._meant(ask, rule, change, values)
            for view in self._views(ask, rule, filled(rule.path, values), where) if meant else ():
                self._owe(ask, rule, values, view, meant)

    def learn(self, ask: Ask, answer: Answer) -> None:
        """Note the values in the answer of an accepted request for the fields that it has set."""
        if ask.pays or not answer.ok or not isinstance(answer.json, dict) or self._rule(ask.method, ask.path) is None:
            return
        shown = next(iter(answer.json.values()), None)
        mine = self._open.get(threading.get_ident(), [])
        if not mine or not isinstance(shown, Mapping):
            return
        debt = mine[-1]
        meant = _joined(debt.meant, {name: [shown[name]] for name in debt.meant if name in shown})
        if meant != debt.meant and self._cloud.journal is not None:
            mine[-1] = self._cloud.journal.owe(replace(debt, meant=meant))

    def settle(self, attempts: int = 1, pause: threading.Event | None = None, seconds: float = 0.0) -> list[str]:
        """Pay the debts of this thread. Returns a sentence for each debt that is still owed.

        Args:
            attempts: the highest number of attempts for each debt.
            pause: the event that ends a wait between two attempts; None for no waits.
            seconds: the seconds by which each wait is longer than the one before.
        """
        left: list[str] = []
        with self._lock:
            debts = self._open.pop(threading.get_ident(), [])
        for debt in reversed(debts):
            payment = pay(self._cloud, debt)
            for attempt in range(attempts - 1):
                if payment.done:
                    break
                if pause is not None:
                    pause.wait(attempt * seconds)
                payment = pay(self._cloud, debt)
            if not payment.done:
                left.append(payment.told)
            elif self._cloud.journal is not None:
                self._cloud.journal.paid(debt)
        return left

    def _rule(self, method: str, path: str) -> tuple[Shared, Change, dict[str, str]] | None:
        for rule in self._cloud.profile.shared:
            for change in rule.changes:
                values = change.named(method, path)
                if values is not None:
                    return rule, change, values
        return None

    def _meant(self, ask: Ask, rule: Shared, change: Change, values: Mapping[str, str]) -> dict[str, list[Any]]:
        """Each field with the values that it may have after the request."""
        meant: dict[str, list[Any]] = {name: list(given) for name, given in change.sets.items()}
        if change.members and isinstance(ask.body, Mapping):
            inner = ask.body.get(rule.put_back.within) if rule.put_back.within else ask.body
            meant |= {name: [value] for name, value in (inner if isinstance(inner, Mapping) else {}).items()}
        if change.becomes:
            for view in self._views(ask, rule, filled(change.becomes, values), {}):
                meant |= {name: [value] for name, value in view.items()}
        return meant

    def _views(self, ask: Ask, rule: Shared, path: str, where: Mapping[str, str]) -> list[View]:
        """The shared things as the cloud shows them now."""
        version, supported = rule.microversion, self._cloud.microversions
        trouble = None
        if self._cloud.journal is None:
            trouble = "there is no journal in which its state could be kept"
        elif Role.ADMIN not in self._cloud.roles:
            trouble = "only an administrator could put it back: give --os-cloud-admin or --admin-token"
        elif version is not None and (supported.max is None or version not in supported):
            trouble = f"it can be put back from microversion {version} on, and this cloud supports {supported}"
        if trouble is None:
            query = tuple(pair for pair in ask.query if pair[0] in rule.query)
            answer = self._cloud.send(Ask("GET", path, Role.ADMIN, str(version) if version else None, query=query))
            if answer.ok:
                return list(views(answer.json, rule.key, where))
            if answer.status in NOT_THERE:
                return []
            trouble = f"its state could not be read ({said(f'GET {path}', answer)})"
        raise GuardRefusal(f"not sent: {ask.method} {ask.path} as {ask.role}: it changes a {rule.name}, and {trouble}")

    def _set_before(self, rule: Shared, values: Mapping[str, str]) -> tuple[str, tuple[str, ...]]:
        """How the cloud tells that nobody has set a thing, or that somebody has; both empty if it does not tell.

        Returns:
            The path of the DELETE that restores a thing that nobody has set, and the list that shows one that is set.
        """
        unset = rule.put_back.unset
        if unset is None or unset.field not in values:
            return "", ()
        version = str(rule.microversion) if rule.microversion else None
        answer = self._cloud.send(Ask("GET", unset.listed, Role.ADMIN, version))
        place = unset.key, unset.field, values[unset.field]
        is_set = _listed_in(answer, *place)
        if is_set is None:
            return "", ()
        return ("", (unset.listed, *place)) if is_set else (filled(unset.path, values), ())

    def _owe(self, ask: Ask, rule: Shared, values: Mapping[str, str], view: View, meant: dict[str, list[Any]]) -> None:
        """Write one thing into the journal as it is; if it is owed already, only fields that no debt holds yet."""
        journal = self._cloud.journal
        back, listed = rule.put_back, "{" not in rule.path
        was = {name: view[name] for name in meant if name in view and name != rule.id_field}
        if set(was) & set(back.together):
            was |= {name: view[name] for name in back.together if name in view}
        if journal is None or not was:
            return
        id_ = str(view.get(rule.id_field, ""))
        unset, shown_by = self._set_before(rule, values)
        debt = Debt(
            key=secrets.token_hex(8),
            name=rule.name,
            path=filled(rule.path, values),
            holder=rule.key,
            back=filled(back.path, {**values, rule.id_field: id_} if listed else values),
            method=back.method,
            was=was,
            meant={name: meant[name] for name in was if name in meant},
            query=tuple(pair for pair in ask.query if pair[0] in rule.query),
            where={rule.id_field: id_} if listed else {},
            within=back.within,
            beside=dict(back.beside),
            together=back.together,
            microversion=str(rule.microversion) if rule.microversion else "",
            unset=unset,
            listed=shown_by,
        )
        mine = self._open.setdefault(threading.get_ident(), [])
        known = next((one for one in journal.debts() if one.of == debt.of), None)
        if known is not None:
            debt = replace(known, was={**debt.was, **known.was}, meant=_joined(known.meant, debt.meant))
        journal.owe(debt)
        with contextlib.suppress(StopIteration):
            mine.remove(next(one for one in mine if one.key == debt.key))
        mine.append(debt)
