"""What is shown while a run goes on: the texts, the lines below pytest's output, and when nothing is shown."""

import os
import pty
import re
from types import SimpleNamespace

import pytest
from _pytest._io import TerminalWriter
from hypothesis import given
from hypothesis import strategies as st

from conformance.plugin import progress
from conformance.plugin.owner import Owner
from conformance.plugin.progress import State
from conformance.plugin.screen import Screen

pytest_plugins = ["pytester", "plugin_project"]

LOCK = "servers-actions.lock/"


def test_the_state_in_words():
    state = State(
        total=970,
        decided=312,
        deviations=1,
        done=0.25,
        seconds=60.0,
        noun="server",
        resources={"PAUSED": 1, "ACTIVE": 2},
        waits=[("server in BUILD (spawning)", 12.4), ("image", 3.0)],
    )
    assert state.lines() == [
        "decided 312 of 970 (32 %), 1 deviation, about 3 min 0 s left",
        "in flight: 3 servers (2 ACTIVE, 1 PAUSED)",
        "waiting: server in BUILD (spawning), 12 s so far, and 1 more",
    ]


def test_what_is_not_there_is_not_told():
    assert State().lines() == ["decided 0 of 0, 0 deviations"]
    assert State(total=3, done=0.01, seconds=9.0).lines() == ["decided 0 of 3 (0 %), 0 deviations"]
    assert "left" not in State(total=3, decided=3, done=1.0).lines()[0]


@pytest.mark.parametrize(
    ("many", "unexpected", "said"),
    [(66, 0, "66 deviations (expected)"), (66, 2, "66 deviations (2 unexpected)"), (66, None, "66 deviations"),
     (0, 0, "0 deviations")],
)  # fmt: skip
def test_deviations_that_are_expected_are_told_apart(many, unexpected, said):
    assert State(deviations=many, unexpected=unexpected).lines() == [f"decided 0 of 0, {said}"]


@pytest.mark.parametrize(
    ("verdict", "deviation", "counts"),
    [("fail", "known", (1, 0)), ("fail", "new", (1, 1)), ("pass", "known", (1, 0)), ("fail", None, (1, 1)),
     ("pass", None, (0, 0))],
)  # fmt: skip
def test_each_deviation_is_looked_up_when_its_case_is_decided(verdict, deviation, counts):
    config = SimpleNamespace(add_cleanup=lambda _: None)
    told = progress.Progress(config, [], lambda name, case: (name, case) == ("known", "a.b/normal/202"))
    told._close()
    given = [("verdict", verdict), *([("deviation", deviation)] if deviation else [])]
    told.pytest_runtest_logreport(SimpleNamespace(when="call", nodeid="a.yaml::a.b/normal/202", user_properties=given))
    assert (told._state.deviations, told._state.unexpected) == counts


class Terminal:
    """A terminal of a few lines that understands the control sequences used here, and nothing else."""

    def __init__(self, height, width=80):
        self.rows = [[" "] * width for _ in range(height)]
        self.at, self.saved = [0, 0], [0, 0]

    def feed(self, text):
        for part in re.findall(r"\x1b7|\x1b8|\x1bD|\x1b\[\d*[ABJK]|.|\n|\r", text):
            self.take(part)

    def take(self, part):
        if part == "\x1b7":
            self.saved = list(self.at)
        elif part == "\x1b8":
            self.at = list(self.saved)
        elif part in ("\x1bD", "\n"):
            self.at[0] += 1
            if part == "\n":
                self.at[1] = 0
            if self.at[0] == len(self.rows):
                self.rows = [*self.rows[1:], [" "] * len(self.rows[0])]
                self.at[0] -= 1
        elif part == "\r":
            self.at[1] = 0
        elif part.startswith("\x1b["):
            number = int(part[2:-1] or 1)
            row = self.at[0]
            match part[-1]:
                case "A":
                    self.at[0] = max(0, row - number)
                case "B":
                    self.at[0] = min(len(self.rows) - 1, row + number)
                case "K":
                    self.rows[row] = [" "] * len(self.rows[0])
                case _:
                    for below in range(row, len(self.rows)):
                        self.rows[below] = [" "] * len(self.rows[0])
        else:
            self.rows[self.at[0]][self.at[1]] = part
            self.at[1] += 1

    @property
    def text(self):
        return [line for row in self.rows if (line := "".join(row).rstrip())]


class Writer:
    """Stands in for pytest's terminal writer, on a descriptor."""

    def __init__(self, fd):
        self.fd = fd

    def write(self, text, *, flush=False, **_):
        os.write(self.fd, text.encode())


TEXTS = st.lists(st.sampled_from([".", "..", "F", "\n", "word\n"]) | st.just(None), max_size=30)


