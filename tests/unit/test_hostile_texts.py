"""A record and a reference with everything in them that could act on a terminal or hide: no output passes it on.

Each output is a line of a table, so that a new one is tried by adding it.
"""

import json
import xml.etree.ElementTree as ET
from dataclasses import replace

import pytest
from click.testing import CliRunner
from record_builder import info, mixed, omission, result
from reference_files import section, write

from conformance.cli import main
from conformance.engine.cloud.cleanup import CleanupReport
from conformance.engine.cloud.errors import CloudError
from specs.record import RecordWriter

pytest_plugins = ["pytester", "plugin_project"]
pytestmark = pytest.mark.slow  # each runs a session of pytest

HOSTILE = (
    "\x1b]0;renamed\x07\x1b[31m\x00\x9b\u202eabc\u2028\u2029\ufeff\ufffe\uffff\ud800\U000e0041<script>alert(1)</script>"
)
ACTING = set(HOSTILE) - set("]0;renamed[31mabc<script>alert(1)</script>")


def acting(text):
    return sorted({f"U+{ord(char):04X}" for char in text if char in ACTING})


def hostile_results():
    """Results in which every text is hostile, ids included: a record may be written by anybody."""
    for one in mixed().results:
        texts = {name: f"{getattr(one, name)}{HOSTILE}" for name in ("expected", "observed", "reason", "microversion")}
        yield replace(one, **texts, case=f"{one.case}{HOSTILE}", state=f"ACTIVE{HOSTILE}")
    yield result(f"x{HOSTILE}.y/normal/202", "fail", observed=HOSTILE, role=f"admin{HOSTILE}")
    yield omission(f"x{HOSTILE}.y/error/404", f"400{HOSTILE}")
    yield result(
        "x.z/normal/202", "fail", waiver={"reason": HOSTILE, "link": f"https://x/{HOSTILE}", "expires": HOSTILE}
    )


def hostile_run(path):
    endpoint = {"url": f"https://cloud{HOSTILE}", "release": HOSTILE, "name": HOSTILE, "min": HOSTILE, "max": HOSTILE}
    head = info(
        endpoint=endpoint,
        roles=(HOSTILE,),
        spec={"service": HOSTILE, "package": HOSTILE, "version": HOSTILE},
        options={"url": f"https://cloud{HOSTILE}", "os-cloud": HOSTILE},
        environment={HOSTILE: HOSTILE},
        notes=({"kind": HOSTILE, "text": HOSTILE}, {"kind": "left-behind", "text": HOSTILE}),
        exit_status=1,
    )
    with RecordWriter(path) as writer:
        writer.start(head)
        for one in hostile_results():
            writer.add(one)
        writer.finish(head)
    return path


REPORTS = {
    "text": [],
    "page": ["--html", "out.html"],
    "sarif": ["--sarif", "out.sarif"],
    "csv": ["--matrix", "out.csv"],
    "markdown": ["--matrix", "out.md"],
    "json": ["--matrix", "out.json"],
    "badge": ["--badge", "out.svg"],
    "baseline": ["--baseline", "other", "--html", "out.html"],
    "two runs": ["other", "--html", "out.html"],
}


@pytest.mark.parametrize("options", REPORTS.values(), ids=REPORTS)
def test_reports_of_a_hostile_record(tmp_path, monkeypatch, options):
    monkeypatch.chdir(tmp_path)
    hostile_run(tmp_path / "run")
    with RecordWriter(tmp_path / "other") as writer:
        writer.start(info())
        writer.finish(info(exit_status=0))
    done = CliRunner().invoke(main, ["report", "run", *options])
    assert done.exit_code in (0, 1), done.output
    assert acting(done.stdout + done.stderr) == []
    assert done.stdout.startswith(("Endpoint", "run"))
    for path in tmp_path.glob("out.*"):
        text = path.read_bytes().decode("utf-8")
        assert acting(text) == []
        if path.suffix in (".sarif", ".json"):
            assert acting(str(json.loads(text))) == []
        if path.suffix == ".svg":
            ET.fromstring(text)
        if path.suffix in (".html", ".svg"):
            assert "<script>alert" not in text


