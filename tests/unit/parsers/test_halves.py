"""Work that two processes share gives the results, and the errors, of one."""

from __future__ import annotations

import os
import signal
import threading

import pytest
from hypothesis import given
from hypothesis import strategies as st

from parsers import commands, halves
from parsers.errors import DocumentError, NotFoundError
from parsers.halves import halved
from parsers.layout import find_layout
from parsers.references import read_reference
from parsers.unread import account
from specs.dump import dump

FIRST = os.getpid()


@pytest.fixture(autouse=True)
def two_processors(monkeypatch):
    """Two processors, and no thread beside this one, whatever runs the tests."""
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: {0, 1})
    monkeypatch.setattr(threading, "active_count", lambda: 1)


def by(number):
    return number, os.getpid()


def dear(_):
    return halves.WORTH


@given(st.lists(st.floats(min_value=0, max_value=9), max_size=30))
def test_the_cost_is_divided(costs):
    second = halves._second(costs)
    taken = sum(costs[number] for number in second)
    assert second == sorted(set(second))
    assert abs(sum(costs) - 2 * taken) <= max(costs, default=0) + 1e-6


def test_the_results_are_in_the_order_of_the_items_whoever_made_them():
    found = halved(by, range(9), dear)
    assert [number for number, _ in found] == list(range(9))
    assert {process == os.getpid() for _, process in found} == {True, False}


@pytest.mark.parametrize("cost", [0.0, halves.WORTH / 10])
def test_little_work_is_not_divided(cost):
    assert {process for _, process in halved(by, range(9), lambda _: cost)} == {os.getpid()}


def test_a_process_with_threads_does_all_itself(monkeypatch):
    monkeypatch.setattr(threading, "active_count", lambda: 2)
    assert {process for _, process in halved(by, range(9), dear)} == {os.getpid()}


def failing_elsewhere(number, fail):
    if os.getpid() != FIRST:
        fail()
    return by(number)


def not_to_be_sent(number):
    return by(number) if os.getpid() == FIRST else lambda: number


@pytest.mark.parametrize(
    "fail",
    [lambda: os._exit(3), lambda: os.kill(os.getpid(), signal.SIGKILL), lambda: {}["none"]],
    ids=["ends", "is killed", "raises"],
)
def test_what_the_second_process_fails_to_do_the_first_one_does(fail, capfd):
    found = halved(lambda number: failing_elsewhere(number, fail), range(9), dear)
    assert found == [(number, FIRST) for number in range(9)]
    assert capfd.readouterr() == ("", "")


def test_results_that_cannot_be_sent_are_made_again():
    assert halved(not_to_be_sent, range(4), dear) == [(number, FIRST) for number in range(4)]


@pytest.mark.parametrize("wrong", range(6))
def test_the_first_error_is_raised_whoever_meets_it_and_no_process_is_left(wrong):
    def work(number):
        if number >= wrong:
            raise ValueError(number)
        return number

    with pytest.raises(ValueError, match=str(wrong)):
        halved(work, range(6), dear)
    with pytest.raises(ChildProcessError):
        os.waitpid(-1, os.WNOHANG)


def reference(folder, text):
    source = folder / "api-ref" / "source"
    source.mkdir(parents=True)
    (source / "conf.py").touch()
    (source / "parameters.yaml").write_text(
        "a:\n  in: body\n  type: string\n  required: true\n  description: |\n    A.\n"
    )
    (source / "index.rst").write_text("Things\n======\n\n.. include:: one.inc\n.. include:: two.inc\n")
    for name in ("one", "two"):
        (source / f"{name}.inc").write_text(text.replace("NAME", name))
    return folder


OPERATION = (
    "Show NAME\n---------\n\n.. rest_method:: GET /NAME\n\nNormal response codes: 200\n\nIt may be seen.\n\n"
    "Request\n~~~~~~~\n\n.. rest_parameters:: parameters.yaml\n\n  - a: a\n"
)


def read(folder, monkeypatch, processors):
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: set(range(processors)))
    forks = []
    fork = os.fork
    with monkeypatch.context() as patch:
        patch.setattr(os, "fork", lambda: (forks.append(1), fork())[1])
        patch.setattr(commands, "LARGE", 0)
        patch.setattr(halves, "WORTH", 0)
        reading, specs = commands.read(folder)
        return len(forks), {name: dump(spec) for name, spec in specs.items()}, account(reading, specs)


def test_two_processes_read_a_reference_as_one_does(tmp_path, monkeypatch):
    folder = reference(tmp_path, OPERATION)
    alone, both = read(folder, monkeypatch, 1), read(folder, monkeypatch, 2)
    assert (alone[0], both[0]) == (0, 2)
    assert alone[1:] == both[1:]
    assert len(both[1]) == 2


def build(folder, monkeypatch, processors, keep_going=True):
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: set(range(processors)))
    output, report = folder / f"specs-{processors}", folder / f"report-{processors}.json"
    with monkeypatch.context() as patch:
        patch.setattr(commands, "LARGE", 0)
        patch.setattr(halves, "WORTH", 0)
        result = commands.build(folder, output=output, report=report, cache=False, keep_going=keep_going)
    return {path.name: path.read_text() for path in output.iterdir()}, report.read_text(), result.unread, result.blocks


def test_two_processes_build_what_one_does(tmp_path, monkeypatch):
    text = OPERATION.replace("It may be seen.", "It may be seen.\n\nIt is refused, or so, on some fifth day of rain.")
    samples = "\n.. literalinclude:: NAME.json\n\n.. literalinclude:: none.json\n"
    folder = reference(tmp_path, text + samples)
    for name in ("one", "two"):
        (folder / "api-ref" / "source" / f"{name}.json").write_text(f'{{"a": "{name} is red"}}')
    alone, both = (build(folder, monkeypatch, processors) for processors in (1, 2))
    assert alone == both
    assert sorted(both[0]) == ["one.yaml", "two.yaml"]
    assert all(f"{name.removesuffix('.yaml')} is red" in spec for name, spec in both[0].items())
    assert (both[2], both[3]) == (2, 7)


def test_a_sample_that_is_missing_is_told_as_by_one_process(tmp_path, monkeypatch):
    folder = reference(tmp_path, OPERATION + "\n.. literalinclude:: none.json\n")
    for processors in (1, 2):
        with pytest.raises(DocumentError, match=r"none.json does not exist \(and 1 more such defect\)"):
            build(folder, monkeypatch, processors, keep_going=False)


def test_all_samples_are_read_with_the_documents(tmp_path):
    folder = reference(tmp_path, OPERATION + "\n.. literalinclude:: NAME.json\n")
    (folder / "api-ref" / "source" / "one.json").write_text('{"a": 1}')
    reading = read_reference(find_layout(folder))
    (folder / "api-ref" / "source" / "one.json").write_text('{"a": 2}')
    assert reading.samples.body("api-ref/source/one.json") == ({"a": 1}, True)
    assert reading.samples.missing == {"api-ref/source/two.json"}


def test_a_reference_that_cannot_be_read_is_refused_as_by_one_process(tmp_path, monkeypatch):
    folder = reference(tmp_path, "Nothing\n-------\n\nNo operation.\n")
    for processors in (1, 2):
        with pytest.raises(NotFoundError, match="no operation"):
            read(folder, monkeypatch, processors)
