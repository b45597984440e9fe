"""The databases in memory last longer than the time after which connections are made anew."""

from __future__ import annotations

import time

import pytest

RECYCLE = 1


@pytest.fixture
def engine():
    """Make engines as the services do, with an hour cut down to a second."""
    engines = pytest.importorskip("oslo_db.sqlalchemy.engines", reason="Nova is not installed")
    import sqlalchemy

    before, made = sqlalchemy.create_engine, []

    def make():
        made.append(engines.create_engine("sqlite://", connection_recycle_time=RECYCLE))
        with made[-1].begin() as connection:
            connection.execute(sqlalchemy.text("CREATE TABLE here (x)"))
        time.sleep(RECYCLE + 0.5)
        with made[-1].connect() as connection:
            return connection.execute(sqlalchemy.text("SELECT count(*) FROM here")).scalar()

    yield make
    sqlalchemy.create_engine = before
    for one in made:
        one.dispose()


def test_a_database_in_memory_is_lost_without_the_cure(engine):
    from oslo_db.exception import DBNonExistentTable

    with pytest.raises(DBNonExistentTable):
        engine()


def test_a_database_in_memory_lasts(engine):
    from conformance.sandbox.guest import lasting

    lasting.install()
    assert engine() == 0
