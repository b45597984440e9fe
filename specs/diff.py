"""The changes between two references: operations, parameters, codes, conditions, versions; breaking changes first.

A change is breaking if a client that follows the old reference may fail under the new one. A change at a microversion
that the old reference did not have breaks no client. Lines are not facts of an API: a difference in lines alone is no
change.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any, Literal

from specs.codec import to_plain
from specs.compatibility import fewer_roles, horizon_of, later, narrower, request_breaks, response_breaks
from specs.dump import flow
from specs.microversion import Microversion
from specs.model import Body, Code, Condition, Header, Operation, Parameter, Sample, Spec
from specs.refusals import Refusal

Verb = Literal["added", "removed", "changed"]


@dataclass(frozen=True)
class Change:
    """One change.

    Attributes:
        operation: id of the operation (the new id if both references have it).
        what: ``operation``, ``request parameter``, ``request header``, ``response parameter``, ``normal code``,
            ``error code``, ``precondition``, ``postcondition``, ``refusal``, ``microversions``, ``deprecation``,
            ``removal``, ``policy``, ``body``, ``sample``, ``title``, ``path``.
        name: the name of the parameter, code, ...; "" if there is only one.
        verb: the change, such as ``added``.
        breaking: True if a client may fail.
        old, new: the facts before and after, without lines; None if there was none.
        line: the line in the new reference; for a removal, in the old one.

    """

    operation: str
    what: str
    name: str
    verb: Verb
    breaking: bool
    old: Any = None
    new: Any = None
    line: int | None = None

    def __str__(self) -> str:
        name = f" {self.name}" if self.name else ""
        text = f"{self.operation}: {self.what}{name} {self.verb}"
        if self.verb == "changed":
            text += f": {_told(self.old, self.new)}"
        return text


@dataclass(frozen=True)
class Difference:
    """All changes, breaking ones first, then in the order of the reference."""

    changes: tuple[Change, ...] = ()

    @property
    def breaking(self) -> tuple[Change, ...]:
        """The breaking changes."""
        return tuple(change for change in self.changes if change.breaking)

    def text(self) -> str:
        """Return the changes as lines; breaking ones are marked with ``!``."""
        if not self.changes:
            return "no change\n"
        lines = [f"{'!' if change.breaking else ' '} {change}" for change in self.changes]
        others = len(self.changes) - len(self.breaking)
        lines.append(f"{len(self.breaking)} breaking, {others} other changes")
        return "\n".join(lines) + "\n"

    def json(self) -> str:
        """Return the changes as JSON."""
        content = {"breaking": len(self.breaking), "changes": [asdict(change) for change in self.changes]}
        return json.dumps(content, indent=1, ensure_ascii=False) + "\n"


def compare(old: Iterable[Spec], new: Iterable[Spec]) -> Difference:
    """Compare the operations of two references."""
    before = [operation for spec in old for operation in spec.operations]
    after = [operation for spec in new for operation in spec.operations]
    horizon = horizon_of(before)
    changes: list[Change] = []
    for first, second in _pairs(before, after, _operation_keys):
        if first is None and second is not None:
            changes.append(Change(second.id, "operation", "", "added", False, None, _outline(second), second.line))
        elif second is None and first is not None:
            changes.append(Change(first.id, "operation", "", "removed", True, _outline(first), None, first.line))
        elif first is not None and second is not None:
            changes += _operation(first, second, horizon)
    return Difference(tuple(sorted(changes, key=lambda change: not change.breaking)))


_Keys = Sequence[Callable[[Any], Any]]
_operation_keys: _Keys = (
    lambda o: (o.id, o.method, o.path),
    lambda o: (o.method, o.path, o.action, o.title),
    lambda o: (o.method, o.path, o.action),
    lambda o: o.id,
)
_parameter_keys: _Keys = (lambda p: (p.name, p.location, p.ref), lambda p: (p.name, p.location), lambda p: p.name)
_code_keys: _Keys = (lambda c: (c.code, c.min, c.max, c.when), lambda c: c.code)
_condition_keys: _Keys = (
    lambda c: replace(c, line=0),
    lambda c: (c.kind, c.resource, c.attribute, c.when, c.effect),
    lambda c: (c.kind, c.resource, c.attribute),
)
_refusal_keys: _Keys = (lambda r: replace(r, line=None), lambda r: r.cause, lambda r: r.code)
_header_keys: _Keys = (lambda h: h.name.lower(),)
_sample_keys: _Keys = (lambda s: s.file,)


def _pairs(old: Sequence[Any], new: Sequence[Any], keys: _Keys) -> list[tuple[Any, Any]]:
    """Pair the same things of both sides, by one key after the other; None marks a missing partner."""
    partner: dict[int, int] = {}
    taken: set[int] = set()
    for key in keys:
        waiting: dict[str, list[int]] = defaultdict(list)
        for number, item in enumerate(new):
            if number not in taken:
                waiting[repr(key(item))].append(number)
        for number, item in enumerate(old):
            if number not in partner and waiting.get(repr(key(item))):
                partner[number] = waiting[repr(key(item))].pop(0)
                taken.add(partner[number])
    back = {second: first for first, second in partner.items()}
    gone = [(item, None) for number, item in enumerate(old) if number not in partner]
    return [*((old[back[n]] if n in back else None, item) for n, item in enumerate(new)), *gone]


def _outline(operation: Operation) -> dict[str, Any]:
    return {"title": operation.title, "method": operation.method, "path": operation.path, "action": operation.action}


def _operation(old: Operation, new: Operation, horizon: Microversion | None) -> list[Change]:
    return [
        *_identity(old, new),
        *_scope(old, new, horizon),
        *_codes(new.id, "normal code", old.responses.normal, new.responses.normal, horizon),
        *_codes(new.id, "error code", old.responses.error, new.responses.error, horizon),
        *_conditions(new.id, "precondition", old.preconditions, new.preconditions),
        *_conditions(new.id, "postcondition", old.postconditions, new.postconditions),
        *_refusals(new.id, old.refusals, new.refusals),
        *_parameters(new.id, "request parameter", old.request.parameters, new.request.parameters, horizon),
        *_parameters(new.id, "response parameter", old.response.parameters, new.response.parameters, horizon),
        *_headers(new.id, old.request.headers, new.request.headers, horizon),
        *_body(new.id, old.response.body, new.response.body, horizon),
        *_samples(new.id, (*old.request.samples, *old.response.samples), (*new.request.samples, *new.response.samples)),
    ]


def _identity(old: Operation, new: Operation) -> list[Change]:
    changes = []
    if (old.method, old.path) != (new.method, new.path):
        changes.append(
            Change(
                new.id, "path", "", "changed", True, f"{old.method} {old.path}", f"{new.method} {new.path}", new.line
            )
        )
    if old.action != new.action:
        changes.append(Change(new.id, "action", "", "changed", True, old.action, new.action, new.line))
    if old.title != new.title:
        changes.append(Change(new.id, "title", "", "changed", False, old.title, new.title, new.line))
    return changes


def _scope(old: Operation, new: Operation, horizon: Microversion | None) -> list[Change]:
    changes = []
    before, after = _bare(old.microversions), _bare(new.microversions)
    if before != after:
        changes.append(
            Change(
                new.id,
                "microversions",
                "",
                "changed",
                narrower(old.microversions, new.microversions, horizon),
                before,
                after,
                new.microversions.line or new.line,
            )
        )
    for what, first, second, breaks in (
        ("deprecation", old.deprecated, new.deprecated, False),
        ("removal", old.removed, new.removed, True),
    ):
        change = _single(new, what, first, second, breaks)
        changes += [change] if change else []
    change = _single(new, "counterpart", old.same_as, new.same_as, False)
    changes += [change] if change else []
    change = _single(new, "policy", old.policy, new.policy, fewer_roles(old.policy, new.policy))
    return [*changes, *([change] if change else [])]


def _single(new: Operation, what: str, first: Any, second: Any, breaks: bool) -> Change | None:
    before, after = _bare(first), _bare(second)
    if before == after:
        return None
    verb: Verb = "added" if first is None else "removed" if second is None else "changed"
    return Change(
        new.id,
        what,
        "",
        verb,
        breaks and second is not None,
        before,
        after,
        second.line if second is not None else first.line,
    )


def _codes(
    operation: str, what: str, old: tuple[Code, ...], new: tuple[Code, ...], horizon: Microversion | None
) -> list[Change]:
    changes = []
    for first, second in _pairs(old, new, _code_keys):
        code = (second or first).code
        if first is None:
            changes.append(Change(operation, what, str(code), "added", False, None, _bare(second), second.line))
        elif second is None:
            changes.append(
                Change(operation, what, str(code), "removed", what == "normal code", _bare(first), None, first.line)
            )
        elif _bare(replace(first, name=None)) != _bare(replace(second, name=None)):
            breaks = what == "normal code" and narrower(first, second, horizon)
            changes.append(
                Change(operation, what, str(code), "changed", breaks, _bare(first), _bare(second), second.line)
            )
    return changes


def _conditions(operation: str, what: str, old: tuple[Condition, ...], new: tuple[Condition, ...]) -> list[Change]:
    changes = []
    for first, second in _pairs(old, new, _condition_keys):
        held = second or first
        name = f"{held.resource} {held.attribute or held.effect or held.kind}"
        if first is None:
            checkable = held.kind not in ("environment", "exists", "effect")
            changes.append(
                Change(
                    operation,
                    what,
                    name,
                    "added",
                    what == "precondition" and checkable,
                    None,
                    _bare(second),
                    second.line,
                )
            )
        elif second is None:
            changes.append(
                Change(operation, what, name, "removed", what == "postcondition", _bare(first), None, first.line)
            )
        elif _bare(first) != _bare(second):
            if what == "precondition":
                breaks = not set(first.any_of) <= set(second.any_of)
            else:
                breaks = bool(set(second.becomes) - set(first.becomes)) or first.unchanged != second.unchanged
            changes.append(Change(operation, what, name, "changed", breaks, _bare(first), _bare(second), second.line))
    return changes


def _refusals(operation: str, old: tuple[Refusal, ...], new: tuple[Refusal, ...]) -> list[Change]:
    changes = []
    for first, second in _pairs(old, new, _refusal_keys):
        held = second or first
        name = str(held.code or "without a code")
        if first is None or second is None or _bare(first) != _bare(second):
            verb: Verb = "added" if first is None else "removed" if second is None else "changed"
            changes.append(Change(operation, "refusal", name, verb, False, _bare(first), _bare(second), held.line))
    return changes


def _parameters(
    operation: str, what: str, old: tuple[Parameter, ...], new: tuple[Parameter, ...], horizon: Microversion | None
) -> list[Change]:
    changes = []
    request = what.startswith("request")
    for first, second in _pairs(old, new, _parameter_keys):
        name = (second or first).name
        if first is None:
            breaks = request and second.required and not later(second.min, horizon)
            changes.append(Change(operation, what, name, "added", breaks, None, _bare(second), second.line))
        elif second is None:
            changes.append(Change(operation, what, name, "removed", True, _bare(first), None, first.line))
        elif _bare(replace(first, ref="")) != _bare(replace(second, ref="")):
            breaks = (request_breaks if request else response_breaks)(first, second, horizon)
            changes.append(Change(operation, what, name, "changed", breaks, _bare(first), _bare(second), second.line))
    return changes


def _headers(
    operation: str, old: tuple[Header, ...], new: tuple[Header, ...], horizon: Microversion | None
) -> list[Change]:
    """The changes of the headers that requests have to carry; wherever the sentence stands."""
    changes = []
    for first, second in _pairs(old, new, _header_keys):
        before, after = (_bare(one and replace(one, path=None)) for one in (first, second))
        if before != after:
            verb: Verb = "added" if first is None else "removed" if second is None else "changed"
            # Nothing says that a request with a header that it need not have is refused.
            breaks = (
                second is not None and not later(second.min, horizon) and (first is None or _asks_more(first, second))
            )
            held = second or first
            changes.append(Change(operation, "request header", held.name, verb, breaks, before, after, held.line))
    return changes


def _asks_more(old: Header, new: Header) -> bool:
    """Whether a header is needed with another value, or in versions in which it was not."""
    return old.value != new.value or narrower(new, old, None)


def _body(operation: str, old: Body, new: Body, horizon: Microversion | None) -> list[Change]:
    before, after = _bare(old), _bare(new)
    if before == after:
        return []
    breaks = old.content == "described" and new.content == "empty" and not later(new.min, horizon)
    return [Change(operation, "body", "", "changed", breaks, before, after, new.line)]


def _samples(operation: str, old: tuple[Sample, ...], new: tuple[Sample, ...]) -> list[Change]:
    changes = []
    for first, second in _pairs(old, new, _sample_keys):
        if first is None:
            changes.append(Change(operation, "sample", second.file, "added", False, None, None, second.line))
        elif second is None:
            changes.append(Change(operation, "sample", first.file, "removed", False, None, None, first.line))
        elif (first.body, first.microversion) != (second.body, second.microversion):
            changes.append(
                Change(
                    operation,
                    "sample",
                    second.file,
                    "changed",
                    False,
                    {"microversion": first.microversion, "body": first.body},
                    {"microversion": second.microversion, "body": second.body},
                    second.line,
                )
            )
    return changes


def _bare(thing: Any) -> Any:
    """Return an object of the model as plain data without its lines."""
    if thing is None:
        return None
    plain = to_plain(thing)
    plain.pop("line", None)
    return plain


def _told(old: Any, new: Any) -> str:
    """Describe the differences between two plain values, key by key."""
    if isinstance(old, dict) and isinstance(new, dict):
        parts = [
            f"{key} {_short(old.get(key))} -> {_short(new.get(key))}"
            for key in dict.fromkeys([*old, *new])
            if old.get(key) != new.get(key)
        ]
        return ", ".join(parts)
    return f"{_short(old)} -> {_short(new)}"


def _short(value: Any) -> str:
    text = "nothing" if value is None else flow(value)
    return text if len(text) <= 80 else f"{text[:77]}..."
