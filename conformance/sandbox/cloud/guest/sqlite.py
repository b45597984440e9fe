"""What oslo.db and SQLite need to serve many threads from files.

- A connection is kept. oslo.db opens the file anew for each transaction, and each opening reads the whole schema: 3 to
  5 ms with the tables of Neutron.
- A transaction that will write says so at its beginning. Where two have read and then want to write, SQLite lets one of
  them fail at once with "database is locked", whatever the time-out.
- A kept connection holds little: SQLite's own default is 2 MB of pages for each.
"""

import sqlalchemy
from oslo_db import exception
from oslo_db.sqlalchemy import enginefacade, exc_filters
from sqlalchemy import event, exc, pool
from sqlalchemy.engine import Engine

KEPT = 4
"""Connections of one database that are kept; more are opened where more are needed at a time."""
CACHE_KIB = 256
BUSY_MS = 60_000
_WRITES = "sandbox_writes"


def install() -> None:
    """Let all engines of this process behave so."""
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
    """Begin a transaction that writes; oslo.db's own listener comes later and begins all others."""
    if connection.get_execution_options().get(_WRITES) and "in_transaction" not in connection.info:
        connection.exec_driver_sql("BEGIN IMMEDIATE")
        connection.info["in_transaction"] = True


def _locked(error, _match, _engine_name, _is_disconnect) -> None:
    """Raise the error that the services try again after."""
    raise exception.DBDeadlock(error)
