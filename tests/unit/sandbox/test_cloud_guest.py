"""What the guest of the sandbox cloud bounds, so that no memory grows for ever, and what it wakes up for."""

from __future__ import annotations

import threading

import pytest

from conformance.sandbox.cloud.guest import token_cache


def test_checked_tokens_end_by_time():
    now = [0.0]
    cache = token_cache.Bounded(clock=lambda: now[0])
    cache.set("token", b"valid", time=10)
    assert cache.get("token") == b"valid"
    now[0] = 10.5
    assert cache.get("token") is None
    assert cache.get("none") is None


def test_the_oldest_of_too_many_tokens_go():
    cache = token_cache.Bounded(largest=3)
    for number in range(5):
        cache.set(str(number), number, time=10)
    assert [cache.get(str(number)) for number in range(5)] == [None, None, 2, 3, 4]


def test_all_requests_share_the_cache():
    seen = []
    app = token_cache.TokenCache(lambda environ, _start: seen.append(environ[token_cache.KEY]) or [b""])
    app({}, None)
    app({}, None)
    assert seen[0] is seen[1]


def test_the_cache_of_keystone_keeps_what_is_used():
    pytest.importorskip("dogpile.cache")
    from conformance.sandbox.cloud.guest.bounded_cache import Entries

    entries = Entries(largest=2)
    entries["a"], entries["b"] = 1, 2
    assert entries.get("a") == 1
    entries["c"] = 3
    assert (entries.get("a"), entries.get("b"), entries.get("c")) == (1, None, 3)
    assert entries.pop("a") == 1
    assert entries.pop("a") is None


@pytest.fixture
def transport():
    """The module, with the in-process transport as it was afterwards."""
    fake = pytest.importorskip("oslo_messaging._drivers.impl_fake")
    from conformance.sandbox.cloud.guest import transport

    before = fake.time, fake.FakeExchange.deliver_message, fake.FakeExchange.poll
    yield transport
    fake.time, fake.FakeExchange.deliver_message, fake.FakeExchange.poll = before


def test_messages_to_nobody_do_not_pile_up(transport):
    from oslo_messaging import Target
    from oslo_messaging._drivers.impl_fake import FakeExchange

    transport.install()
    exchange = FakeExchange("test")
    exchange.poll(Target(topic="heard", server="here"), None)
    for number in range(3 * transport.UNHEARD):
        for topic in ("heard", "unheard"):
            exchange.deliver_message(topic, {}, number, server="here")
    assert len(exchange._server_queues["heard", "here"]) == 3 * transport.UNHEARD
    left = [message for _, message, _, _ in exchange._server_queues["unheard", "here"]]
    assert left == list(range(2 * transport.UNHEARD, 3 * transport.UNHEARD))


def test_a_listener_wakes_up_when_a_message_comes(transport, monkeypatch):
    monkeypatch.setattr(transport, "LONGEST", 60.0)
    bell, woken = transport.Bell(), threading.Event()

    def listen():
        bell.sleep(0.05)  # the first look is always at once
        bell.sleep(0.05)
        woken.set()

    listener = threading.Thread(target=listen, daemon=True)
    listener.start()
    assert not woken.wait(0.2)
    bell.ring()
    assert woken.wait(30)


def test_a_message_that_came_before_the_sleep_is_not_slept_through(transport, monkeypatch):
    monkeypatch.setattr(transport, "LONGEST", 60.0)
    bell = transport.Bell()
    bell.sleep(0.05)
    bell.ring()
    bell.sleep(0.05)  # returns at once, or this test never ends


def test_a_transaction_of_its_own_does_not_wait_for_the_one_around_it(tmp_path, monkeypatch):
    facade = pytest.importorskip("oslo_db.sqlalchemy.enginefacade")
    from sqlalchemy import text

    from conformance.sandbox.cloud.guest.manila import join_transactions

    manager = facade._TransactionContextManager
    monkeypatch.setattr(manager, "independent", manager.independent)
    join_transactions()
    made = facade.transaction_context()
    made.configure(connection=f"sqlite:///{tmp_path / 'x.sqlite'}", sqlite_fk=False)
    context = type("Context", (), {})()
    with made.writer.using(context) as outer:
        outer.execute(text("CREATE TABLE t (x INTEGER)"))
        outer.execute(text("INSERT INTO t VALUES (1)"))
        with made.writer.independent.using(context) as inner:
            inner.execute(text("INSERT INTO t VALUES (2)"))
    with made.reader.using(context) as session:
        assert session.execute(text("SELECT count(*) FROM t")).scalar() == 2
