"""``conformance guideline check``: is a guideline true to the specs, and what did another release change in it?"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from conformance.engine.derive.suite import derive
from conformance.plugin.guidelines import promises
from conformance.plugin.reference import given_specs, read_reference, shipped
from conformance.plugin.trouble import Trouble
from reports.words import count
from specs.diff import Change, compare
from specs.guideline.choice import Choice, Promise, choose
from specs.guideline.load import Loaded
from specs.guideline.model import Selector
from specs.model import Spec

_ALWAYS = ("operation", "path", "action", "microversions", "deprecation", "removal", "policy", "body")
"""Changes that matter to every requirement of an operation."""

_KINDS = {
    "normal code": "normal",
    "error code": "error",
    "precondition": "precondition",
    "postcondition": "postcondition",
}


@dataclass(frozen=True)
class Given:
    """The specs of one service, with their requirements."""

    specs: tuple[Spec, ...]
    promises: tuple[Promise, ...]


@dataclass
class Found:
    """The outcome of a check.

    Attributes:
        problems: sentences with the place in the guideline; each must be mended.
        notes: sentences about needs that no case can prove.
        changes: lines about the differences from the old reference, with the place in a reference.
        breaking: True if a needed requirement is gone, or a change may break a client.
        requirements, cases, tests, covered: counts.
    """

    problems: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    changes: list[str] = field(default_factory=list)
    breaking: bool = False
    requirements: int = 0
    cases: int = 0
    tests: int = 0
    covered: int = 0


def check(loaded: Loaded, places: Sequence[Path] = (), old: Sequence[Path] = ()) -> Found:
    """Check a guideline against the specs of its services.

    Args:
        loaded: the guideline.
        places: directories of specs; for a service that none of them is of, the specs of this suite are used.
        old: directories of the specs of another release, whose differences are told.

    Raises:
        Trouble: a service of the guideline has no specs, or the specs are broken.
    """
    given = _given(places)
    for service in loaded.guideline.services:
        if service not in given:
            given |= _given(_shipped(service))
    choices = choose(loaded.guideline, [one for each in given.values() for one in each.promises])
    found = Found()
    for at, choice in enumerate(choices):
        _check(loaded, at, choice, found)
    needed = {(one.service, one.requirement) for choice in choices for one in choice.needed}
    tests = [old for one in loaded.guideline.capabilities for old in one.tests]
    found.requirements = len(needed)
    found.cases = len({case for choice in choices for one in choice.needed for case in one.cases})
    found.tests = len(tests) + len(loaded.guideline.left_out)
    found.covered = sum(bool(one.by) for one in tests)
    before = _given(old)
    for service in before:
        if service not in given:
            raise Trouble(f"the guideline does not apply to {service}, whose specs --against names: leave them out")
        _changes(loaded, choices, service, before[service], given[service], found)
    return found


def _shipped(service: str) -> list[Path]:
    known = shipped()
    if service not in known:
        raise Trouble(f"this suite holds no specs of {service}: build them, and give their directory with --spec")
    return [known[service]]


def _given(places: Sequence[Path]) -> dict[str, Given]:
    found = {}
    for place in places:
        reference = read_reference(given_specs(place))
        if reference.service in found:
            raise Trouble(f"the specs of {reference.service} are given twice: {place} is the second, leave one out")
        suite = derive(reference.specs, reference.selected)
        found[reference.service] = Given(reference.specs, tuple(promises(reference.service, suite)))
    return found


def _check(loaded: Loaded, at: int, choice: Choice, found: Found) -> None:
    capability = choice.capability
    if not capability.requirements and not capability.foreign and capability.status != "removed":
        where = loaded.place("capabilities", at)
        found.problems.append(f"{where}: the capability {capability.id} has no requirement, so nothing can prove it")
    for number, selector in choice.unknown:
        where = loaded.place("capabilities", at, "requirements", number)
        found.problems.append(f"{where}: no spec has {selector}")
    ids = {one.requirement for one in choice.needed}
    for number, old in enumerate(capability.tests):
        where = loaded.place("capabilities", at, "tests", number, "by")
        found.problems += [f"{where}: no spec has {name}" for name in old.by if name not in ids]
    for one in choice.needed:
        if one.why is not None:
            place = f"{one.source.path}:{one.source.line}"
            found.notes.append(f"{capability.id}: {one.requirement} ({place}) cannot be proved: {one.why}")


def _changes(
    loaded: Loaded, choices: Sequence[Choice], service: str, before: Given, after: Given, found: Found
) -> None:
    old = choose(loaded.guideline, before.promises)
    for was, now in zip(old, choices, strict=True):
        first = {one.requirement: one.source for one in was.needed if one.service == service}
        second = {one.requirement: one.source for one in now.needed if one.service == service}
        for name in first.keys() | second.keys():
            if (name in first) != (name in second):
                source = first[name] if name in first else second[name]
                verb = "is gone" if name in first else "is new"
                found.breaking |= name in first
                found.changes.append(f"{source.path}:{source.line}: {name} {verb} ({now.capability.id})")
    paths = {o.id: spec.reference for given in (before, after) for spec in given.specs for o in spec.operations}
    for change in compare(before.specs, after.specs).changes:
        users = [choice.capability.id for choice in choices if any(_concerns(change, service, choice))]
        if users and change.operation in paths:
            path = paths[change.operation].path
            if "parameter" in change.what:
                path = paths[change.operation].parameters_path or "parameters.yaml"
            mark = "! " if change.breaking else ""
            found.breaking |= change.breaking
            found.changes.append(f"{path}:{change.line}: {mark}{change} ({', '.join(users)})")
    found.changes.sort(key=_in_order)


def _concerns(change: Change, service: str, choice: Choice) -> Iterator[bool]:
    """Yield, for each selector of a capability, whether it is about the fact that has changed."""
    for selector in choice.capability.requirements:
        if (selector.service or choice.capability.service) != service:
            continue
        operation = selector.operation or (selector.id or "").partition("/")[0]
        if operation == change.operation:
            yield _is_about(change, selector)


def _is_about(change: Change, selector: Selector) -> bool:
    if change.breaking or change.what in _ALWAYS:
        return True
    kind = _KINDS.get(change.what)
    if kind is not None:
        if selector.id is not None:
            return selector.id.split("/")[1:2] == [kind]
        codes = {str(code) for code in selector.code}
        return (not selector.kind or kind in selector.kind) and (not codes or change.name in codes)
    if "parameter" in change.what:
        name = change.name.rpartition(".")[2]
        if selector.id is not None:
            return name in selector.id.split("/")
        named = selector.parameter or tuple(case.rpartition("-")[0] for case in selector.cases)
        return name in named or change.name in named
    return False


def _in_order(line: str) -> tuple[str, int, str]:
    path, _, rest = line.partition(":")
    number, _, text = rest.partition(":")
    return path, int(number) if number.isdecimal() else 0, text


def lines(found: Found, services: int) -> Iterator[str]:
    """Yield the lines of the outcome; ``services`` is the number of services of the guideline."""
    yield from found.problems
    yield from found.notes
    yield from found.changes
    counts = (
        f"{count(found.requirements, 'requirement')} and {count(found.cases, 'case')} of {count(services, 'service')}"
    )
    tests = f"; {found.covered} of {found.tests} tests covered" if found.tests else ""
    yield f"{count(len(found.problems), 'problem')}, {count(len(found.changes), 'change')}; {counts}{tests}"
