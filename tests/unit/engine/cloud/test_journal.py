"""The journal is on disk before anything is asked for, outlives a kill, and is one for all processes of a run."""

import errno
import gc
import json
import os
import signal
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conformance.engine.cloud.journal import Journal
from conformance.engine.cloud.shared import Debt


def test_a_life_of_a_resource(tmp_path):
    journal = Journal(tmp_path / "journal.jsonl")
    intent = journal.intend("server", journal.rand_name("server"), role="alt")
    (entry,) = Journal.read(tmp_path)
    assert entry.intent == intent
    assert intent.role == "alt"
    assert not entry.settled
    assert journal.is_open(intent)
    journal.made(intent, "id-1", "/servers/id-1")
    (entry,) = Journal.read(tmp_path)
    assert entry.left == (("id-1", "/servers/id-1"),)
    assert not entry.settled
    assert not journal.is_open(intent)
    journal.gone("id-1")
    (entry,) = Journal.read(tmp_path)
    assert entry.settled
    assert entry.left == ()
    assert journal.owns("id-1")
    assert Journal.read(tmp_path / "journal.jsonl") == (entry,)


def test_a_refused_intent_is_settled_and_used_up(tmp_path):
    journal = Journal(tmp_path / "journal.jsonl")
    intent = journal.intend("server", "x")
    journal.refused(intent)
    assert not journal.is_open(intent)
    assert Journal.read(tmp_path)[0].settled


def test_an_intent_of_another_journal_is_not_open(tmp_path):
    one, other = Journal(tmp_path / "a" / "journal.jsonl"), Journal(tmp_path / "b" / "journal.jsonl")
    assert not one.is_open(other.intend("server", "x"))


def test_names_begin_with_one_prefix(tmp_path):
    journal = Journal(tmp_path / "journal.jsonl")
    names = {journal.rand_name("server") for _ in range(50)}
    assert len(names) == 50
    assert all(name.startswith(journal.prefix + "-server-") for name in names)


def test_a_continued_journal_keeps_prefix_and_resources(tmp_path):
    first = Journal(tmp_path / "journal.jsonl")
    first.made(first.intend("floating_ip", "x"), "7", "/os-floating-ips/7", alias=("10.0.0.7",))
    first.gone("7")
    first.close()
    again = Journal(tmp_path / "journal.jsonl")
    assert again.prefix == first.prefix
    assert again.owns("7")
    assert again.owns("10.0.0.7")
    assert again.entries()[0].settled
    assert again.entries(own=True) == ()


def test_a_number_names_a_thing_of_the_run_in_its_own_collection_only(tmp_path):
    journal = Journal(tmp_path / "journal.jsonl")
    journal.made(journal.intend("aggregate", "x"), "7", "/os-aggregates/7")
    journal.made(journal.intend("server", "y"), "id-1", "/servers/id-1")
    assert journal.owns("7")
    assert journal.owns("7", "/os-aggregates")
    assert not journal.owns("7", "/os-services")
    assert journal.owns("id-1", "/os-services")


def test_processes_see_each_other(tmp_path):
    one = Journal(tmp_path / "journal-gw0.jsonl", prefix="p")
    other = Journal(tmp_path / "journal-gw1.jsonl", prefix="p")
    assert not other.owns("id-1")
    one.made(one.intend("server", "x"), "id-1", "/servers/id-1")
    assert other.owns("id-1")
    other.gone("id-1")
    assert [entry.settled for entry in one.entries()] == [True]
    assert other.entries(own=True) == ()
    assert Journal(tmp_path / "journal-cleanup.jsonl").prefix == "p"


@given(st.integers(0, 700))
def test_a_cut_last_line_is_ignored_and_written_over(tmp_path_factory, cut):
    path = tmp_path_factory.mktemp("run") / "journal.jsonl"
    journal = Journal(path)
    for number in range(3):
        journal.made(journal.intend("server", f"n{number}"), f"id-{number}", f"/servers/id-{number}")
    journal.close()
    whole = path.read_bytes()
    path.write_bytes(whole[:cut])
    lines = [json.loads(line) for line in whole[:cut].split(b"\n")[:-1]]
    before = Journal.read(path)
    assert len(before) == sum(line["do"] == "intend" for line in lines)
    again = Journal(path)
    again.made(again.intend("server", "new"), "id-new", "/servers/id-new")
    again.close()
    # The cut line may have been whole but for its end; then it counts from now on.
    after = Journal.read(path)
    assert before == after[: len(before)] or before[-1].intent == after[len(before) - 1].intent
    assert len(after) - len(before) in {1, 2}
    assert after[-1].ids == ("id-new",)


def test_it_survives_a_kill(tmp_path):
    script = """
        import sys
        from pathlib import Path
        from conformance.engine.cloud.journal import Journal
        journal = Journal(Path(sys.argv[1]) / "journal-gw0.jsonl")
        for number in range(10_000_000):
            journal.intend("server", f"name-{number}")
            print(number, flush=True)
    """
    child = subprocess.Popen(
        [sys.executable, "-c", textwrap.dedent(script), str(tmp_path)], stdout=subprocess.PIPE, text=True
    )
    with child:
        said = [int(child.stdout.readline()) for _ in range(20)]
        os.kill(child.pid, signal.SIGKILL)
        said += [int(line) for line in child.stdout if line.endswith("\n")]
    names = [entry.intent.name for entry in Journal.read(tmp_path)]
    # Whatever the process went on to do after an intent, the intent is there.
    assert set(names) >= {f"name-{number}" for number in said}