@pytest.mark.parametrize("verdict", ["fail", "error", "inconclusive", "inapplicable", "quiet-omission"])
def test_a_run_on_a_hostile_cloud(project, verdict):
    (project.path / "verdicts.json").write_text(json.dumps({"said": HOSTILE, "servers-actions.lock/normal": verdict}))
    done = project.run("-k", "servers-actions.lock/", "-rA", "--junitxml=out.xml", "-v")
    assert done.ret in (0, 1, 3)
    assert acting(done.stdout.str() + done.stderr.str()) == []
    text = (project.path / "out.xml").read_text("utf-8")
    assert acting(text) == []
    ET.fromstring(text)
    assert acting((project.path / "runs" / "latest" / "report.html").read_text("utf-8")) == []
    assert acting((project.path / "runs" / "latest" / "results.jsonl").read_text("utf-8")) == []


def test_cleanup_on_a_hostile_cloud(project, monkeypatch):
    def tidied(*_):
        return CleanupReport(left=(f"server 1: {HOSTILE}",))

    monkeypatch.setattr("conformance.plugin.tidying.tidy", tidied)
    done = CliRunner().invoke(main, ["cleanup", "runs/x"])
    assert done.exit_code == 1, done.stderr
    assert acting(done.output) == []
    assert done.stdout.startswith("left: server 1: \\x1b]0;renamed\\x07")
    assert done.stdout.count("\n") == 2

    def fail(*_):
        raise CloudError(f"the cloud says {HOSTILE}")

    monkeypatch.setattr("conformance.plugin.tidying.tidy", fail)
    done = CliRunner().invoke(main, ["cleanup", "runs/x"])
    assert done.exit_code == 2
    assert acting(done.output) == []
    assert done.stderr.startswith("conformance: the cloud says \\x1b")


def test_doctor_on_a_hostile_cloud(monkeypatch):
    monkeypatch.setattr("conformance.plugin.doctor.examine", lambda *_, **__: iter([f"image     {HOSTILE}"]))
    done = CliRunner().invoke(main, ["doctor"])
    assert done.exit_code == 0, done.stderr
    assert acting(done.output) == []
    assert done.stdout.startswith("image     \\x1b]0;renamed\\x07")


IN_A_DOCUMENT = HOSTILE.replace("\x00", "").replace("\ud800", "").replace("\u2028", "").replace("\u2029", "")
COMMANDS = {
    "build": (0, ["build", "r", "--service", "things", "--output", "out", "--keep-going", "--report", "unread.txt"]),
    "lint": (1, ["lint", "r"]),
    "lint json": (1, ["lint", "r", "--taste", "--format", "json"]),
    "lint sarif": (1, ["lint", "r", "--taste", "--format", "sarif"]),
    "diff": (1, ["diff", "plain", "r"]),
    "diff back": (1, ["diff", "r", "plain"]),
    "diff json": (1, ["diff", "plain", "r", "--format", "json"]),
    "check": (1, ["check", "r-specs", "--against", "plain"]),
    "list": (0, ["list", "--spec", "r-specs"]),
    "list -k": (2, ["list", "--spec", "r-specs", "-k", HOSTILE]),
    "report": (2, ["report", f"nowhere{HOSTILE[:12]}"]),
}


@pytest.fixture
def reference(tmp_path, monkeypatch):
    """One reference in which every text is hostile, and one that is plain."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    name = json.dumps("b" + HOSTILE.replace("\ud800", "").replace("\U000e0041", ""))
    rows = f".. rest_parameters:: parameters.yaml\n\n  - a: name\n  - {name}: thing\n"
    body = (
        f".. rest_method:: POST /things/{{thing_id}}/{IN_A_DOCUMENT}\n\nFrobnicates {IN_A_DOCUMENT} gladly.\n\n{rows}"
    )
    write(tmp_path / "r", {"index.rst": section(f"Old {IN_A_DOCUMENT}", body)})
    write(tmp_path / "plain", {"index.rst": section("Old", ".. rest_method:: POST /things\n\nText.\n")})
    CliRunner().invoke(main, ["build", "r", "--service", "things", "--output", "r-specs", "--keep-going"])
    return tmp_path


@pytest.mark.parametrize(("status", "arguments"), COMMANDS.values(), ids=COMMANDS)
def test_commands_on_a_hostile_reference(reference, status, arguments):
    done = CliRunner().invoke(main, arguments)
    assert done.exit_code == status, done.output
    assert acting(done.stdout + done.stderr) == []
    assert "defect of the suite" not in done.stderr
    if arguments[-1] in ("json", "sarif"):
        json.loads(done.stdout)
    if (reference / "unread.txt").exists():
        assert acting((reference / "unread.txt").read_text("utf-8")) == []
