"""Chooses the release with whose known deviations a run is compared."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from conformance.plugin.expected import ExpectedDeviations, expected_of, shipped_releases
from conformance.plugin.trouble import Trouble
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


def known_for(
    chosen: ExpectedDeviations | None, reference: Mapping[str, Any], release: str | None, highest: Microversion | None
) -> ExpectedDeviations | None:
    """The known deviations with which a run is compared; None if none are shipped for its cloud.

    If the user named no release, the release of the specs counts, but only if the cloud is of this release. A cloud of
    an unknown release counts as a cloud of this release if its highest microversion is the same.

    Args:
        chosen: the known deviations of the release that the user has named.
        reference: ``package`` and ``version`` of the tested reference.
        release: the release of the cloud, as package and version with a blank between them; None if unknown.
        highest: the highest microversion of the cloud; None without microversions.

    Raises:
        Trouble: the named release is of another package, or the file of the release is broken.
    """
    package, version = str(reference.get("package")), str(reference.get("version"))
    if chosen is not None:
        if chosen.package != package:
            raise Trouble(
                f"--known {chosen.release} is not of {package}, as the specs are: name a release of {package}"
            )
        return chosen
    if release is not None and release != f"{package} {version}":
        return None
    found = expected_of(package, version)
    if found is None or release is not None:
        return found
    return found if found.highest is not None and found.highest == highest else None
