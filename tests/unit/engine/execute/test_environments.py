"""What is said of one kind of server only: derived, put on servers of that kind, judged, and broken on purpose."""

from dataclasses import replace
from types import SimpleNamespace

import pytest
import widgets
from made_up import broken
from subjects import Cloud, subject_on
from widgets import KNOWLEDGE, action, becomes, case, driving, evidence, ids, status, suite, trial, untested
from workshop import KNOWN, opened, tried

from conformance.engine.api.entries import Byproduct, Environment
from conformance.engine.cloud.errors import ResourceError
from conformance.engine.derive.success import post_name
from conformance.engine.execute.environment import for_want_of_usual_ones
from conformance.engine.judge.codes import Admitted, Refused
from conformance.engine.judge.statuses import ByproductsMade, Reaches
from conformance.engine.model.evidence import Judgement
from conformance.engine.model.probe import MadeOfAttached
from conformance.engine.model.setup import Existing
from conformance.engine.model.trial import Situation
from conformance.engine.run.lanes import lane_of
from specs.microversion import Microversion
from specs.model import Condition, When

WINGED = Environment(("winged", "winged-widget"), {"wings": 2}, {"legs": ""})
FEATHER = Byproduct("feather", "snapshot", "wingId", "wings")
KNOWS = {"environments": {"winged": WINGED}, "byproducts": (FEATHER,)}
MADE = MadeOfAttached("feather")
KNOWN_WINGED = driving(KNOWLEDGE, **KNOWS)

MAY_FLY = status("IDLE", "HALTED", when=When(environment="winged-widget"))
FLIES = becomes("SPINNING", when=When(environment="winged"))


def effect(what, **when):
    return Condition("effect", "feather", 31, effect=what, when=When(**when) if when else None)


SHED = effect("created", environment="winged")
KEEP = effect("not created")


def derived(**more):
    return suite(action(**more), service=KNOWN_WINGED)


def test_a_status_of_a_kind_is_tried_on_servers_of_it_and_the_one_of_the_others_is_refused_to_it():
    found = derived(preconditions=(status("IDLE", "HALTED", "BROKEN"), MAY_FLY))
    assert ids(found, "status-winged") == [
        "spin/precondition/status-winged[IDLE]",
        "spin/precondition/status-winged[HALTED]",
        "spin/precondition/status-winged[BROKEN]",
    ]
    idle, refused = (case(found, f"spin/precondition/status-winged[{state}]") for state in ("IDLE", "BROKEN"))
    assert isinstance(idle.expectation, Admitted)
    assert idle.trial.situation == Situation("IDLE", environment="winged")
    assert (refused.trial.outcome.accepted, refused.expectation.any_refusal) == (False, True)
    assert refused.trial.situation.environment == "winged"
    assert untested(found) == {}


def test_what_is_said_of_all_is_not_tried_twice():
    usual = ids(suite(action(preconditions=(status("IDLE"),), error=(401, 404, 409))))
    found = derived(preconditions=(status("IDLE"), MAY_FLY), error=(401, 404, 409))
    assert [one for one in ids(found) if "winged" not in one] == usual
    assert all(c.trial.situation.environment == "winged" for c in found.cases if "winged" in c.id)


def test_what_follows_for_a_kind_goes_before_what_follows_for_others():
    found = derived(preconditions=(status("IDLE"),), postconditions=(becomes("HALTED"), FLIES))
    winged = case(found, "spin/postcondition/widget-SPINNING[winged.IDLE]")
    assert winged.expectation == Reaches("widget", ("SPINNING",), ("ERROR",))
    assert winged.trial.outcome.leads_to == ("SPINNING",)
    usual = case(found, "spin/postcondition/widget-HALTED[IDLE]")
    assert (usual.trial.outcome.leads_to, usual.trial.situation.environment) == (("HALTED",), "")
    assert usual.trial.key != winged.trial.key


def test_what_follows_for_a_kind_may_hang_on_the_status_before():
    here = replace(FLIES, when=When(environment="winged", status=("HALTED",)))
    found = derived(preconditions=(status("IDLE", "HALTED"),), postconditions=(becomes("BROKEN"), here))
    assert ids(found, "widget-SPINNING") == ["spin/postcondition/widget-SPINNING[winged.HALTED]"]
    assert case(found, "spin/postcondition/widget-SPINNING[winged.HALTED]").trial.outcome.leads_to == ("SPINNING",)


