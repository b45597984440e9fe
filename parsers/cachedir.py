"""Where fetched releases and the sums of builds are kept."""

from __future__ import annotations

import os
from pathlib import Path

APPLICATION = "apiref-conformance"
VARIABLE = "APIREF_CONFORMANCE_CACHE"


def cache_directory() -> Path:
    """Return the user's cache directory of this application; ``APIREF_CONFORMANCE_CACHE`` names another."""
    own = os.environ.get(VARIABLE)
    if own:
        return Path(own)
    import platformdirs

    return Path(platformdirs.user_cache_dir(APPLICATION))
