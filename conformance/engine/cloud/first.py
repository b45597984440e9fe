"""The first resource of a run decides with which things of the cloud all others are made.

A cloud may list things from which no resource can be made, which shows only when one is made. So the candidates are
tried, the best first, until a resource is ready; all others are then made like it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

from conformance.engine.cloud.discover import Candidate, Discovery, Missing
from conformance.engine.cloud.errors import NoRoomError, ResourceError
from conformance.engine.cloud.faults import room_that_lacks
from conformance.engine.model.binding import Binding

if TYPE_CHECKING:
    from conformance.engine.cloud.kinds import Factory, Kind
    from conformance.engine.cloud.made import Made
    from conformance.engine.cloud.resources import Resources

ATTEMPTS = 8
"""The highest number of candidates that are tried."""

_ID = re.compile(r"[0-9a-f]{8}-?([0-9a-f]{4}-?){3}[0-9a-f]{12} ?")


def names_of(factory: Factory, discovery: Discovery) -> tuple[str, ...]:
    """The names of discovery whose things a factory uses; optional ones only if the cloud has such a thing."""
    needed = {one for one in _resources(factory.body) if discovery.knows(one)}
    optional = {
        one
        for field in factory.optional
        if not field.if_named or discovery.named(field.if_named)
        for one in _resources(field.value)
        if discovery.knows(one) and (discovery.named(one) or discovery.found(one))
    }
    return tuple(sorted(needed | optional))


def first(
    resources: Resources,
    discovery: Discovery,
    kind: Kind,
    microversion: str,
    tell: Callable[[str], None],
) -> tuple[Made, str]:
    """Make a first thing of a kind, and have all later ones made from the same things of the cloud.

    Args:
        resources: makes the thing, and removes one that did not become ready.
        discovery: finds the candidates, and keeps the choice.
        kind: the kind that the run watches, with a factory.
        microversion: the microversion of the request.
        tell: a function that takes one sentence for each candidate that failed.

    Returns:
        The thing, and a few words on the things from which it was made.

    Raises:
        NoRoomError: a quota is used up.
        ResourceError: no candidate worked, and one sentence names the candidates and what the cloud said; or the
            endpoint or a token is lost, and the sentence says so.
    """
    factory = kind.factory
    if factory is None:
        raise ResourceError(f"this suite cannot make a {kind.name}")
    names = names_of(factory, discovery)
    found = discovery.combinations(names)
    hint = "name what to use: " + ", ".join(f"--use {name.replace('_', '-')}=NAME" for name in names)
    if isinstance(found, Missing):
        raise ResourceError(f"no {kind.name} can be made: {found.reason}; {hint}")
    tried: dict[str, list[str]] = {}
    full: str | None = None
    for count, (chosen, variant) in enumerate(_ways(factory, found)):
        if count == ATTEMPTS:
            break
        discovery.take(chosen)
        resources.usual[kind.name] = variant
        what = described(chosen, variant)
        try:
            return resources.make(kind.name, microversion=microversion), what
        except ResourceError as error:
            if resources.lost is not None:  # no other candidate would be answered
                raise ResourceError(f"no {kind.name} could be made of {what}: {resources.lost}") from None
            tried.setdefault(_plain(str(error)), []).append(what)
            tell(f"no {kind.name} could be made of {what}: {error}")
            left = resources.close()
            if left:
                tell(f"it could not be removed: {left[0]}")
            full = None if variant else room_that_lacks(str(error))
            if full is not None:  # no other candidate needs less room
                hint = "raise the quota of the project, or remove what is not needed"
                break
    said = "; ".join(f"{reason} (tried with {'; '.join(whats)})" for reason, whats in tried.items())
    said = f"this cloud could not make a {kind.name}: {said}; {hint}"
    raise ResourceError(said) if full is None else NoRoomError(said, full)


def described(chosen: Mapping[str, Candidate], variant: str = "") -> str:
    """The chosen things of a cloud, in a few words."""
    parts = [f"{name.replace('_', ' ')} {one.name!r}" for name, one in chosen.items()]
    return ", ".join([*parts, *([variant] if variant else [])]) or "nothing"


def _ways(factory: Factory, found: list[dict[str, Candidate]]) -> Iterator[tuple[dict[str, Candidate], str]]:
    for chosen in found:
        for one in factory.instead:
            if one.resource in chosen and chosen[one.resource].value(one.has):
                yield chosen, one.variant
        yield chosen, ""


def _resources(value: Any) -> Iterator[str]:
    if isinstance(value, Binding):
        yield value.resource
    inner = value.values() if isinstance(value, Mapping) else value if isinstance(value, list) else ()
    for one in inner:
        yield from _resources(one)


def _plain(reason: str) -> str:
    """A reason without ids, so that equal reasons are told once."""
    return _ID.sub("", reason).replace("  ", " ")