def test_of_two_promises_of_a_sentence_the_one_without_a_case_is_told_apart():
    other = becomes("SPINNING", when=When(environment="at night"))
    found = derived(preconditions=(status("IDLE"),), postconditions=(FLIES, other))
    assert untested(found) == {"spin/postcondition/widget-SPINNING[at-night]": "not-derivable"}


def test_a_kind_that_no_table_knows_has_a_reason_as_before():
    found = suite(action(preconditions=(status("IDLE"), MAY_FLY), postconditions=(FLIES,)))
    assert ids(found, "winged") == []
    assert untested(found)["spin/precondition/status-winged-widget"] == "not-derivable"


@pytest.mark.parametrize(("until", "version"), [(None, None), ("2.10", Microversion(2, 10))])
def test_an_operation_that_is_not_for_a_kind_is_refused_to_it(until, version):
    not_for = Condition("environment", "widget", 22, when=When(max=until, environment="winged"))
    found = derived(preconditions=(status("IDLE"), not_for))
    one = case(found, "spin/precondition/environment[winged]")
    assert one.expectation == Refused((), "the widget is winged", any_refusal=True)
    assert (one.trial.request.version, one.trial.situation.environment) == (version, "winged")


def test_what_was_said_of_versions_before_the_operation_has_a_reason():
    not_for = Condition("environment", "widget", 22, when=When(max="2.10", environment="winged"))
    found = derived(preconditions=(not_for,), microversions=widgets.Versions(min="2.12"))
    assert untested(found) == {"spin/precondition/environment": "beyond-cloud"}


def test_what_is_made_of_the_attached_or_not_is_tried_where_something_is_attached():
    service = driving(KNOWN_WINGED, byproducts=(replace(FEATHER, existing=("widgets.hold",)),))
    found = suite(action(preconditions=(status("IDLE"),), postconditions=(SHED, KEEP)), service=service)
    made = case(found, "spin/postcondition/feather-created[winged]")
    kept = case(found, "spin/postcondition/feather-not-created")
    assert (made.expectation, kept.expectation) == (ByproductsMade("feather", True), ByproductsMade("feather", False))
    assert made.trial.setup == kept.trial.setup == (Existing(("widgets.hold",)),)
    assert (made.trial.situation.environment, kept.trial.situation.environment) == ("winged", "")
    assert post_name(SHED) == "feather-created"


def test_servers_of_a_kind_have_a_lane_of_their_own():
    for state in ("IDLE", "HALTED"):
        assert lane_of(trial(state=state, environment="winged"), KNOWN_WINGED) == "winged"
    assert lane_of(trial(state="HALTED"), KNOWN_WINGED) == "HALTED"


def winged(create):
    """A resource under test whose factory of servers is ``create``, for servers of the kind."""
    cloud = Cloud()
    subject = subject_on(cloud)
    subject.context.service = KNOWN_WINGED
    subject.context.resources.make = lambda _, **more: create(cloud, more)
    subject.turn_to("winged")
    return cloud, subject


def test_a_server_of_a_kind_is_made_as_the_table_says_and_one_of_another_kind_is_given_up():
    wishes = []

    def create(cloud, more):
        wishes.append(more.get("wings"))
        made = cloud.create()
        return SimpleNamespace(id=made.id, role=made.role, body={**made.body, "legs": "" if more.get("wings") else 4})

    cloud, subject = winged(create)
    assert subject.reach("IDLE") is None
    subject.turn_to("winged")
    assert subject.reach("IDLE") is None
    subject.turn_to("")
    assert subject.reach("IDLE") is None
    assert (wishes, cloud.made) == ([2, None], 2)


def test_a_cloud_need_not_make_servers_of_a_kind():
    def refuse(cloud, more):
        raise ResourceError("no wings here")

    _, subject = winged(refuse)
    problem = subject.reach("IDLE")
    assert (problem.verdict, problem.reason) == ("inapplicable", "no winged widget could be made: no wings here")
    subject.turn_to("")
    assert subject.reach("IDLE").verdict == "inconclusive"


def test_a_server_that_does_not_show_its_kind_is_none_of_it():
    _, subject = winged(lambda cloud, more: cloud.create())
    problem = subject.reach("IDLE")
    assert problem.verdict == "inapplicable"
    assert "does not show" in problem.reason
    assert subject.view is None


SPIN = action("spin", path="/servers/{server_id}/action", postconditions=(SHED, KEEP))
HERE = driving(KNOWN, **(KNOWS | {"environments": {"winged": replace(WINGED, shown_by={})}}))


