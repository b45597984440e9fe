"""The databases in memory, made to last as long as the process does.

A pool of connections makes each one anew when it has grown old: `[database] connection_recycle_time` is an hour by
default, and the fixtures of Placement do not read it. The only connection to a database in memory is the database
itself: made anew it is empty, and every request is answered with 500.
"""

import sqlalchemy
from sqlalchemy import pool

NEVER = -1


def install() -> None:
    """Let no engine of this process that has a single connection make it anew."""
    original = sqlalchemy.create_engine

    def create_engine(url, **options):
        if options.get("poolclass") is pool.StaticPool:
            options["pool_recycle"] = NEVER
        return original(url, **options)

    sqlalchemy.create_engine = create_engine
