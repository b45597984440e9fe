"""The files that others' tools read: they parse, and all of CI is `.ci/run`."""

import os
import re
import subprocess
import tomllib

import pytest
import yaml
from checkout import ROOT

ENTRIES = {
    *(
        "tox.ini",
        "README.md",
        "conformance",
        "specs",
        "parsers",
        "tests",
        "reports",
        "pyproject.toml",
        "ARCHITECTURE.md",
    ),
    *("CONTRIBUTING.md", "CHANGELOG.md", "LICENSE", "SECURITY.md", ".ci", ".gitignore", ".stestr.conf"),
    *(".pre-commit-config.yaml", "docs", ".github", ".zuul.yaml"),
}
PYPROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
TOX = (ROOT / "tox.ini").read_text("utf-8")


def parsed(name):
    return yaml.safe_load((ROOT / name).read_text("utf-8"))


def commands_in(value):
    """Every text that stands below a key by which these files name a command."""
    if isinstance(value, dict):
        for key, part in value.items():
            if key in ("run", "cmd") and isinstance(part, str):
                yield part
            yield from commands_in(part)
    elif isinstance(value, list):
        for part in value:
            yield from commands_in(part)


def test_ci_runs_every_environment_that_must_hold():
    script = (ROOT / ".ci/run").read_text("utf-8")
    assert os.access(ROOT / ".ci/run", os.X_OK)
    named = re.search(r"tox run -e (\S+)", script)[1].split(",")
    assert {"check", "docs", "oracle"} <= set(named)
    for name in named:
        assert f"[testenv:{name}]" in TOX


@pytest.mark.parametrize("name", [".github/workflows/ci.yml", ".ci/zuul.yaml"])
def test_a_job_calls_the_script_and_nothing_else(name):
    assert list(commands_in(parsed(name))) == [".ci/run"]


def test_the_workflow_tries_each_python_that_the_project_names():
    workflow = parsed(".github/workflows/ci.yml")
    tried = workflow["jobs"]["ci"]["strategy"]["matrix"]["python"]
    prefix = "Programming Language :: Python :: "
    named = [c.removeprefix(prefix) for c in PYPROJECT["project"]["classifiers"] if c.startswith(f"{prefix}3.")]
    assert tried == named


def test_the_workflow_publishes_nothing():
    workflow = parsed(".github/workflows/ci.yml")
    assert workflow["permissions"] == {"contents": "read"}
    used = [step["uses"].partition("@")[0] for step in workflow["jobs"]["ci"]["steps"] if "uses" in step]
    assert used == ["actions/checkout", "actions/setup-python"]


def test_the_zuul_job_plays_the_playbook_that_is_there():
    (job,) = [part["job"] for part in parsed(".zuul.yaml") if "job" in part]
    (project,) = [part["project"] for part in parsed(".zuul.yaml") if "project" in part]
    assert (ROOT / job["run"]).is_file()
    assert project["check"]["jobs"] == project["gate"]["jobs"] == [job["name"]]


def test_hooks_run_the_tools_of_the_lint_environment_and_fetch_nothing():
    (repository,) = parsed(".pre-commit-config.yaml")["repos"]
    assert repository["repo"] == "local"
    assert {hook["language"] for hook in repository["hooks"]} == {"system"}
    tools = {hook["entry"].split()[0] for hook in repository["hooks"]}
    assert tools == {"ruff", "lint-imports", "mypy"}
    assert all(re.search(rf"^    {tool}", TOX, re.MULTILINE) or f"commands = {tool}" in TOX for tool in tools)


def test_the_top_level_holds_what_is_agreed_and_no_more():
    if not (ROOT / ".git").exists():
        pytest.skip("not a checkout")
    found = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    assert {line.partition("/")[0] for line in found.splitlines()} <= ENTRIES


def test_the_changelog_has_a_section_for_what_is_unreleased():
    text = (ROOT / "CHANGELOG.md").read_text("utf-8")
    heads = re.findall(r"^## (.*)$", text, re.MULTILINE)
    assert heads[0] == "[Unreleased]"
    assert set(re.findall(r"^### (.*)$", text, re.MULTILINE)) <= {
        *("Added", "Changed", "Deprecated", "Removed", "Fixed", "Security")
    }
