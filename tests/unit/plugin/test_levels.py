"""``--level`` and ``-m readonly`` as a user gives them: which cases are tried, and the sentences about the others."""

from collections import Counter

import pytest
from plugin_project import ROOT
from shipped import suite_of

from conformance.engine.api.load import load_service
from conformance.engine.run.levels import reads_only
from conformance.plugin.choices import choose as choices_of
from conformance.plugin.levels import asks_for_readonly, choose
from conformance.plugin.trouble import Trouble
from reports.words import LEFT_OUT, left_out

pytest_plugins = ["pytester", "plugin_project"]

LOCK = "servers-actions.lock/"


def requirements(cases):
    return Counter(case.partition("[")[0] for case in cases)


def test_essential_tries_each_requirement_once_and_says_what_it_leaves_out(project):
    result = project.run("--level", "essential")
    assert result.ret == 0
    assert set(requirements(project.tried_cases).values()) == {1}
    assert requirements(project.tried_cases).keys() == requirements(project.cases).keys()
    gone = len(project.cases) - len(project.tried_cases)
    sentence = f"level essential: {gone} of {len(project.cases)} cases left out; each requirement is tried once, *"
    result.stdout.fnmatch_lines([f"*{gone} deselected*", f"note: {sentence}"])
    (said,) = left_out(project.record.info)
    page = (project.path / "runs" / "latest" / "report.html").read_text()
    assert f"{said[:1].upper()}{said[1:]}." in page
    assert project.record.info.options["level"] == "essential"


def test_essential_chooses_among_the_cases_that_the_other_options_leave(project):
    most, _ = requirements(project.matching(LOCK)).most_common(1)[0]
    wanted = project.matching(most)[-1]
    result = project.run("--level", "essential", "-k", wanted)
    assert result.ret == 0
    assert wanted in project.tried_cases


def test_essential_avoids_cases_of_a_role_that_the_run_lacks(project):
    project.run("--level", "essential", "-k", LOCK)
    tried = [case for case in project.tried_cases if "error/404" in case]
    assert tried
    assert not [case for case in tried if "alt" in case]


@pytest.mark.slow
def test_all_processes_of_a_run_make_the_same_choice(project):
    result = project.run_process("-n", "2", "--level", "essential")
    assert result.ret == 0
    assert set(requirements(project.tried_cases).values()) == {1}
    assert len(left_out(project.record.info)) == 1


def test_full_leaves_nothing_out(project):
    project.run("--level", "full", "-k", LOCK)
    assert sorted(project.tried_cases) == sorted(project.matching(LOCK))
    assert left_out(project.record.info) == []


def test_readonly_makes_the_run_change_nothing_and_says_what_it_leaves_out(project):
    (project.spec.parent / "flavors.yaml").write_bytes((ROOT / "specs" / "compute" / "flavors.yaml").read_bytes())
    result = project.run("-m", "readonly", "-k", "flavors.list-flavors/")
    assert result.ret == 0
    assert (project.path / "read-only.txt").exists()
    cases = [case for case in suite_of("compute").cases if case.id.startswith("flavors.list-flavors/")]
    assert 0 < len(project.tried_cases) <= len(cases)
    (said,) = left_out(project.record.info)
    assert said.startswith("-m readonly changes nothing: ")


def test_a_run_that_only_happens_to_read_may_make_things(project):
    (project.spec.parent / "flavors.yaml").write_bytes((ROOT / "specs" / "compute" / "flavors.yaml").read_bytes())
    project.run("-k", "flavors.list-flavors/error/401")
    assert project.tried_cases
    assert not (project.path / "read-only.txt").exists()


def test_the_sentences_count_what_is_left_out():
    every = [case for case in suite_of("compute").cases if case.operation.id.startswith("flavors.")]
    kept = [case for case in every if reads_only(case.trial)]
    chosen = choose(kept, "essential", load_service("compute"), readonly=every)
    lost = {case.requirement.id for case in every} - {case.requirement.id for case in kept}
    assert chosen.left_out == (
        f"-m readonly changes nothing: {len(every) - len(kept)} of {len(every)} cases left out, and with them all "
        f"cases of {len(lost)} requirements",
        f"level essential: {len(kept) - len(chosen.cases)} of {len(kept)} cases left out; each requirement is tried "
        "once, by its cheapest case",
    )


@pytest.mark.parametrize(
    ("expression", "asks"),
    [("readonly", True), ("readonly and error_404", True), ("", False), (None, False), ("not_readonly", False)],
)
def test_the_marker_is_known_in_an_expression(expression, asks):
    assert asks_for_readonly(expression) is asks


def test_a_level_that_is_none_is_refused():
    with pytest.raises(Trouble, match="--level 'some' is not a level: give essential or full"):
        choices_of({"level": "some"})


def test_the_kind_of_the_notes_stays_as_it_is_in_records():
    assert LEFT_OUT == "left-out"
