"""Keeps the in-memory databases until the process ends.

A connection pool replaces each connection after a time: `[database] connection_recycle_time` is an hour by default, and
the fixtures of Placement do not read it. The only connection to an in-memory database is the database itself: a new
connection is an empty database, and every request is answered with 500.
"""

import sqlalchemy
from sqlalchemy import pool

NEVER = -1


def install() -> None:
    """Keep every engine of this process with a single connection from replacing it."""
    original = sqlalchemy.create_engine

    def create_engine(url, **options):
        if options.get("poolclass") is pool.StaticPool:
            options["pool_recycle"] = NEVER
        return original(url, **options)

    sqlalchemy.create_engine = create_engine
