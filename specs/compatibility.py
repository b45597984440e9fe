"""The rules for breaking changes: may a client that follows one reference fail under another?

The horizon is the highest microversion of the old reference. A change at a later microversion breaks no client.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from specs.microversion import Microversion
from specs.model import Code, Header, Operation, Parameter, Policy, Versions


def horizon_of(operations: Iterable[Operation]) -> Microversion | None:
    """Return the highest microversion that a reference mentions."""
    named: set[str] = set()
    for operation in operations:
        things: list[Any] = [
            operation.microversions,
            operation.response.body,
            *operation.responses.normal,
            *operation.responses.error,
            *operation.request.parameters,
            *operation.response.parameters,
        ]
        named.update(bound for thing in things for bound in (thing.min, thing.max) if bound)
        named.update(
            sample.microversion
            for sample in (*operation.request.samples, *operation.response.samples)
            if sample.microversion
        )
    return max(map(Microversion.parse, named), default=None)


def later(version: str | None, horizon: Microversion | None) -> bool:
    """True if a version is later than every version of the old reference."""
    return version is not None and horizon is not None and Microversion.parse(version) > horizon


_Ranged = Versions | Code | Parameter | Header
"""What has a range of microversions."""


def narrower(old: _Ranged, new: _Ranged, horizon: Microversion | None) -> bool:
    """True if a thing exists in fewer microversions than before, up to the horizon."""
    zero = Microversion(0, 0)
    first, second = old.range, new.range
    if second.min is not None and second.min.minor > 1 and second.min > (first.min or zero):
        # (Every numbering begins at x.0 or x.1.)
        return True
    end = first.max or horizon
    return second.max is not None and (end is None or second.max < end)


def fewer_roles(old: Policy | None, new: Policy | None) -> bool:
    """True if a role that could use the operation can no longer use it."""
    if new is None:
        return False
    held = set(old.roles) if old else {"any"}
    return "any" not in new.roles and ("any" in held or not held <= set(new.roles))


def request_breaks(old: Parameter, new: Parameter, horizon: Microversion | None) -> bool:
    """True if a value that the parameter allowed may be refused now."""
    return (
        (new.required and not old.required)
        or _other_kind(old, new)
        or narrower(old, new, horizon)
        or (bool(new.enum) and not {repr(v) for v in old.enum} <= {repr(v) for v in new.enum})
        or (bool(new.enum) and not old.enum)
        or _tighter(old.max_length, new.max_length, upper=True)
        or _tighter(old.maximum, new.maximum, upper=True)
        or _tighter(old.min_length, new.min_length, upper=False)
        or _tighter(old.minimum, new.minimum, upper=False)
        or (old.nullable is True and new.nullable is False)
        or (old.format is None and new.format is not None)
    )


def response_breaks(old: Parameter, new: Parameter, horizon: Microversion | None) -> bool:
    """True if a promised part of a response may be missing or different now."""
    return (
        (old.required and not new.required)
        or _other_kind(old, new)
        or narrower(old, new, horizon)
        or (new.nullable is True and old.nullable is not True)
    )


def _other_kind(old: Parameter, new: Parameter) -> bool:
    return old.location != new.location or (old.type != new.type and old.type is not None)


def _tighter(old: int | None, new: int | None, *, upper: bool) -> bool:
    """True if a limit was added or became stricter."""
    if new is None:
        return False
    if old is None:
        return upper or new > 0
    return new < old if upper else new > old
