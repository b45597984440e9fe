"""Whether a client that kept to one reference may fail by another: the rules by which a change breaks.

What ends or begins at a microversion beyond the horizon, the highest that the old reference knew, breaks nobody.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from specs.microversion import Microversion
from specs.model import Code, Operation, Parameter, Policy, Versions


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
    """Whether a version lies beyond what the old reference knew."""
    return version is not None and horizon is not None and Microversion.parse(version) > horizon


def narrower(old: Versions | Code | Parameter, new: Versions | Code | Parameter, horizon: Microversion | None) -> bool:
    """Whether a thing exists in fewer microversions than before, of those that the old reference knew."""
    zero = Microversion(0, 0)
    first, second = old.range, new.range
    if second.min is not None and second.min.minor > 1 and second.min > (first.min or zero):
        # (x.0 and x.1 are where every numbering begins.)
        return True
    end = first.max or horizon
    return second.max is not None and (end is None or second.max < end)


def fewer_roles(old: Policy | None, new: Policy | None) -> bool:
    """Whether a role that could use the operation no longer can."""
    if new is None:
        return False
    held = set(old.roles) if old else {"any"}
    return "any" not in new.roles and ("any" in held or not held <= set(new.roles))


def request_breaks(old: Parameter, new: Parameter, horizon: Microversion | None) -> bool:
    """Whether what could be sent as a parameter may be refused now."""
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
    """Whether what could be relied on in an answer may be missing or different now."""
    return (
        (old.required and not new.required)
        or _other_kind(old, new)
        or narrower(old, new, horizon)
        or (new.nullable is True and old.nullable is not True)
    )


def _other_kind(old: Parameter, new: Parameter) -> bool:
    return old.location != new.location or (old.type != new.type and old.type is not None)


def _tighter(old: int | None, new: int | None, *, upper: bool) -> bool:
    """Whether a bound came, or came closer."""
    if new is None:
        return False
    if old is None:
        return upper or new > 0
    return new < old if upper else new > old
