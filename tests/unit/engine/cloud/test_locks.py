"""Turns among processes: what is alone is tried beside nothing, and nobody waits for a process that is dead."""

from __future__ import annotations

import subprocess
import sys
import threading

import pytest

from conformance.engine.cloud.locks import Locks

HOLDS = """
import sys, threading
from pathlib import Path
from conformance.engine.cloud.locks import Locks
with Locks(Path(sys.argv[1])).taken(sys.argv[2] == "alone", threading.Event()):
    print("mine", flush=True)
    sys.stdin.read()
"""


@pytest.fixture
def holder(tmp_path):
    """Make a process that has taken its turn until its input ends."""
    children = []

    def make(how):
        child = subprocess.Popen(
            [sys.executable, "-c", HOLDS, str(tmp_path / "turns"), how], stdin=subprocess.PIPE, stdout=subprocess.PIPE
        )
        children.append(child)
        assert child.stdout.readline() == b"mine\n"
        return child

    yield make
    for child in children:
        child.kill()
        child.wait()
        child.stdin.close()
        child.stdout.close()


def waiting(path, alone, stopping=None):
    """A thread that waits for its turn, and the moment at which it has come."""
    come = threading.Event()

    def wait():
        with Locks(path).taken(alone, stopping or threading.Event()):
            come.set()

    thread = threading.Thread(target=wait, daemon=True)
    thread.start()
    return thread, come


@pytest.mark.parametrize(("held", "asked", "waits"), [
    ("together", False, False), ("together", True, True), ("alone", False, True), ("alone", True, True),
])  # fmt: skip
def test_who_waits_for_whom(holder, tmp_path, held, asked, waits):
    other = holder(held)
    _, come = waiting(tmp_path / "turns", asked)
    assert come.wait(0.4 if waits else 5) is not waits
    other.stdin.close()
    assert come.wait(5)


def test_a_dead_process_keeps_nobody_waiting(holder, tmp_path):
    other = holder("together")
    _, come = waiting(tmp_path / "turns", alone=True)
    assert not come.wait(0.3)
    other.kill()
    assert come.wait(5)


def test_the_stop_of_the_run_ends_the_wait(holder, tmp_path):
    holder("alone")
    stopping = threading.Event()
    thread, _ = waiting(tmp_path / "turns", False, stopping)
    stopping.set()
    thread.join(5)
    assert not thread.is_alive()


def test_one_process_needs_no_file(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with Locks().taken(True, threading.Event()), Locks().taken(True, threading.Event()):
        pass
    assert list(tmp_path.iterdir()) == []
