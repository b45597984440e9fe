"""A spec gives requirements and cases of codes and statuses, their sources, and promises without a case."""

from __future__ import annotations

from dataclasses import replace

import pytest
from widgets import (
    KNOWLEDGE,
    PATH,
    action,
    becomes,
    case,
    driving,
    ids,
    plain,
    row,
    sample,
    source,
    spec,
    status,
    suite,
    untested,
)

from conformance.engine.api.service import FIRST
from conformance.engine.derive.suite import derive, highest_version
from conformance.engine.judge.codes import Accepted, Admitted
from conformance.engine.judge.statuses import InVocabulary, Reaches, RelatedReaches, Unchanged
from specs.microversion import Microversion
from specs.model import Code, Condition, Policy, Removal, Responses, Spec, Versions, Vocabulary, When
from specs.record.model import Source


def test_an_operation_that_promises_a_code_only():
    found = suite(action())
    assert ids(found) == ["spin/normal/202[IDLE]", "spin/normal/202[2.1]"]
    one = case(found, "spin/normal/202[IDLE]")
    assert one.expectation == Accepted((202,))
    assert one.requirement.kind == "normal"
    assert one.requirement.source == Source(PATH, 10)
    assert (one.trial.request.role, one.trial.situation.state, one.trial.request.body) == (
        "member",
        "IDLE",
        {"spin": None},
    )
    assert one.trial.request.version is None
    assert case(found, "spin/normal/202[2.1]").trial.request.version == Microversion.parse("2.1")


def test_several_unqualified_codes_are_one_requirement():
    found = suite(action(normal=(200, 201)))
    assert case(found, "spin/normal/200+201[IDLE]").expectation == Accepted((200, 201))


def test_a_qualified_code_has_its_own_versions():
    found = suite(action(normal=(Code(200, 10, max="2.5"), Code(202, 12, min="2.6"))))
    assert ids(found) == [
        "spin/normal/202[IDLE]",
        "spin/normal/200[2.1]",
        "spin/normal/200[2.5]",
        "spin/normal/202[2.6]",
    ]
    assert source(found, "spin/normal/202[IDLE]").line == 12
    assert source(found, "spin/normal/200[2.5]").line == 10


def test_a_qualified_code_goes_before_an_unqualified_one():
    found = suite(action(normal=(202, Code(200, 12, min="2.6"))))
    assert ids(found, "normal/200") == ["spin/normal/200[IDLE]", "spin/normal/200[2.6]"]
    assert ids(found, "normal/202") == ["spin/normal/202[2.1]", "spin/normal/202[2.5]"]


def test_a_code_that_stands_in_prose_only_is_no_promise_of_its_own():
    assert ids(suite(action(normal=(202, Code(203, 9, listed=False))))) == ids(suite(action()))


def test_a_precondition_is_tried_in_each_status_that_it_names():
    found = suite(action(preconditions=(status("IDLE", "HALTED", line=21),)))
    assert ids(found) == [
        "spin/normal/202[IDLE]",
        "spin/precondition/status[IDLE]",
        "spin/normal/202[HALTED]",
        "spin/precondition/status[HALTED]",
        "spin/normal/202[2.1]",
        "spin/precondition/status[SPINNING]",
        "spin/precondition/status[BROKEN]",
    ]
    admitted = case(found, "spin/precondition/status[HALTED]")
    assert isinstance(admitted.expectation, Admitted)
    assert admitted.trial is case(found, "spin/normal/202[HALTED]").trial
    assert admitted.requirement.source == Source(PATH, 21)


def test_a_condition_on_another_attribute_in_the_same_sentence_goes_with_the_status():
    power = Condition("status", "widget", 21, attribute="power", any_of=("on",))
    found = suite(action(preconditions=(status("HALTED", line=21), power)))
    assert case(found, "spin/precondition/power[HALTED]").trial.situation.state == "HALTED"


