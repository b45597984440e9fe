"""The cache directory, for downloaded releases and the checksums of builds."""

from __future__ import annotations

import os
from pathlib import Path

APPLICATION = "apiref-conformance"
VARIABLE = "APIREF_CONFORMANCE_CACHE"


def cache_directory() -> Path:
    """Return the user's cache directory for this suite, or the one that ``APIREF_CONFORMANCE_CACHE`` names."""
    own = os.environ.get(VARIABLE)
    if own:
        return Path(own)
    import platformdirs

    return Path(platformdirs.user_cache_dir(APPLICATION))
