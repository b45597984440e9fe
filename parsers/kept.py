"""The directory of a release that was fetched before, without asking any index."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from parsers.cachedir import cache_directory


def kept_release(reference: Mapping[str, Any]) -> Path | None:
    """Return the directory of a release in the cache; None if it was never fetched.

    Args:
        reference: ``package`` and ``version``, as a spec and a run record have them.
    """
    from packaging.utils import canonicalize_name

    package, version = reference.get("package"), reference.get("version")
    if not isinstance(package, str) or not isinstance(version, str):
        return None
    name = f"{canonicalize_name(package)}-{version}"
    if Path(name).name != name:
        return None  # a record may come from anybody
    found = cache_directory() / "releases" / name
    return found if found.is_dir() else None
