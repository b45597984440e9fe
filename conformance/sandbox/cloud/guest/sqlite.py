"""Settings of oslo.db and SQLite for many threads that share database files.

- Connections are kept. By default oslo.db opens the file anew for each transaction, and each time reads the whole
  schema: 3 to 5 ms with the tables of Neutron.
- A transaction that will write locks the database at its beginning. If two transactions have read and then want to
  write, SQLite lets one of them fail at once with "database is locked", in spite of the time-out.
- A kept connection has a small cache: SQLite's own default is 2 MB of pages for each.
"""

import sqlalchemy
from oslo_db import exception
from oslo_db.sqlalchemy import enginefacade, exc_filters
from sqlalchemy import event, exc, pool
from sqlalchemy.engine import Engine

KEPT = 4
"""Number of connections that are kept for one database; more are opened if more are needed at a time."""
CACHE_KIB = 256
BUSY_MS = 60_000
_WRITES = "sandbox_writes"


def install() -> None:
    """Apply these settings to all engines of this process."""
    _keep_connections()
    _announce_writers()
    event.listen(Engine, "connect", _settings)
    event.listen(Engine, "begin", _begin)
    exc_filters.filters("sqlite", exc.OperationalError, r".*database is locked.*")(_locked)


def _keep_connections() -> None:
    original = sqlalchemy.create_engine

    def create_engine(url, **options):
        if options.get("poolclass") is pool.NullPool:
            options.update(poolclass=pool.QueuePool, pool_size=KEPT, max_overflow=-1, pool_pre_ping=False)
            options.setdefault("connect_args", {})["cached_statements"] = 32
        return original(url, **options)

    sqlalchemy.create_engine = create_engine


def _announce_writers() -> None:
    factory = enginefacade._TransactionFactory
    create_session, create_connection = factory._create_session, factory._create_connection

    def session(self, mode, bind=None):
        made = create_session(self, mode, bind)
        if mode is enginefacade._WRITER and bind is None:
            made.bind = self._writer_engine.execution_options(**{_WRITES: True})
        return made

    def connection(self, mode):
        made = create_connection(self, mode)
        return made.execution_options(**{_WRITES: True}) if mode is enginefacade._WRITER else made

    factory._create_session, factory._create_connection = session, connection


def _settings(dbapi_connection, _record) -> None:
    dbapi_connection.execute(f"PRAGMA busy_timeout = {BUSY_MS}")
    dbapi_connection.execute(f"PRAGMA cache_size = -{CACHE_KIB}")


def _begin(connection) -> None:
    """Begin a transaction that writes; oslo.db's own listener runs later and begins all others."""
    if connection.get_execution_options().get(_WRITES) and "in_transaction" not in connection.info:
        connection.exec_driver_sql("BEGIN IMMEDIATE")
        connection.info["in_transaction"] = True


def _locked(error, _match, _engine_name, _is_disconnect) -> None:
    """Raise the error after which the services try again."""
    raise exception.DBDeadlock(error)