def test_variants_of_a_request_have_their_own_statuses():
    soft = status("IDLE", when=When(request=(("how", "soft"),)))
    hard = status("IDLE", "BROKEN", line=22, when=When(request=(("how", "hard"),)))
    found = suite(action("smash", row("how", required=True, enum=("soft", "hard")), preconditions=(soft, hard)))
    assert case(found, "smash/normal/202[soft.IDLE]").trial.request.body == {"smash": {"how": "soft"}}
    assert case(found, "smash/normal/202[hard.BROKEN]").trial.request.body == {"smash": {"how": "hard"}}
    assert ids(found, "status-soft") == [
        "smash/precondition/status-soft[soft.IDLE]",
        "smash/precondition/status-soft[soft.SPINNING]",
        "smash/precondition/status-soft[soft.HALTED]",
        "smash/precondition/status-soft[soft.BROKEN]",
    ]
    assert source(found, "smash/precondition/status-hard[hard.IDLE]").line == 22


def test_a_field_that_is_given_may_ask_for_another_status():
    plain = status("IDLE", "HALTED", when=When(absent=("speed",)))
    fast = status("HALTED", line=22, when=When(present=("speed", "pace")))
    turn = action("turn", row("speed", "integer", min="2.5"), preconditions=(plain, fast))
    found = suite(turn)
    assert case(found, "turn/normal/202[with-speed.HALTED]").trial.request.body == {"turn": {"speed": 1}}
    assert case(found, "turn/microversion/speed/min-2.5[2.5]").trial.situation.state == "HALTED"


def test_a_status_that_cannot_be_held_has_a_reason():
    found = suite(action(preconditions=(status("IDLE", "STARTING"),)))
    assert untested(found)["spin/precondition/status[STARTING]"] == "transient"
    assert not ids(found, "STARTING")


def test_an_operation_for_passing_statuses_alone_is_only_tried_where_it_is_refused():
    """In any other status a refusal is right, whatever else the request is."""
    found = suite(action(error=(400, 401, 404, 409), preconditions=(status("STARTING"),)))
    kinds = {case.requirement.kind for case in found.cases}
    assert untested(found)["spin/precondition/status[STARTING]"] == "transient"
    assert "error/409" in kinds or "precondition" in kinds
    assert not kinds & {"normal", "body", "header", "constraint", "error/400", "equality"}
    assert all(case.trial.outcome.accepted is not True for case in found.cases)


def test_without_a_precondition_the_table_says_where_it_is_tried_and_the_suite_says_so():
    found = suite(action("polish"))
    assert case(found, "polish/normal/202[SPINNING]")
    assert found.used == ("statuses_to_try: widgets.polish is tried in SPINNING",)
    assert suite(action("spin")).used == ()


@pytest.mark.parametrize(
    ("policy", "role"),
    [
        (None, "member"),
        (Policy(("admin", "owner"), 3), "member"),
        (Policy(("admin",), 3), "admin"),
        (Policy(("any",), 3), "member"),
    ],
)
def test_the_lowest_documented_role_asks(policy, role):
    assert case(suite(action(policy=policy)), "spin/normal/202[IDLE]").trial.request.role == role


def test_a_status_is_reached_afterwards():
    found = suite(action(postconditions=(becomes("SPINNING", line=31, transient=("STARTING",)),)))
    one = case(found, "spin/postcondition/widget-SPINNING[IDLE]")
    assert one.expectation == Reaches("widget", ("SPINNING",), ("ERROR",), ("STARTING",))
    assert one.trial.outcome.leads_to == ("SPINNING",)
    assert one.requirement.source == Source(PATH, 31)
    assert one.trial is case(found, "spin/normal/202[IDLE]").trial


def test_what_the_status_was_before_decides_what_it_becomes():
    stays = becomes("HALTED", line=31, when=When(status=("HALTED",)))
    found = suite(action(preconditions=(status("IDLE", "HALTED"),), postconditions=(stays, becomes("IDLE", line=31))))
    assert ids(found, "postcondition") == [
        "spin/postcondition/widget-IDLE[IDLE]",
        "spin/postcondition/widget-HALTED[HALTED]",
    ]
    assert case(found, "spin/normal/202[HALTED]").trial.outcome.leads_to == ("HALTED",)


