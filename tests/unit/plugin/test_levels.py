"""``--level`` and ``-m readonly`` as a user gives them: which cases are tried, and the sentences about the others."""

import threading
from collections import Counter
from types import SimpleNamespace

import pytest
from plugin_project import ROOT
from shipped import suite_of

from conformance.engine.api.load import load_service
from conformance.engine.provision.context import Notes
from conformance.engine.run.levels import reads_only
from conformance.plugin.choices import choose as choices_of
from conformance.plugin.further import Count, corrected, essential, undecided
from conformance.plugin.levels import asks_for_readonly, choose, select
from conformance.plugin.share import Share
from conformance.plugin.trouble import Trouble
from reports.words import LEFT_OUT, left_out
from specs.record.model import Result, Source

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
    sentence = f"level essential: {gone} of {len(project.cases)} cases left out; each requirement is tried by its *"
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
        "by its cheapest case, and by another one only if that decides nothing",
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


# --- another case of a requirement of which the first has decided nothing ---


def result_of(verdict, observation=None):
    return Result("c", "r", "o", verdict, Source("x.inc", 1), "409", "202", observation=observation)


@pytest.mark.parametrize(
    ("result", "expected"),
    [
        (result_of("inconclusive"), True),
        (result_of("inapplicable"), True),
        (result_of("inapplicable", {"accepted": True}), False),
        (result_of("pass"), False),
        (result_of("fail"), False),
        (result_of("error"), False),
    ],
)
def test_a_case_that_observes_or_judges_has_decided(result, expected):
    assert undecided(result) == expected


def left_out_of(*verdicts, can_make=lambda _: True):
    """A share of the first requirement with that many cases after the choice, and the cases and results that it has."""
    cases = suite_of("compute").cases
    numbers = Counter(case.requirement.id for case in cases)
    requirement = next(name for name, number in numbers.items() if number == len(verdicts))
    cases = [case for case in cases if case.requirement.id == requirement]
    context = SimpleNamespace(service=load_service("compute"), notes=Notes(), stopping=threading.Event())
    session = SimpleNamespace(
        context=context, can_make=can_make, suite=SimpleNamespace(cases=cases), settings=SimpleNamespace(service=None)
    )
    share = Share(None, session, None, {})
    chosen = select(share, "essential", readonly=False)
    share._results = {case.id: result_of(verdict) for case, verdict in zip(cases, verdicts, strict=True)}
    return share, [case.id for case in chosen]


def test_the_next_case_is_tried_until_one_decides():
    share, now = left_out_of("inconclusive", "inconclusive", "inconclusive")
    tried = []
    while now:
        assert len(now) == 1
        tried += now
        now = [case.id for case in share.instead_of(now)]
    assert len(set(tried)) == len(tried) == 3
    assert share.left_out.count == Count(left=2, among=3, further=2)


def test_a_case_that_decides_is_the_only_one_of_its_requirement():
    share, now = left_out_of("pass", "pass", "pass")
    assert len(now) == 1
    assert share.instead_of(now) == []


def test_a_case_that_the_run_cannot_make_is_not_tried_instead():
    share, now = left_out_of(*["inconclusive"] * 3, can_make=lambda _: False)
    assert share.instead_of(now) == []


def test_a_case_without_a_result_calls_for_no_other():
    share, now = left_out_of(*["inconclusive"] * 3)
    share._results.clear()
    assert share.instead_of(now) == []


def test_a_run_that_has_ended_tries_nothing_instead():
    share, now = left_out_of(*["inconclusive"] * 3)
    share.stop()
    assert share.instead_of(now) == []
    assert share.left_out.count.further == 0


def test_a_run_in_trouble_tries_nothing_instead():
    share, now = left_out_of(*["inconclusive"] * 3)
    share.trouble = "the record cannot be written"
    assert share.instead_of(now) == []


def test_the_full_level_leaves_nothing_to_be_tried_instead():
    share, now = left_out_of(*["inconclusive"] * 3)
    chosen = select(share, "full", readonly=False)
    assert len(chosen) == 3
    assert share.instead_of(now) == []


def test_the_sentence_counts_the_cases_that_all_processes_tried_after_all():
    at_first = {"kind": LEFT_OUT, "text": essential(7, 9)}
    other = {"kind": "untested", "requirement": "r"}
    now = corrected((at_first, other), [Count(7, 9, 2), Count(7, 9), Count(7, 9, 1)])
    assert now == ({"kind": LEFT_OUT, "text": essential(4, 9)}, other)


UNDECIDED = {"servers-actions.pause/error/409": "inconclusive"}


def tries_all_of_the_undecided_requirement(project):
    """Whether a run has tried all cases of the undecided requirement and one of each other, and says so."""
    (named,) = UNDECIDED
    tried = [case for case in project.tried_cases if case.startswith(named)]
    assert sorted(tried) == sorted(project.matching(named))
    assert len(tried) > 1
    others = requirements(case for case in project.tried_cases if case not in tried)
    assert set(others.values()) == {1}
    recorded = {result.case for result in project.record.results}
    assert recorded == set(project.tried_cases)
    (said,) = left_out(project.record.info)
    gone = len(project.cases) - len(recorded)
    assert said.startswith(f"level essential: {gone} of {len(project.cases)} cases left out; ")


def test_essential_tries_other_cases_where_the_cheapest_decides_nothing(project):
    project.decide_parts(UNDECIDED)
    project.run("--level", "essential")
    tries_all_of_the_undecided_requirement(project)


@pytest.mark.slow
@pytest.mark.parametrize("workers", ["1", "2"])
def test_workers_try_other_cases_where_the_cheapest_decides_nothing(project, workers):
    project.decide_parts(UNDECIDED)
    result = project.run_process("-n", workers, "--level", "essential")
    tries_all_of_the_undecided_requirement(project)
    result.assert_outcomes(
        passed=len(project.record.results) - len(project.matching(*UNDECIDED)),
        skipped=len(project.matching(*UNDECIDED)),
    )


@pytest.mark.slow
def test_a_further_case_of_a_worker_can_fail_the_run(project):
    named = "servers-actions.pause/error/409"
    project.run("--level", "essential")
    first = next(case for case in project.tried_cases if case.startswith(named))
    (project.path / "tried.txt").unlink()
    project.decide_parts({first: "inconclusive", named: "fail"})
    result = project.run_process("-n", "2", "--level", "essential")
    assert result.ret == 1
    result.stdout.fnmatch_lines([f"FAILED *{named}*"])
