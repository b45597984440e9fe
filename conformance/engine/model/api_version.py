"""The version of an API that is tried: one of those that a reference describes."""

from __future__ import annotations

from dataclasses import dataclass

from specs.microversion import Microversion


@dataclass(frozen=True)
class ApiVersion:
    """The version of an API that is tried.

    Attributes:
        major: the number in its address, 3 for ``/v3``; None for the highest one whose paths the reference gives, or
            where its paths carry no version.
        first: the lowest microversion of the endpoint; None for the one that the description of the service says.
        only: whether the endpoint has this one version and no microversions. "New in 3.6" is then a fact about the
            version that its version document names, and no request can ask for another.
    """

    major: int | None = None
    first: Microversion | None = None
    only: bool = False


ANY = ApiVersion()
"""The version where no endpoint is known: the highest of the reference."""
