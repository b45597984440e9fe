"""Ironic in this process: the API and a conductor with fake hardware, and the tables before both."""

import sys
from pathlib import Path


def start(options):
    """Make the tables, start the conductor, and return the application of the API."""
    sys.argv += ["--config-file", str(Path(options.etc, "ironic.conf"))]
    # The configuration comes first: modules of the conductor read it while they are imported.
    from ironic.common import service

    service.prepare_service("ironic", sys.argv)
    from ironic.api import app
    from ironic.conductor.rpc_service import RPCService
    from ironic.conf import CONF
    from ironic.db import migration

    migration.create_schema()
    RPCService(CONF.host, "ironic.conductor.manager", "ConductorManager").start()
    return app.VersionSelectorApplication()