def test_what_was_asked_decides_what_it_becomes():
    variants = tuple(status("IDLE", line=20, when=When(request=(("how", how),))) for how in ("soft", "hard"))
    broken = becomes("BROKEN", when=When(request=(("how", "hard"),)))
    found = suite(
        action(
            "hit", row("how", required=True, enum=("soft", "hard")), preconditions=variants, postconditions=(broken,)
        )
    )
    assert ids(found, "postcondition") == ["hit/postcondition/widget-BROKEN[hard.IDLE]"]
    assert case(found, "hit/normal/202[soft.IDLE]").trial.outcome.leads_to == ()


def test_other_postconditions():
    posts = (
        Condition("status", "widget", 31, unchanged=True),
        becomes("ready", line=32, resource="gear"),
        Condition("effect", "oil", 33, effect="spilled"),
        Condition("status", "widget", 34, attribute="task", transient=("turning",)),
        becomes("HALTED", line=35, when=When(environment="volume-backed")),
        becomes("HALTED", line=36, when=When(min="2.50")),
        becomes("IDLE", line=37),
    )
    found = suite(action(postconditions=posts))
    kinds = {c.id.split("/", 2)[2]: type(c.expectation) for c in found.cases if "/postcondition/" in c.id}
    assert kinds == {
        "widget-unchanged[IDLE]": Unchanged,
        "gear-ready[IDLE]": RelatedReaches,
        "widget-IDLE[IDLE]": Reaches,
    }
    assert untested(found) == {
        "spin/postcondition/oil-spilled": "not-through-api",
        "spin/postcondition/widget-task-turning": "transient",
        "spin/postcondition/widget-HALTED": "not-derivable",
    }


def test_a_status_in_an_environment_that_the_cloud_may_have_is_as_good():
    maybe = becomes("HALTED", line=32, when=When(environment="auto_halt"))
    found = suite(action(postconditions=(becomes("SPINNING", line=31), maybe)))
    assert case(found, "spin/postcondition/widget-SPINNING[IDLE]").expectation.values == ("SPINNING", "HALTED")
    assert case(found, "spin/normal/202[IDLE]").trial.outcome.leads_to == ("SPINNING", "HALTED")


def test_statuses_are_of_the_documented_vocabulary():
    words = Vocabulary("widget", "status", ("IDLE", "SPINNING"), 77)
    found = suite(action(), vocabulary=(words, Vocabulary("gear", "status", ("ready",), 78)))
    one = case(found, "spin/postcondition/vocabulary[IDLE]")
    assert one.expectation == InVocabulary(("IDLE", "SPINNING"))
    assert one.requirement.source == Source(PATH, 77)


def test_the_vocabularys_source_is_the_file_that_gives_it():
    words = Vocabulary("widget", "status", ("IDLE",), 77)
    elsewhere = spec(vocabulary=(words,))
    elsewhere = replace(elsewhere, reference=replace(elsewhere.reference, path="source/words.inc"))
    own = spec(action())
    found = derive([own, elsewhere], [own], service=KNOWLEDGE)
    assert source(found, "spin/postcondition/vocabulary[IDLE]") == Source("source/words.inc", 77)


def test_a_list_is_asked_for_things_in_each_status_that_its_file_documents():
    words = Vocabulary("widget", "status", ("IDLE", "LOST"), 77)

    def asked(path="/widgets", **more):
        one = plain("GET", path, row("status", location="query", **more), name="list", normal=(200,))
        found = suite(one, vocabulary=(words, Vocabulary("widget", "mood", ("glad",), 78)))
        return [name.partition("[")[2] for name in ids(found, "list/normal/200[status-")]

    assert asked() == ["status-IDLE]", "status-LOST]"]
    assert asked(enum=("ON",)) == ["status-ON]"], "the row has values of its own"
    assert asked("/widgets/{widget_id}/parts") == [], "those are statuses of the widget, not of its parts"