def shop(tmp_path, does):
    """A workshop whose server has two wings, and what ``does`` answers to the action."""
    there, executor = opened(tmp_path, SPIN, service=HERE)
    make = there.create_server

    def create(*_, **__):
        made = make()
        made.body["wings"] = there.things["/servers"][made.id]["wings"] = [{"id": "left"}, {"id": "right"}]
        return made

    executor.context.resources.make = create
    there.does["POST action"] = lambda ask: does(there)
    there.does["GET /os-snapshots"] = lambda ask: (200, {"snapshots": list(there.things["/os-snapshots"].values())})
    there.things["/os-snapshots"] = {}
    return there, executor


def shed(*wings):
    def does(there):
        snapshots = there.things["/os-snapshots"]
        for wing in wings:
            snapshots[f"of-{wing}"] = {"id": f"of-{wing}", "wingId": wing}

    return does


def spun(environment):
    return tried(SPIN, "IDLE", environment=environment)


@pytest.mark.parametrize(
    ("environment", "wings", "counts", "verdicts"),
    [
        ("winged", ("left", "right"), {"left": 1, "right": 1}, ("pass", "fail")),
        ("winged", ("left", "elsewhere"), {"left": 1, "right": 0}, ("fail", "fail")),
        ("winged", (), {"left": 0, "right": 0}, ("fail", "pass")),
        ("", (), {"left": 0, "right": 0}, ("fail", "pass")),
    ],
)
def test_what_is_made_of_the_attached_is_counted_and_removed(tmp_path, environment, wings, counts, verdicts):
    there, executor = shop(tmp_path, shed(*wings))
    seen = executor.make(spun(environment), (MADE,))
    assert seen.found[MADE] == counts
    assert tuple(ByproductsMade("feather", made).judge(seen).verdict for made in (True, False)) == verdicts
    assert set(there.things["/os-snapshots"]) == {f"of-{wing}" for wing in wings if wing == "elsewhere"}
    ours = [e for e in there.journal.entries() if e.intent.kind == "snapshot"]
    assert len(ours) == sum(counts.values())
    assert all(e.settled for e in ours)


@pytest.mark.parametrize(("most", "left"), [(None, {"of-left"}), (1, set())])
def test_what_is_made_of_the_attached_stays_in_a_sandbox_that_has_room(tmp_path, most, left):
    there, executor = shop(tmp_path, shed("left"))
    executor.byproducts.context = replace(executor.byproducts.context, sandbox=True)
    executor.byproducts.context.places.most = most
    assert executor.make(spun("winged"), (MADE,)).found[MADE] == {"left": 1, "right": 0}
    assert set(there.things["/os-snapshots"]) == left
    assert [e.settled for e in there.journal.entries() if e.intent.kind == "snapshot"] == [not left]


def test_what_was_there_before_was_not_made_by_the_request(tmp_path):
    there, executor = shop(tmp_path, shed())
    there.things["/os-snapshots"] = {"old": {"id": "old", "wingId": "left"}}
    assert executor.make(spun("winged"), (MADE,)).found[MADE] == {"left": 0, "right": 0}
    assert "old" in there.things["/os-snapshots"]


def test_the_last_list_serves_the_next_request_too(tmp_path):
    answers = iter(((409, ""), (409, ""), (202, "one"), (202, "two")))

    def does(there):
        code, made = next(answers)
        if made:
            there.things["/os-snapshots"][made] = {"id": made, "wingId": "left"}
        return code

    there, executor = shop(tmp_path, does)
    for counts in (None, None, {"left": 1, "right": 0}, {"left": 1, "right": 0}):
        assert executor.make(spun("winged"), (MADE,)).found.get(MADE) == counts
    looks = [ask for ask in there.asked if ask.path == "/os-snapshots" and not ask.query]
    assert len(looks) == 3


@pytest.mark.parametrize(
    ("environment", "wings", "pages"),
    [("winged", ("left", "right"), 1), ("winged", ("left", "left-too", "right"), 1), ("", ("left", "right"), 2)],
    ids=["as promised", "one too many", "none promised"],
)
def test_no_further_page_is_read_once_all_promised_ones_are_listed(tmp_path, environment, wings, pages):
    """Where none is promised, one may stand on the last page."""

    def does(there):
        there.things["/os-snapshots"] = {one: {"id": one, "wingId": one.partition("-")[0]} for one in wings}

    there, executor = shop(tmp_path, does)
    seen = executor.make(spun(environment), (MADE,))
    assert sum(seen.found[MADE].values()) == len(wings)
    sent = next(at for at, ask in enumerate(there.asked) if ask.method == "POST")
    assert len([ask for ask in there.asked[sent:] if ask.path == "/os-snapshots"]) == pages


