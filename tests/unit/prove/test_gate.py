"""Provers that share a sandbox: many at a time, or one by itself."""

from __future__ import annotations

import random
import threading

from conformance.prove.gate import Gate


def test_who_is_alone_is_alone():
    gate, lock = Gate(), threading.Lock()
    within: list[bool] = []
    together: list[tuple[bool, ...]] = []

    def go(alone):
        with gate.passed(alone):
            with lock:
                within.append(alone)
                together.append(tuple(within))
            threading.Event().wait(0.002)
            with lock:
                within.remove(alone)

    wanted = [True] * 10 + [False] * 30
    random.Random(3).shuffle(wanted)
    threads = [threading.Thread(target=go, args=(alone,)) for alone in wanted]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(10)
    assert len(together) == 40
    assert all(len(those) == 1 for those in together if True in those)
    assert any(len(those) > 1 for those in together)


def test_who_wants_to_be_alone_is_not_passed_by():
    gate, order = Gate(), []
    entered, go_on = threading.Event(), threading.Event()

    def first():
        with gate.passed(False):
            entered.set()
            assert go_on.wait(10)
        order.append("first")

    def other(name, alone):
        with gate.passed(alone):
            order.append(name)

    threads = [threading.Thread(target=first)]
    threads[0].start()
    assert entered.wait(10)
    for name, alone in (("alone", True), ("late", False)):
        threads.append(threading.Thread(target=other, args=(name, alone)))
        threads[-1].start()
        threading.Event().wait(0.1)
    assert order == []
    go_on.set()
    for thread in threads:
        thread.join(10)
    assert order.index("alone") < order.index("late")
