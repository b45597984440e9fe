"""A proof that was interrupted goes on where it was."""

import json

import pytest

from conformance.prove.breakage import Breakage
from conformance.prove.ledger import NAME, Ledger, ProofError, suite_of
from conformance.prove.outcome import Outcome
from conformance.prove.where import Where

SUITE = {"release": "34.0.0", "catalogue": "0"}


def outcome(name, fate="caught"):
    by = ("op/normal/202",)
    return Outcome(f"op/normal/202#{name}", "op/normal/202", "normal", "op", name, fate, by, seconds=0.5)


def test_what_was_written_is_read_again(tmp_path):
    first = Ledger(tmp_path, SUITE)
    first.add(outcome("500"))
    first.add(outcome("409", "missed"))
    first.deviates(["b", "a"])
    second = Ledger(tmp_path, SUITE)
    assert list(second.found.values()) == [outcome("500"), outcome("409", "missed")]
    assert second.deviations == {"a", "b"}


def test_each_outcome_is_on_disk_at_once(tmp_path):
    Ledger(tmp_path, SUITE).add(outcome("500"))
    lines = (tmp_path / NAME).read_text().splitlines()
    assert json.loads(lines[0]) == {"proof": SUITE}
    assert json.loads(lines[1])["breakage"] == "op/normal/202#500"


def test_a_line_that_was_cut_is_ignored_and_does_not_spoil_the_next(tmp_path):
    Ledger(tmp_path, SUITE).add(outcome("500"))
    with (tmp_path / NAME).open("a") as file:
        file.write('{"breakage": "op/nor')
    again = Ledger(tmp_path, SUITE)
    again.add(outcome("409"))
    assert [o.mutation for o in Ledger(tmp_path, SUITE).found.values()] == ["500", "409"]


@pytest.mark.parametrize("fate", ["error", "inconclusive", "not reached"])
def test_a_breakage_that_was_not_decided_is_tried_again(tmp_path, fate):
    Ledger(tmp_path, SUITE).add(outcome("500", fate))
    again = Ledger(tmp_path, SUITE)
    assert again.found == {}
    again.add(outcome("500"))
    assert Ledger(tmp_path, SUITE).found["op/normal/202#500"].fate == "caught"


@pytest.mark.parametrize("other", [{**SUITE, "release": "31.3.1"}, {**SUITE, "catalogue": "1"}])
def test_a_proof_of_something_else_is_left_alone(tmp_path, other):
    Ledger(tmp_path, SUITE).add(outcome("500"))
    before = (tmp_path / NAME).read_bytes()
    with pytest.raises(ProofError, match="name another directory"):
        Ledger(tmp_path, other)
    assert (tmp_path / NAME).read_bytes() == before


def test_nothing_is_written_where_no_directory_is_given(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    ledger = Ledger(None, SUITE)
    ledger.add(outcome("500"))
    assert list(ledger.found) == ["op/normal/202#500"]
    assert list(tmp_path.iterdir()) == []


def test_what_a_proof_is_of():
    def breakage(name):
        return Breakage(name, "r", "k", "o", "m", Where("GET", "/x", None), ())

    one = suite_of("34.0.0", [breakage("a"), breakage("b")])
    assert one == suite_of("34.0.0", [breakage("a"), breakage("b")])
    assert one != suite_of("34.0.0", [breakage("a"), breakage("c")])
    assert one["release"] == "34.0.0"
