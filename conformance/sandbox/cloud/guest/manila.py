"""Manila in this process: the API, the scheduler, and a share service with the dummy driver; the tables before them."""

import importlib
import sys
from pathlib import Path


def start(options):
    """Make the tables, start the workers, and return the application of the API."""
    join_transactions()
    sys.argv += ["--config-file", str(Path(options.etc, "manila.conf"))]
    # Its module reads an option of this section before the middleware defines it.
    application = importlib.import_module("manila.wsgi.wsgi").initialize_application()
    from manila import service
    from manila.db.sqlalchemy import api, models
    from oslo_config import cfg

    # The migrations lock themselves out of SQLite.
    models.BASE.metadata.create_all(api.get_engine())
    service.Service.create(binary="manila-scheduler", coordination=True).start()
    # By default it mounts shares on this machine to copy them, for which it has no right.
    data = service.Service.create(binary="manila-data")
    data.manager.backup_driver = Nothing()
    data.start()
    for backend in cfg.CONF.enabled_share_backends:
        host = f"{cfg.CONF.host}@{backend}"
        service.Service.create(host=host, service_name=backend, binary="manila-share", coordination=True).start()
    return application


class Nothing:
    """The driver of backups that stores nothing, as the dummy driver of shares does: each is complete at once."""

    use_data_manager = False
    restore_to_target_support = True

    def backup(self, context, backup, share):
        """Make a backup."""

    def restore(self, context, backup, share):
        """Restore one."""

    def delete(self, context, backup):
        """Delete one."""

    def get_backup_progress(self, context, backup, share):
        """How far a backup is, in percent."""
        return "100"

    def get_restore_progress(self, context, backup, share):
        """How far a restored share is, in percent."""
        return "100"


def join_transactions():
    """Let a transaction within another one be a part of it, also where the code wants one of its own.

    SQLite has one writer at a time. So the one within would wait for the other, which waits for it: a share could not
    be deleted, and all other requests waited meanwhile (manila/db/sqlalchemy/api.py:2118 of Manila 23.0.1).
    """
    from oslo_db.sqlalchemy import enginefacade

    enginefacade._TransactionContextManager.independent = property(lambda manager: manager)
