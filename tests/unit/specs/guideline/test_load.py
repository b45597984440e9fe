"""A guideline file: what is read, and each fault in one sentence with its line."""

from __future__ import annotations

import hashlib
from datetime import date
from pathlib import Path

import pytest

from specs.guideline.load import GuidelineError, load, loads
from specs.guideline.model import Flag, OldTest, Selector

TEXT = """format: 1
id: spinning
title: Spinning widgets
version: "1.0"
status: draft
source: {title: W-1, url: "https://example.org/w-1"}
applies_to:
- {service: widgets, package: widgetry, version: 2.0.0, min: "2.1"}
reasons:
  guest: It looks inside.
capabilities:
- id: spin
  title: Spin widgets
  service: widgets
  status: required
  since: "1.0"
  requirements:
  - {operation: widgets.spin, kind: [normal], code: [202], cases: ["", IDLE]}
  - {id: widgets.spin/error/404}
  tests:
  - {test: old.test_spin, by: [widgets.spin/normal/202], beyond: [guest]}
exceptions:
- {id: no-spin, title: No spin, condition: It has no axle., capabilities: [spin]}
flags:
- {of: "spin:widgets.spin/error/404", since: 2026-01-02, reason: It came late., until: 2026-06-30}
left_out:
- {test: old.test_axle, beyond: [guest]}
"""


def changed(old: str, new: str) -> str:
    assert old in TEXT
    return TEXT.replace(old, new, 1)


def test_reads_all_of_a_guideline() -> None:
    loaded = loads(TEXT)
    guideline = loaded.guideline
    (spin,) = guideline.capabilities
    assert guideline.services == ("widgets",)
    assert spin.requirements == (
        Selector(operation="widgets.spin", kind=("normal",), code=(202,), cases=("", "IDLE")),
        Selector(id="widgets.spin/error/404"),
    )
    assert spin.roles == ("member",)
    assert spin.tests == (OldTest("old.test_spin", ("widgets.spin/normal/202",), ("guest",)),)
    assert guideline.flags == (
        Flag("spin:widgets.spin/error/404", date(2026, 1, 2), "It came late.", date(2026, 6, 30)),
    )
    assert guideline.reasons == (("guest", "It looks inside."),)
    assert loaded.sha256 == hashlib.sha256(loaded.text.encode()).hexdigest()


def test_a_flag_holds_from_its_day_to_its_last() -> None:
    flag = Flag("spin", date(2026, 1, 2), "late", date(2026, 6, 30))
    assert [flag.holds(date(2026, *day)) for day in ((1, 1), (1, 2), (6, 30), (7, 1))] == [False, True, True, False]
    assert Flag("spin", date(2026, 1, 2), "late").holds(date(2040, 1, 1))


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('version: "1.0"', "version: 1.0", "g.yaml:4: 1.0 is not of type 'string'; correct it"),
        ("format: 1\n", "format: 2\n", "g.yaml:1: 1 was expected"),
        ("title: Spin widgets", "titel: Spin widgets", "g.yaml:12: "),
        ("status: required", "status: must", "g.yaml:15: 'must' is not one of"),
        ("operation: widgets.spin, ", "", "g.yaml:18: "),
        ("{id: widgets.spin/error/404}", "{cases: [a]}", "g.yaml:19: a requirement has either an id or an operation"),
        (
            "{id: widgets.spin/",
            "{operation: x, id: widgets.spin/",
            "g.yaml:19: a requirement has either an id or an op",
        ),
        ("axle, beyond: [guest]", "axle", "g.yaml:27: nothing covers the test old.test_axle, and it has no reason"),
        ("{id: widgets.spin/error/404}", "{id: widgets.spin/error/404, kind: [error]}", "g.yaml:19: "),
        ("service: widgets\n", "service: gadgets\n", "g.yaml:14: the service gadgets is not in applies_to"),
        ("by: [widgets.spin/normal/202]", "by: [widgets.spin/normal/200]", "g.yaml:21: widgets.spin/normal/200 is no"),
        ("beyond: [guest]}\nexc", "beyond: [gest]}\nexc", "g.yaml:21: there is no reason gest"),
        ("test: old.test_axle", "test: old.test_spin", "g.yaml:27: the test old.test_spin stands in the capability"),
        ("capabilities: [spin]", "capabilities: [turn]", "g.yaml:23: there is no capability turn"),
        ('of: "spin:widgets.spin/error/404"', 'of: "turn"', "g.yaml:25: there is no capability turn"),
        ('/404", since', '/409", since', "g.yaml:25: widgets.spin/error/409 is no requirement of the capability spin"),
        ("since: 2026-01-02", "since: soon", "g.yaml:25: 'soon' is not a 'date'"),
        ("id: spin\n", "id: spin\n  id: turn\n", "g.yaml:13: the key id stands in"),
        ("reasons:", "reasons: [", "this is not YAML"),
    ],
)
def test_each_fault_is_one_sentence_with_its_line(old: str, new: str, said: str) -> None:
    text = changed(old, new)
    with pytest.raises(GuidelineError) as raised:
        loads(text, "g.yaml")
    assert said in str(raised.value)
    assert "\n" not in str(raised.value)


def test_two_capabilities_of_one_id() -> None:
    again = "- {id: spin, title: Again, service: widgets, status: advisory, since: '1'}\nexceptions:"
    with pytest.raises(GuidelineError, match=r"g.yaml:22: the capability spin stands there twice"):
        loads(TEXT.replace("exceptions:", again), "g.yaml")


def test_a_file_that_cannot_be_read(tmp_path: Path) -> None:
    with pytest.raises(GuidelineError, match="cannot be read: No such file"):
        load(tmp_path / "none.yaml")
    (tmp_path / "odd.yaml").write_bytes(b"\xff\xfe")
    with pytest.raises(GuidelineError, match="is not UTF-8"):
        load(tmp_path / "odd.yaml")
