"""The documentation says what is so: its commands exist and run, its example is of today's specs."""

import re
import shlex
import subprocess
import sys

import click
import pytest
import show
from checkout import ROOT

from conformance.cli import main
from conformance.plugin.reference import given_specs
from specs.load import load
from specs.record.reader import RunRecord

DOCS = ROOT / "docs"
PAGES = (*sorted(DOCS.glob("*.rst")), ROOT / "README.md")
FOLLOWED = "servers-actions.addFloatingIp/precondition/status[SUSPENDED]"
PYTESTS_OWN = {"-m", "-n", "-x", "--lf", "--junitxml"}
"""Options of pytest that the pages name."""

_COMMAND = re.compile(
    r"^(?:\s*|.*program-output:: |- run: (?:.*&& )?)(conformance .*)|`{1,2}(conformance [^`]+)`", re.MULTILINE
)
_PROGRAM = re.compile(r"program-output:: (.*)")


def commands_of(page):
    """The commands of this project that a page shows, as words, each up to the first pipe or redirection."""
    for found in _COMMAND.finditer(page.read_text("utf-8")):
        words = shlex.split(found[1] or found[2], comments=True)
        ends = [index for index, word in enumerate(words) if word in ("|", "||", "&&", ">")]
        yield words[: min(ends, default=len(words))]


COMMANDS = sorted({tuple(words) for page in PAGES for words in commands_of(page)})
PROGRAMS = sorted({line for page in PAGES for line in _PROGRAM.findall(page.read_text("utf-8"))})


def unknown_in(words):
    """Those words of a command that are no command, nor an option of one."""
    _, *rest = words
    command = main
    while rest and isinstance(command, click.Group) and not rest[0].startswith("-"):
        name = rest.pop(0)
        if name not in command.commands:
            return [name]
        command = command.commands[name]
    known = {name for one in command.params for name in one.opts} | {"--help"}
    known |= PYTESTS_OWN if command.name == "run" else set()
    return [word for word in rest if word.startswith("-") and word.partition("=")[0] not in known]


def test_commands_are_found_in_the_pages():
    assert ("conformance", "cleanup", "runs/latest") in COMMANDS
    assert ("conformance", "list", "--operation", "servers-actions.addFloatingIp") in COMMANDS
    assert len(COMMANDS) > 30


@pytest.mark.parametrize("words", COMMANDS, ids=" ".join)
def test_a_command_of_the_pages_has_the_options_that_they_give_it(words):
    assert unknown_in(words) == []


@pytest.mark.parametrize(
    ("line", "unknown"),
    [
        ("conformance run --sandbox -k x -x", []),
        ("conformance run --seed 3", ["--seed"]),
        ("conformance list -x", ["-x"]),
        ("conformance rnu --sandbox", ["rnu"]),
        ("conformance report a --html=b --sraif c", ["--sraif"]),
    ],
)
def test_what_a_command_does_not_know_is_found(line, unknown):
    assert unknown_in(line.split()) == unknown


@pytest.mark.slow
# The build runs those with a pipe, and those that print what `show` gives, which is tested below.
@pytest.mark.parametrize("line", [line for line in PROGRAMS if line.startswith("conformance") and "|" not in line])
def test_a_command_whose_output_the_pages_show_runs(line):
    command = [sys.executable, "-m", *shlex.split(line)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=120)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.count("\n") > 10


def test_the_pages_show_the_case_that_is_followed():
    followed = [line for line in PROGRAMS if "show.py" in line]
    assert [shlex.split(line)[2:] for line in followed] == [["result", FOLLOWED], ["trial", FOLLOWED]]


def test_the_trial_of_a_case_is_shown_by_the_parts_that_are_not_as_by_default():
    lines = list(show.trial(FOLLOWED))
    assert lines[0].startswith("trial: ")
    assert any("servers-actions.addFloatingIp (POST /servers/{server_id}/action)" in line for line in lines)
    assert any(line.strip() == "state: SUSPENDED" for line in lines)
    assert any(line.startswith("expectation: ") for line in lines)
    assert not any(line.endswith((": None", ": ()")) for line in lines)
    assert sum(line.strip() == "resource: floating_ip" for line in lines) == 1  # nothing that follows from the rest


def test_the_result_of_a_case_is_shown_with_its_exchange():
    text = "\n".join(show.result(FOLLOWED))
    assert f'"case": "{FOLLOWED}"' in text
    assert '"verdict": "fail"' in text
    assert '"X-Auth-Token": "***"' in text


@pytest.mark.parametrize("given", [show.trial, show.result])
def test_a_case_that_there_is_not_is_refused_in_one_sentence(given):
    with pytest.raises(SystemExit, match=r"servers-actions\.lock/normal/299"):
        list(given("servers-actions.lock/normal/299"))


def test_the_example_is_of_the_specs_of_today():
    """Else the pages would show a record of promises that the reference no longer makes, or makes elsewhere."""
    record = RunRecord.read(show.EXAMPLE)
    assert record.damaged == ()
    operations = {one.id: one for path in given_specs(ROOT / "specs" / "compute") for one in load(path).operations}
    fact = next(one for one in operations["servers-actions.addFloatingIp"].preconditions if one.kind == "status")
    shown = [one for one in record.results if one.requirement == "servers-actions.addFloatingIp/precondition/status"]
    assert {one.source.line for one in shown} == {fact.line}
    assert f"line {fact.line}" in (DOCS / "verdict.rst").read_text("utf-8")
    allowed = set(fact.any_of)
    assert {one.state: one.verdict for one in shown if one.state in allowed} == dict.fromkeys(allowed, "pass")
    assert any(one.verdict == "fail" for one in shown)


def test_the_example_names_no_other_machine():
    text = "".join((show.EXAMPLE / name).read_text("utf-8") for name in ("run.json", "results.jsonl"))
    assert set(re.findall(r"https?://([^/:\"]+)", text)) == {"127.0.0.1"}
    assert "/home/" not in text
    assert "/root" not in text


def modules_named(text):
    """Pairs of a folder and a module: a module alone belongs to the folder that the line names before it."""
    for line in text.splitlines():
        folder = ""
        for name in re.findall(r"`([\w/]+/|[\w/]+\.py)`", line):
            above, _, module = name.rpartition("/")
            folder = above or folder
            if module and folder:
                yield folder, module


def test_every_module_that_the_architecture_names_is_there():
    named = set(modules_named((ROOT / "ARCHITECTURE.md").read_text("utf-8")))
    assert len(named) > 30
    places = (ROOT, ROOT / "conformance" / "engine")
    assert [one for one in sorted(named) if not any((place / one[0] / one[1]).is_file() for place in places)] == []
