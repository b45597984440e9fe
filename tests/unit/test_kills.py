"""The tool that kills runs kills all of a run and nothing else, and calls true only the words of a cleanup that are."""

from __future__ import annotations

import subprocess
import sys
from itertools import islice
from pathlib import Path

import pytest

from tests.support.inhabited import differences
from tests.support.kills import Outcome, killed
from tests.support.moments import Moment, at_random


def test_all_processes_that_work_in_a_directory_are_killed_and_no_others(tmp_path: Path) -> None:
    place, elsewhere = tmp_path / "run", tmp_path / "run-2"
    place.mkdir()
    elsewhere.mkdir()
    sleeping = [sys.executable, "-c", "print(flush=True); import time; time.sleep(60)"]
    inside = subprocess.Popen(sleeping, cwd=place, stdout=subprocess.PIPE, start_new_session=True)
    outside = subprocess.Popen(sleeping, cwd=elsewhere, stdout=subprocess.PIPE)
    with inside, outside:
        for process in (inside, outside):
            assert process.stdout is not None
            process.stdout.readline()
        killed(place)
        assert inside.wait(30) == -9
        assert outside.poll() is None
        outside.kill()


@pytest.mark.parametrize(
    ("left", "after", "status", "said", "true"),
    [
        ((), (), 0, "0 left", True),
        ((), (), 1, "left: volume v: in use", False),
        (("+ volumes v",), (), 0, "0 left", False),
        (("+ volumes v",), (), 1, "left: volume v: in use", True),
        (("+ volumes v",), (), 1, "left: volume w: in use", False),
        (("+ volumes v",), (), 2, "left: volume v", False),
        ((), ("~ quota p: cores 77 -> 45",), 1, "not put back: quota at /os-quota-sets/p (cores 77)", True),
        ((), ("~ quota p: cores 77 -> 45",), 0, "1 put back, 0 left", False),
    ],
)
def test_words_are_true_if_they_name_each_thing(
    left: tuple[str, ...], after: tuple[str, ...], status: int, said: str, true: bool
) -> None:
    assert Outcome("os-volumes", "POST /os-volumes", left, left, after, status, said).true is true


def test_a_moment_is_a_method_a_path_and_a_body() -> None:
    moment = Moment("POST", "/action$", '"shelve"')
    assert moment.fits("POST", "/v2.1/servers/1/action?x=y", b'{"shelve": null}')
    assert not moment.fits("POST", "/v2.1/servers/1/action", b'{"unshelve": null}')
    assert not moment.fits("PUT", "/v2.1/servers/1/action", b'{"shelve": null}')


def test_a_seed_gives_the_same_kills() -> None:
    assert list(islice(at_random(1), 9)) == list(islice(at_random(1), 9))
    assert list(islice(at_random(1), 9)) != list(islice(at_random(2), 9))


def test_differences_are_what_is_new_gone_or_otherwise() -> None:
    before = {"a 1": {"x": 1}, "a 2": {}, "a 3": {"y": {"z": 1}}}
    after = {"a 1": {"x": 1}, "a 3": {"y": {"z": 2}}, "a 4": {}}
    assert differences(before, after) == ("+ a 4", "- a 2", "~ a 3: y z 1 -> 2")
