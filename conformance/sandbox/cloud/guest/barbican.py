"""Barbican in this process; it makes its tables itself."""

from pathlib import Path


def start(options):
    """Return the application of the API."""
    from oslo_config import cfg

    # The configuration is read at the import, from these folders alone.
    cfg._get_config_dirs = lambda _project=None: [options.etc]
    from paste import deploy

    return deploy.loadapp(f"config:{Path(options.etc, 'barbican-api-paste.ini')}")