def test_preconditions_that_cannot_be_set_up_have_their_reasons():
    conditions = (
        Condition("quota", "widget", 21),
        Condition("environment", "widget", 22, when=When(environment="volume-backed")),
        Condition("exists", "gear", 23),
        status("HALTED", line=24, when=When(environment="volume-backed")),
    )
    assert untested(suite(action(preconditions=conditions))) == {
        "spin/precondition/quota": "quota",
        "spin/precondition/environment": "not-through-api",
        "spin/precondition/exists-gear": "not-derivable",
        "spin/precondition/status-volume-backed": "not-derivable",
    }


def test_an_environment_that_nobody_can_set_up_leaves_the_refusals():
    found = suite(action(error=(401,), preconditions=(Condition("environment", "widget", 21),)))
    assert ids(found)[:2] == ["spin/error/401[no-token]", "spin/error/401[bad-token]"]
    assert all("/situation/" in case_id for case_id in ids(found)[2:])
    assert untested(found)["spin/normal/202"] == "not-through-api"


def test_a_removed_operation_is_gone():
    found = suite(action(error=(400, 410), removed=Removal(44, "7.0.0")))
    assert ids(found) == ["spin/removed/7.0.0"]
    one = case(found, "spin/removed/7.0.0")
    assert (one.expectation.codes, one.expectation.any_refusal) == ((410,), False)
    assert one.requirement.source == Source(PATH, 44)
    assert case(suite(action(error=(400,), removed=Removal(44))), "spin/removed").expectation.any_refusal


def test_an_operation_beyond_the_cloud_or_out_of_reach_has_a_reason():
    late = suite(action(microversions=Versions(min="2.9")), ceiling=Microversion(2, 5))
    assert (late.cases, untested(late)) == ((), {"spin": "beyond-cloud"})
    other = suite(action(path="/{version}"))
    assert (other.cases, untested(other)) == ((), {"spin": "not-derivable"})
    told = replace(KNOWLEDGE, placeholder_values={"version": "v9"})
    assert suite(action(path="/{version}"), service=told).cases, "the description says how the path begins"
    lacking = replace(KNOWLEDGE, untestable={"widgets.spin": "it needs two of everything"})
    (left,) = suite(action(), service=lacking).untested
    assert (left.reason, left.detail) == ("not-derivable", "it needs two of everything")


def test_the_highest_version_is_the_last_that_the_reference_names():
    assert highest_version([spec(action())]) == FIRST
    named = action("turn", row("a", max="2.7"), answers=(row("b", min="2.9"),), samples=(sample({}, "2.11"),))
    assert highest_version([spec(named)]) == Microversion(2, 11)
    assert highest_version([spec(named, action(microversions=Versions(min="2.12")))]) == Microversion(2, 12)


def test_no_spec_gives_nothing():
    empty = derive([Spec("s", spec().reference)], service=KNOWLEDGE)
    assert (empty.cases, empty.requirements, empty.untested) == ((), (), ())
    assert suite(action(responses=Responses())).cases == ()


def test_fields_are_judged_in_further_statuses_of_the_description():
    def show(path="/widgets/{widget_id}", name="show"):
        rows = (row("widget", "object", True), row("host", visible_to="admin"), row("mood", nullable=True))
        body = sample({"widget": {"host": "h", "mood": None}})
        return plain("GET", path, name=name, answers=rows, answered=(body,), normal=(200,))

    service = driving(KNOWLEDGE, statuses_to_show=("HALTED",))
    found = suite(show(), show("/widgets/{widget_id}/parts", "parts"), service=service)
    assert ids(found, "[HALTED]") == ["show/body/host[HALTED]"]
    one = case(found, "show/body/host[HALTED]")
    assert (one.trial.situation.state, one.trial.outcome.accepted) == ("HALTED", True)
    assert one.expectation == case(found, "show/body/host").expectation
    assert ids(suite(show()), "[HALTED]") == []