@given(TEXTS, st.integers(4, 8))
def test_what_pytest_writes_is_the_same_with_lines_below(texts, height):
    reader, writer = os.pipe()
    plain, shown = Terminal(height), Terminal(height)
    stream = Writer(writer)
    screen = Screen(stream, os.dup(writer))
    for text in texts:
        if text is None:
            screen.draw(["one", "two"])
        else:
            plain.feed(text)
            stream.write(text)
    screen.draw(["one", "two"])
    drawn = os.read(reader, 1 << 16).decode()
    shown.feed(drawn)
    assert shown.text[-2:] == ["one", "two"]
    screen.close()
    stream.write("end")
    plain.feed("end")
    shown.feed(os.read(reader, 1 << 16).decode())
    os.close(reader)
    os.close(writer)
    assert shown.text == plain.text[-len(shown.text) :]  # the lines below need room, and scroll the others up
    assert "write" not in vars(stream)


def test_a_terminal_that_is_gone_is_no_trouble():
    leader, follower = pty.openpty()
    screen = Screen(Writer(follower), os.dup(follower))
    os.close(leader)
    screen.draw(["x"])
    screen.close()
    screen.close()
    screen.draw(["y"])
    os.close(follower)


@pytest.fixture
def fast(monkeypatch):
    monkeypatch.setattr(progress, "LINE_EVERY", 0.05)


@pytest.mark.usefixtures("fast")
def test_without_a_terminal_lines_go_to_standard_error_alone(project, capfd):
    project.decide_parts({"slow": 0.05, LOCK: "fail"})
    result = project.run("-k", LOCK)
    lines = [line for line in capfd.readouterr().err.splitlines() if "decided" in line]
    assert result.ret == 1
    assert "decided" not in result.stdout.str()
    total = len(project.matching(LOCK))
    assert lines
    for line in lines:
        found = re.fullmatch(
            rf"conformance: decided (\d+) of {total} \(\d+ %\), (\d+) deviations?(?:, about .* left)?; "
            r"in flight: 1 server \(1 ACTIVE\); waiting: server in BUILD \(spawning\), 2.0 s so far",
            line,
        )
        assert found is not None, line
        assert found[1] == found[2]


@pytest.mark.parametrize("several", [True, False])
def test_cases_of_several_files_stand_together_without_their_names(project, several):
    project.endpoint = ("--os-cloud", "fake")
    specs = ("specs/compute", "specs/volume") if several else ("specs/compute",)
    if several:
        project.add_service()
    project.decide_parts({})
    result = project.run("-k", "servers-actions.lock/normal", endpoint=project.endpoint, specs=specs)
    assert result.ret == 0
    assert ("specs/compute/servers-actions.yaml ." in result.stdout.str()) is not several
    assert any(line.startswith("..") for line in result.outlines) is several


@pytest.mark.parametrize(
    ("together", "log"), [(True, "...\nconformance: decided\nconformance: decided\n."), (False, "....")]
)
def test_a_line_has_a_line_of_its_own_where_both_streams_go_to_one_place(tmp_path, together, log):
    with (tmp_path / "log").open("a") as file, (tmp_path / "errors").open("a") as errors:
        writer = TerminalWriter(file)
        told = progress.Progress(SimpleNamespace(get_terminal_writer=lambda: writer, add_cleanup=lambda _: None), [])
        told._close()
        told._out, told._errors = os.dup(file.fileno()), os.dup((file if together else errors).fileno())
        writer.write("...")
        told._tell("decided")
        told._tell("decided")
        writer.write(".")
        told._close()
    assert (tmp_path / "log").read_text() == log


@pytest.mark.parametrize(("terminal", "shown"), [(True, "...\n"), (False, "...")])
def test_that_the_removal_is_slow_is_told_below_the_dots(tmp_path, capsys, terminal, shown):
    with (tmp_path / "log").open("w") as file:
        writer = TerminalWriter(file)
        writer.write("...")
        owner = Owner.__new__(Owner)
        owner._config = SimpleNamespace(
            pluginmanager=SimpleNamespace(has_plugin=lambda _: terminal), get_terminal_writer=lambda: writer
        )
        owner._say_that_it_is_slow()
    assert (tmp_path / "log").read_text() == shown
    assert capsys.readouterr().err.startswith("conformance: the cloud is slow to remove the resources of the run; ")


@pytest.mark.parametrize("options", [("-qq",), ("-p", "no:terminal")])
@pytest.mark.usefixtures("fast")
def test_who_wants_less_gets_no_lines(project, capfd, options):
    project.decide_parts({"slow": 0.05})
    assert project.run("-k", "servers-actions.lock/error", *options).ret == 0
    assert "decided" not in capfd.readouterr().err
