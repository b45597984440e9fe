"""Chooses the release with whose known deviations a run is compared."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import Any

from conformance.plugin.expected import ExpectedDeviations, expected_of, shipped_releases
from conformance.plugin.trouble import Trouble
from reports.words import listed
from specs.microversion import Microversion


def named(release: str) -> ExpectedDeviations:
    """The known deviations of the release that a user has named.

    Args:
        release: a requirement such as ``widgets==3.0.0``.

    Raises:
        Trouble: ``release`` is no such requirement, or no file for the release is shipped.
    """
    package, equal, version = (part.strip() for part in release.partition("=="))
    if not (package and equal and version) or "/" in release:
        raise Trouble(f"--known {release} is not a release: give one as PACKAGE==VERSION")
    found = expected_of(package, version)
    if found is None:
        raise Trouble(
            f"--known {release}: no known deviations of this release are shipped; there are those of "
            f"{', '.join(shipped_releases())}"
        )
    return found


def check_named(chosen: Iterable[ExpectedDeviations], packages: Collection[str]) -> None:
    """Make sure that each named release is of a package under test, and that no package has two.

    Raises:
        Trouble: one is not.
    """
    seen: dict[str, ExpectedDeviations] = {}
    for one in chosen:
        if one.package not in packages:
            those = listed(sorted(packages))
            raise Trouble(f"--known {one.release} is not of {those}, as the specs are: name a release of {those}")
        if one.package in seen:
            raise Trouble(f"--known names {seen[one.package].release} and {one.release}: a run is compared with one")
        seen[one.package] = one


def known_for(
    chosen: Iterable[ExpectedDeviations],
    reference: Mapping[str, Any],
    release: str | None,
    highest: Microversion | None,
) -> ExpectedDeviations | None:
    """The known deviations with which a run is compared; None if none are shipped for its cloud.

    If the user named no release, the release of the specs counts, but only if the cloud is of this release. A cloud of
    an unknown release counts as a cloud of this release if its highest microversion is the same.

    Args:
        chosen: the known deviations of the releases that the user has named, one of a package.
        reference: ``package`` and ``version`` of the tested reference.
        release: the release of the cloud, as package and version with a blank between them; None if unknown.
        highest: the highest microversion of the cloud; None without microversions.

    Raises:
        Trouble: the file of the release is broken.
    """
    package, version = str(reference.get("package")), str(reference.get("version"))
    named_one = next((one for one in chosen if one.package == package), None)
    if named_one is not None:
        return named_one
    found = expected_of(package, version)
    if found is None:
        return None
    if release is not None:
        return found if release in (f"{package} {version}", found.release_of_service) else None
    return found if found.highest is not None and found.highest == highest else None