def test_a_journal_that_cannot_be_written_stops_the_request(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(OSError, match="file"):
        Journal(tmp_path / "file" / "journal.jsonl")


def test_what_is_changed_for_others_is_owed_until_it_is_put_back(tmp_path):
    journal = Journal(tmp_path / "journal.jsonl")
    one = journal.owe(
        Debt("1", "limit", "/limits/p", "limits", "/limits/p", "PUT", {"gears": 10}, {"gears": [0]}, (("user", "u"),))
    )
    two = journal.owe(Debt("2", "limit", "/limits/q", "limits", "/limits/q", "PUT", {}, {}, together=("a", "b")))
    other = Journal(tmp_path / "journal-gw1.jsonl")
    assert Journal.read_debts(tmp_path) == journal.debts() == other.debts() == (two, one)
    other.paid(two)
    assert Journal.read_debts(tmp_path) == journal.debts() == (one,)
    assert str(one) == "limit at /limits/p (gears 10)"
    journal.paid(one)
    assert Journal.read_debts(tmp_path) == ()
    assert Journal.read(tmp_path) == ()


def test_on_a_full_disk_nothing_is_begun_and_nothing_is_forgotten(tmp_path, monkeypatch):
    journal = Journal(tmp_path / "journal.jsonl")
    intent, real = journal.intend("server", "x"), os.write
    before = journal.path.read_bytes()

    def full(fd, data):
        """The disk takes the first bytes, as real ones do, and then no more."""
        if len(bytes(data)) > 10:
            return real(fd, bytes(data)[:10])
        raise OSError(errno.ENOSPC, "No space left on device")

    told = []
    journal.when_broken = lambda: told.append(journal.trouble)
    monkeypatch.setattr(os, "write", full)
    with pytest.raises(OSError, match="No space left on device") as caught:
        journal.intend("server", "y")
    assert caught.value.filename == str(journal.path)
    assert [entry.intent.name for entry in journal.entries()] == ["x"]
    with pytest.raises(OSError, match="No space"):
        journal.owe(Debt("9", "limit", "/x", "limits", "/x", "PUT", {}, {}))
    # What has happened has happened: this process knows of it, and removes it.
    journal.made(intent, "id-1", "/servers/id-1")
    assert journal.entries()[0].left == (("id-1", "/servers/id-1"),)
    assert journal.owns("id-1")
    journal.gone("id-1")
    assert journal.entries()[0].settled
    journal.there("image", "id-2", "/images/id-2", name="x-shelved")
    assert journal.entries(own=True)[1].left == (("id-2", "/images/id-2"),)
    assert told == [journal.trouble], "once"
    assert journal.trouble == f"{journal.path} cannot be written: No space left on device; make room"
    assert journal.path.read_bytes() == before, "no half line"


def test_a_cloud_that_ends_leaves_nothing_to_remove(tmp_path):
    journal, other = Journal(tmp_path / "journal.jsonl"), Journal(tmp_path / "journal-2.jsonl")
    for one in (journal, other):
        one.made(one.intend("server", one.rand_name()), f"id of {one.path.name}", f"/servers/{one.path.name}")
    journal.intend("server", "made by nobody")
    journal.end(own=True)
    assert [entry.settled for entry in Journal.read(tmp_path)].count(False) == 1, "that of the other process"
    journal.end()
    assert all(entry.settled for entry in Journal.read(tmp_path))


def test_services_of_a_run_remove_their_own_things_and_share_what_is_the_runs(tmp_path):
    gears = Journal(tmp_path / "journal-gears.jsonl", service="gears")
    boats = Journal(tmp_path / "journal-boats.jsonl", prefix=gears.prefix, service="boats")
    gear, boat = gears.intend("gear", "g"), boats.intend("boat", "b")
    gears.made(gear, "g-1", "/gears/g-1")
    owed = boats.owe(Debt("1", "limit", "/limits/p", "limits", "/limits/p", "PUT", {"boats": 10}, {"boats": [0]}))
    assert [entry.intent for entry in gears.entries()] == [gear]
    assert [entry.intent for entry in boats.entries()] == [boat]
    assert (gears.debts(), boats.debts()) == ((), (owed,))
    assert boats.owns("g-1")
    assert [entry.intent.service for entry in Journal.read(tmp_path)] == ["gears", "boats"]
    boats.end()
    assert [entry.settled for entry in Journal.read(tmp_path)] == [False, True]


def test_lines_without_a_service_belong_to_every_one(tmp_path):
    old = Journal(tmp_path / "journal.jsonl")
    intent = old.intend("gear", "g")
    assert "service" not in json.loads((tmp_path / "journal.jsonl").read_text().splitlines()[-1])
    assert [entry.intent for entry in Journal(tmp_path / "journal-2.jsonl", service="gears").entries()] == [intent]


def test_a_journal_that_nobody_closed_keeps_no_descriptor(tmp_path):
    journal_file = tmp_path / "journal.jsonl"

    def opened():
        gc.collect()
        links = Path("/proc/self/fd").iterdir()
        return sum(os.path.realpath(link) == str(journal_file) for link in links)

    journal = Journal(journal_file)
    assert opened() == 1
    del journal
    assert opened() == 0