def test_a_cloud_that_does_not_list_them_decides_nothing(tmp_path):
    there, executor = shop(tmp_path, shed("left"))
    there.does["GET /os-snapshots"] = 404
    seen = executor.make(spun("winged"), (MADE,))
    assert ByproductsMade("feather", True).judge(seen).verdict == "inapplicable"


def test_what_is_promised_of_the_attached_follows_from_an_accepted_request_only():
    assert ByproductsMade("feather", True).judge(evidence(409)).verdict == "inconclusive"


def test_a_cloud_that_makes_none_or_some_too_many_is_a_breakage_each():
    found = derived(preconditions=(status("IDLE"),), postconditions=(SHED, KEEP))
    both = [c for c in found.cases if isinstance(c.expectation, ByproductsMade)]
    breakages = broken(*both, service=KNOWN_WINGED)
    never, too = (
        breakages["postcondition/feather-created#never"],
        breakages["postcondition/feather-not-created#made-too"],
    )
    assert (never.after.made, never.waits, never.where.environment) == (False, True, "winged")
    assert never.where.shown == (("legs", ""),)
    assert (too.after.made, too.where.environment) == (True, None)
    kept = next(c for c in both if "not-created" in c.id)
    assert not never.where.covers(kept.trial, widgets.TOP)


GLASS = Environment(("of-glass",), {"variant": "of-glass"})
BOUND = Condition("environment", "server", 31, when=When(environment="of-glass"))
BEND = action("bend", path="/servers/{server_id}/action", preconditions=(BOUND,))
TWIST = action(
    "twist",
    path="/servers/{server_id}/action",
    preconditions=(BOUND,),
    postconditions=(replace(becomes("SPINNING"), resource="server"),),
)


@pytest.mark.parametrize(("usual", "decides"), [({}, True), ({"server": "of-glass"}, False)])
def test_where_every_server_is_of_a_kind_what_is_bounded_for_it_says_nothing_of_the_usual_ones(
    tmp_path, usual, decides
):
    shop, executor = opened(tmp_path, BEND, TWIST, service=driving(KNOWN, environments={"of-glass": GLASS}))
    executor.context.resources.usual.update(usual)
    shop.does["POST action"] = 400
    for accepted in (True, None):
        problem = executor.make(tried(BEND, "IDLE", accepted=accepted)).problem
        assert (problem is None) is decides
        assert decides or "makes each server of-glass, for which widgets.bend has bounds of its own" in problem.reason
    assert executor.make(tried(BEND, "IDLE", accepted=False)).problem is None, "a refusal is due to each server"
    problem = executor.subject.reach("SPINNING")
    assert problem.verdict == ("inconclusive" if decides else "inapplicable")


@pytest.mark.parametrize(("here", "expected"), [("winged", "inapplicable"), ("", "fail")])
def test_what_is_promised_of_usual_ones_does_not_fail_where_there_are_none(here, expected):
    known = driving(KNOWLEDGE, **KNOWS, usual_environments=("wingless",))
    keep = replace(KEEP, when=When(environment="wingless"), line=31)
    context = SimpleNamespace(environment=here, service=known, kind=SimpleNamespace(name="widget"))
    failed = Judgement("fail", "created", "a feather was created", deviation="contradiction")

    def judged(one, judgement=failed):
        return for_want_of_usual_ones(judgement, one, context)

    (kept,) = [c for c in suite(action(postconditions=(keep,)), service=known).cases if "not-created" in c.id]
    assert judged(kept).verdict == expected
    assert (judged(kept).deviation is None) == (expected == "inapplicable")
    others = suite(action(postconditions=(becomes("HALTED"),)), service=known).cases
    assert {judged(one).verdict for one in others} == {"fail"}, "this is said of all"
    shown = replace(kept, expectation=SimpleNamespace(place=("widget", "legs")), requirement=others[0].requirement)
    assert judged(shown, replace(failed, observed="string")).verdict == expected, "they show no legs"
    assert judged(shown, replace(failed, observed="array")).verdict == "fail"
