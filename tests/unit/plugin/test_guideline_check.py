"""``conformance guideline check``: ids that no spec has, capabilities without a requirement, changes of a release."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
import widgets
from click.testing import CliRunner

from conformance.cli import main
from conformance.plugin.guideline_check import check
from conformance.plugin.guidelines import find, shipped
from conformance.plugin.trouble import Trouble
from specs.dump import dump
from specs.guideline.load import Loaded, loads
from specs.model import Operation

HEAD = """format: 1
id: spinning
title: Spinning widgets
version: "1"
status: draft
source: {title: W-1, url: "https://example.org/w-1"}
applies_to: [{service: widgetry, package: widgetry, version: 2.0.0}]
reasons: {guest: It looks inside.}
capabilities:
- id: spin
  title: Spin
  service: widgetry
  status: required
  since: "1"
"""
NEEDS = """  requirements:
  - {operation: widgets.spin, kind: [normal], code: [202]}
  - {operation: widgets.spin, kind: [error], code: [401]}
  tests:
  - {test: old.test_spin, by: [widgets.spin/normal/202]}
  - {test: old.test_axle, beyond: [guest]}
"""


def guideline(needs: str = NEEDS) -> Loaded:
    return loads(HEAD + needs, "g.yaml")


def placed(folder: Path, *operations: Operation) -> Path:
    folder.mkdir(exist_ok=True)
    (folder / "widgets.yaml").write_text(dump(widgets.spec(*operations)))
    return folder


SPIN = widgets.action("spin", normal=(202,), error=(401, 404))


def test_a_guideline_that_fits_has_no_problem(tmp_path: Path) -> None:
    found = check(guideline(), [placed(tmp_path / "new", SPIN)])
    assert (found.problems, found.changes, found.breaking) == ([], [], False)
    assert (found.requirements, found.tests, found.covered) == (2, 2, 1)


def test_it_tells_of_ids_that_no_spec_has_by_their_line(tmp_path: Path) -> None:
    place = placed(tmp_path / "new", replace(SPIN, id="widgets.turn"))
    assert check(guideline(), [place]).problems == [
        "g.yaml:16: no spec has widgets.spin/normal/202",
        "g.yaml:17: no spec has widgets.spin/error/401",
        "g.yaml:19: no spec has widgets.spin/normal/202",
    ]


def test_it_tells_of_a_capability_without_a_requirement(tmp_path: Path) -> None:
    place = placed(tmp_path / "new", SPIN)
    (problem,) = check(guideline(""), [place]).problems
    assert problem == "g.yaml:10: the capability spin has no requirement, so nothing can prove it"
    states = '  foreign: [{states: It hums., source: {title: W-2, url: "https://example.org"}}]\n'
    assert check(guideline(states), [place]).problems == []


def test_a_need_without_a_case_is_told_with_its_reason(tmp_path: Path) -> None:
    needs = "  requirements: [{operation: widgets.spin, kind: [normal], cases: [LOST]}]\n"
    found = check(guideline(needs), [placed(tmp_path / "new", SPIN)])
    (note,) = found.notes
    assert note.startswith("spin: widgets.spin/normal/202 (source/widgets.inc:10) cannot be proved: this suite has no")


def test_it_tells_what_another_release_changed_in_it_and_nothing_else(tmp_path: Path) -> None:
    new = placed(tmp_path / "new", widgets.action("spin", normal=(202,), error=(404, 409)))
    old = placed(tmp_path / "old", SPIN, widgets.action("halt"))
    needs = NEEDS.replace("kind: [error], code: [401]", "kind: [error], code: [401, 404]")
    found = check(guideline(needs), [new], [old])
    assert found.changes == [
        "source/widgets.inc:11: widgets.spin/error/401 is gone (spin)",
        "source/widgets.inc:11: widgets.spin: error code 401 removed (spin)",
    ]
    assert found.breaking


def test_a_change_that_breaks_clients_is_told_whatever_it_is_about(tmp_path: Path) -> None:
    more = widgets.action("spin", widgets.row("speed", "integer", required=True), normal=(202,), error=(401, 404))
    found = check(guideline(), [placed(tmp_path / "new", more)], [placed(tmp_path / "old", SPIN)])
    assert "source/parameters.yaml:105: ! widgets.spin: request parameter speed added (spin)" in found.changes
    assert found.breaking


def test_a_service_that_the_guideline_lacks_is_refused(tmp_path: Path) -> None:
    old = tmp_path / "old"
    old.mkdir()
    (old / "gadgets.yaml").write_text(dump(replace(widgets.spec(SPIN), service="gadgetry")))
    with pytest.raises(Trouble, match="does not apply to gadgetry"):
        check(guideline(), [placed(tmp_path / "new", SPIN)], [old])
    with pytest.raises(Trouble, match="holds no specs of widgetry"):
        check(guideline())
    with pytest.raises(Trouble, match="are given twice"):
        check(guideline(), [tmp_path / "new", tmp_path / "new"])


def test_the_command_prints_the_lines_and_ends_with_1_for_a_problem(tmp_path: Path) -> None:
    (tmp_path / "g.yaml").write_text(HEAD + NEEDS)
    fits, odd = placed(tmp_path / "fits", SPIN), placed(tmp_path / "odd", widgets.action("halt"))
    command = ["guideline", "check", str(tmp_path / "g.yaml"), "--spec"]
    done = CliRunner().invoke(main, [*command, str(fits)], standalone_mode=False)
    assert (done.return_value, done.output) == (
        0,
        "0 problems, 0 changes; 2 requirements and 3 cases of 1 service; 1 of 2 tests covered\n",
    )
    done = CliRunner().invoke(main, [*command, str(odd)], standalone_mode=False)
    assert done.return_value == 1
    assert "g.yaml:16: no spec has widgets.spin/normal/202" in done.output


def test_a_guideline_is_found_by_its_name_or_its_file(tmp_path: Path) -> None:
    assert "scs-iaas" in shipped()
    assert [find(name).guideline.id for name in shipped()] == list(shipped())
    (tmp_path / "mine.yaml").write_text(HEAD + NEEDS)
    assert find(str(tmp_path / "mine.yaml")).guideline.id == "spinning"
    with pytest.raises(Trouble, match="there is no guideline nobody: give a file, or one of those of this suite"):
        find("nobody")
    (tmp_path / "bad.yaml").write_text("format: 2\n")
    with pytest.raises(Trouble, match=r"bad.yaml:1: "):
        find(str(tmp_path / "bad.yaml"))
