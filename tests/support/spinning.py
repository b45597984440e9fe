"""A guideline about spinning widgets, and the records of runs that followed it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from record_builder import info, result

from specs.guideline.choice import Promise, choose
from specs.guideline.load import loads
from specs.guideline.needed import FILE, Declared, Needs, SpecDigest
from specs.record import RecordWriter
from specs.record.model import Result, Source

TEXT = """format: 1
id: spinning
title: Spinning widgets
version: "1.2"
status: effective
source: {title: W-1, url: "https://example.org/w-1"}
applies_to: [{service: compute, package: widgetry, version: 2.0.0}]
reasons: {guest: It looks inside.}
capabilities:
- id: spin
  title: Spin widgets
  service: compute
  status: required
  since: "1.0"
  requirements: [{operation: widgets.spin}]
  tests:
  - {test: old.test_spin, by: [widgets.spin/normal/202]}
  - {test: old.test_inside, beyond: [guest]}
- id: show
  title: Show widgets
  service: compute
  status: required
  since: "1.0"
  requirements: [{operation: widgets.show}]
- id: hum
  title: Hum
  service: compute
  status: advisory
  since: "1.2"
  requirements: [{operation: widgets.hum}]
exceptions:
- {id: no-spin, title: It does not spin, condition: It has no axle., capabilities: [spin]}
"""
SPIN, GONE = "widgets.spin/normal/202", "widgets.spin/error/404"
SHOW, HUM = "widgets.show/normal/200", "widgets.hum/normal/200"
CASES = {SPIN: ("IDLE", "2.1"), GONE: ("unknown-id",), SHOW: ("",), HUM: ("",)}


def case(name: str, detail: str = "") -> str:
    return f"{name}[{detail}]" if detail else name


def passed() -> list[Result]:
    """A pass of every case that is needed."""
    return [result(name, detail=detail or None) for name, details in CASES.items() for detail in details]


def but(name: str, detail: str = "", verdict: Any = "pass", **more: Any) -> list[Result]:
    """Passes of all cases but one."""
    mine = case(name, detail)
    return [one for one in passed() if one.case != mine] + [result(name, verdict, detail=detail or None, **more)]


def needs(text: str = TEXT, *declared: Declared, without: str = "", **more: Any) -> Needs:
    loaded = loads(text)
    given = [
        Promise("compute", name, Source("widgets.inc", 7), tuple((case(name, one), "member") for one in details))
        for name, details in CASES.items()
        if name != without
    ]
    digests = (SpecDigest("compute", "widgetry", "2.0.0", "ab" * 32),)
    return Needs(loaded, choose(loaded.guideline, given), digests, declared, **more)


def written(folder: Path, results: list[Result], need: Needs | None = None, **head: Any) -> Path:
    folder.mkdir(exist_ok=True)
    writer = RecordWriter(folder)
    writer.start(info(**head))
    for one in results:
        writer.add(one)
    writer.finish(info(**head))
    writer.close()
    (folder / FILE).write_text((need or needs()).dumps())
    return folder
