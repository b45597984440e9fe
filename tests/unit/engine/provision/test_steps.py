"""Requests before and after the one that is tried, and what they send."""

from __future__ import annotations

from dataclasses import replace

import pytest
from widgets import action, plain, row, sample
from workshop import DROP, EVERY, KNOWN, LIST, opened, tried

from conformance.engine.cloud.exchange import ABSENT
from conformance.engine.model.binding import Binding, Step
from conformance.engine.provision.errors import Unavailable
from conformance.engine.provision.steps import members
from specs.model import Policy

FIELDS = (row("member", "object", True), row("host", required=True), row("since"))
JOIN = plain("POST", "/clubs/{club_id}/join", *FIELDS, samples=(sample({"member": {"host": "h"}}),), normal=(200,))
LEAVE = plain("POST", "/clubs/{club_id}/leave", *FIELDS, samples=(sample({"member": {"host": "h"}}),), normal=(200,))
CLOSE = plain("PUT", "/clubs", *FIELDS, samples=(sample({"member": {"host": "h"}}),), normal=(200,))
HERE = {"club_id": "c 1"}


def shop_with(tmp_path, *operations, **more):
    return opened(tmp_path, *EVERY, JOIN, LEAVE, CLOSE, *operations, **more)


def never(operation):
    raise AssertionError(f"nothing of {operation.id} needs to be filled")


def test_a_step_is_taken_with_the_names_that_the_request_has(tmp_path):
    shop, executor = shop_with(tmp_path)
    answer = executor.paths.steps.before(Step(JOIN.id, {"since": "2020"}), HERE, never)
    assert answer.ok
    assert shop.changes == ["POST /clubs/c%201/join"]
    assert shop.asked[0].body == {"member": {"host": "h", "since": "2020"}}
    assert executor.context.notes.sorted() == [("table", f"steps: {JOIN.id} goes with another request")]


def test_names_that_the_request_has_not_are_found(tmp_path):
    shop, executor = shop_with(tmp_path)
    executor.paths.steps.before(Step(DROP.id, {}), {}, executor.paths.path_of)
    assert shop.changes == ["POST /gears", "DELETE /gears/gear-1"]


def test_what_a_step_has_sent_can_be_taken_up_after_the_request(tmp_path):
    shop, executor = shop_with(tmp_path)
    steps = executor.paths.steps
    steps.before(Step(JOIN.id, {"host": "mine"}), HERE, never)
    assert steps.sent == {"before.host": "mine"}
    steps.after(Step(LEAVE.id, {"host": Binding("before", "host")}), HERE, never, {"member": {"host": "other"}})
    assert shop.asked[-1].body == {"member": {"host": "mine"}}


def test_what_the_request_has_sent_can_be_taken_up_after_it(tmp_path):
    shop, executor = shop_with(tmp_path)
    step = Step(LEAVE.id, {"host": Binding("sent", "host")})
    executor.paths.steps.after(step, HERE, never, {"member": {"deep": {"host": "other"}}})
    assert shop.asked[-1].body == {"member": {"host": "other"}}


def test_a_step_that_lasts_is_taken_once_on_the_same_things(tmp_path):
    """The service refuses it a second time."""
    shop, executor = shop_with(tmp_path)
    for step, here in [
        (Step(JOIN.id, {}, lasts=True), HERE),
        (Step(JOIN.id, {}, lasts=True), HERE),
        (Step(JOIN.id, {"since": "2020"}, lasts=True), HERE),
        (Step(JOIN.id, {}, lasts=True), {"club_id": "d"}),
    ]:
        assert executor.paths.steps.before(step, here, never).ok
    assert shop.changes == ["POST /clubs/c%201/join", "POST /clubs/c%201/join", "POST /clubs/d/join"]


def test_a_step_that_lasts_is_taken_again_if_it_was_refused(tmp_path):
    shop, executor = shop_with(tmp_path)
    shop.does["POST join"] = shop.does["POST /clubs/c%201/join"] = 409
    for _ in range(2):
        with pytest.raises(Unavailable):
            executor.paths.steps.before(Step(JOIN.id, {}, lasts=True), HERE, never)
    assert len(shop.changes) == 2


@pytest.mark.parametrize("resource", ["sent", "before"])
def test_what_nobody_has_sent_is_unavailable(tmp_path, resource):
    _, executor = shop_with(tmp_path)
    with pytest.raises(Unavailable, match=f"no request has given a value for {resource}.host"):
        executor.paths.steps.after(Step(LEAVE.id, {"host": Binding(resource, "host")}), HERE, never, {"x": 1})


@pytest.mark.parametrize("code", [400, 409, 500])
def test_a_step_that_is_refused_leaves_the_trial_undecided(tmp_path, code):
    shop, executor = shop_with(tmp_path)
    shop.does["POST join"] = code
    shop.does["POST /clubs/c%201/join"] = code
    with pytest.raises(
        Unavailable, match=f"post-clubs-club_id-join, a step before the request, was answered {code}"
    ) as why:
        executor.paths.steps.before(Step(JOIN.id, {}), HERE, never)
    assert not why.value.optional


MARK = plain("PUT", "/clubs/{club_id}/marks/{mark_id}", normal=(204,))
MARKED = plain("HEAD", "/clubs/{club_id}/marks/{mark_id}", normal=(204,))
JOINED = "/clubs/c%201/marks/m"


@pytest.mark.parametrize(("seen", "known", "stands"), [(204, True, True), (404, True, False), (204, False, False)])
def test_two_things_that_are_joined_already_need_not_be_joined_once_more(tmp_path, seen, known, stands):
    shop, executor = shop_with(tmp_path, MARK, *((MARKED,) if known else ()))
    shop.does |= {f"PUT {JOINED}": 409, f"HEAD {JOINED}": seen}
    names = {**HERE, "mark_id": "m"}
    if stands:
        assert executor.paths.steps.before(Step(MARK.id, {}), names, never).ok
        return
    with pytest.raises(Unavailable, match="was answered 409"):
        executor.paths.steps.before(Step(MARK.id, {}), names, never)


def test_a_step_that_the_specs_lack_leaves_the_trial_undecided(tmp_path):
    _, executor = shop_with(tmp_path)
    with pytest.raises(
        Unavailable, match=r"widgets\.unheard-of, a step before the request, was answered not documented"
    ):
        executor.paths.steps.before(Step("widgets.unheard-of", {}), {}, never)
    executor.paths.steps.after(Step("widgets.unheard-of", {}), {}, never, None)


def test_a_step_that_is_refused_to_a_member_is_an_administrators(tmp_path):
    shop, executor = shop_with(tmp_path)
    shop.does["POST /clubs/c%201/join"] = lambda ask: 403 if ask.role == "member" else 200
    assert executor.paths.steps.before(Step(JOIN.id, {}), HERE, never).ok
    assert shop.changes == ["POST /clubs/c%201/join", "POST /clubs/c%201/join as admin"]


def test_a_step_about_a_thing_that_is_hidden_from_a_member_is_an_administrators(tmp_path):
    shop, executor = shop_with(tmp_path)
    shop.does["POST /clubs/c%201/join"] = lambda ask: 404 if ask.role == "member" else 200
    assert executor.paths.steps.before(Step(JOIN.id, {}), HERE, never).ok
    assert shop.changes == ["POST /clubs/c%201/join", "POST /clubs/c%201/join as admin"]
    shop.asked.clear()
    shop.does["POST /clubs/c%201/join"] = 404
    executor.paths.steps.after(Step(JOIN.id, {}), HERE, never, None)
    assert len(shop.changes) == 1, "what is gone needs no undoing"


def test_a_step_that_the_reference_leaves_to_administrators_is_not_tried_by_others(tmp_path):
    join = replace(JOIN, policy=Policy(("admin",), 1))
    shop, executor = opened(tmp_path, join)
    executor.paths.steps.before(Step(join.id, {}), HERE, never)
    assert shop.changes == ["POST /clubs/c%201/join as admin"]
    shop, executor = opened(tmp_path, join, roles=("member",))
    with pytest.raises(Unavailable, match="not documented"):
        executor.paths.steps.before(Step(join.id, {}), HERE, never)
    assert shop.changes == []


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ({"a": 1, "b": {"c": None, "d": {"e": [1]}}}, {"sent.a": 1, "sent.c": None, "sent.e": [1]}),
        ({}, {}),
        ([1], {}),
        (None, {}),
        (ABSENT, {}),
    ],
)
def test_members_of_a_body_at_any_depth(body, expected):
    assert members("sent", body) == expected


CLUB = {"club_id": "c1"}
TABLE = replace(
    KNOWN,
    placeholder_values=CLUB,
    steps_before=((LEAVE.id, Step(JOIN.id, {"host": "mine"})),),
    steps_after=((JOIN.id, Step(LEAVE.id, {"host": Binding("sent", "host")})), (LEAVE.id, Step(CLOSE.id, {}))),
)
BODY = {"member": {"host": "yours"}}


def made(tmp_path, trial, does=(), **more):
    shop, executor = shop_with(tmp_path, service=more.pop("service", TABLE), **more)
    shop.does.update(does)
    return shop, executor, executor.make(trial)


FINE = {"POST /clubs/c1/join": 200, "POST /clubs/c1/leave": 200, "PUT clubs": 200, "PUT /clubs": 200}


def test_an_accepted_request_has_its_steps_before_and_after(tmp_path):
    shop, executor, evidence = made(tmp_path, tried(LEAVE, body=BODY), FINE)
    assert evidence.status == 200
    assert shop.changes == ["POST /clubs/c1/join", "POST /clubs/c1/leave", "PUT /clubs"]
    assert executor.paths.steps.sent == {}


def test_what_a_request_has_changed_is_taken_back_with_what_it_has_sent(tmp_path):
    shop, _, _ = made(tmp_path, tried(JOIN, body=BODY), FINE)
    assert shop.changes == ["POST /clubs/c1/join", "POST /clubs/c1/leave"]
    assert shop.asked[-1].body == BODY


def test_what_is_to_be_refused_has_no_steps_before(tmp_path):
    shop, _, _ = made(tmp_path, tried(LEAVE, body=BODY, accepted=False), FINE | {"POST /clubs/c1/leave": 409})
    assert shop.changes == ["POST /clubs/c1/leave"]


def test_of_a_thing_with_a_name_that_nothing_can_have_there_are_no_steps(tmp_path):
    trial = tried(LEAVE, body=BODY, accepted=None, path=(("club_id", "no club"),))
    shop, _, _ = made(tmp_path, trial, FINE | {"POST /clubs/no%20club/leave": 404})
    assert shop.changes[0] == "POST /clubs/no%20club/leave"


def test_where_the_request_is_refused_its_steps_are_taken_back_all_the_same(tmp_path):
    shop, executor, evidence = made(tmp_path, tried(LEAVE, body=BODY), FINE | {"POST /clubs/c1/leave": 409})
    assert evidence.status == 409
    assert shop.changes == ["POST /clubs/c1/join", "POST /clubs/c1/leave", "PUT /clubs"]
    assert executor.paths.steps.sent == {}


def test_where_a_step_before_is_refused_the_request_is_not_sent(tmp_path):
    shop, _, evidence = made(tmp_path, tried(LEAVE, body=BODY), FINE | {"POST /clubs/c1/join": 409})
    assert evidence.problem.verdict == "inconclusive"
    assert "post-clubs-club_id-join, a step before the request, was answered 409" in evidence.problem.reason
    assert shop.changes == ["POST /clubs/c1/join"], "and nothing is taken back, since nothing was done"


def test_where_a_later_step_is_refused_the_earlier_one_is_taken_back(tmp_path):
    before = ((LEAVE.id, Step(JOIN.id, {"host": "mine"})), (LEAVE.id, Step(CLOSE.id, {})))
    after = ((LEAVE.id, Step(LEAVE.id, {"host": Binding("before", "host")})),)
    service = replace(TABLE, steps_before=before, steps_after=after)
    shop, executor, evidence = made(tmp_path, tried(LEAVE, body=BODY), FINE | {"PUT /clubs": 409}, service=service)
    assert evidence.problem.verdict == "inconclusive"
    assert shop.changes == ["POST /clubs/c1/join", "PUT /clubs", "POST /clubs/c1/leave"]
    assert shop.asked[-1].body == {"member": {"host": "mine"}}
    assert executor.paths.steps.sent == {}


def test_a_step_after_that_fails_changes_no_evidence(tmp_path):
    _, _, evidence = made(tmp_path, tried(JOIN, body={"x": 1}), FINE)
    assert (evidence.status, evidence.problem) == (200, None)


def test_a_request_without_steps_has_none(tmp_path):
    shop, _, _ = made(tmp_path, tried(LIST))
    assert shop.changes == ["POST /gears"], "an element for the list, and nothing else"


def test_a_pattern_means_every_operation_of_that_form(tmp_path):
    service = replace(TABLE, steps_before=(("*-leave", Step(JOIN.id, {})),), steps_after=())
    shop, _, _ = made(tmp_path, tried(LEAVE, body=BODY), FINE, service=service)
    assert shop.changes == ["POST /clubs/c1/join", "POST /clubs/c1/leave"]
    assert service.steps(action("spin"), "steps_before") == []


LIMITS = (row("limits", "object", True), row("cores", "integer"), row("ram", "integer"), row("force", "boolean"))
SET = plain(
    "PUT", "/limits/{project}", *LIMITS, samples=(sample({"limits": {"cores": 7, "force": True}}),), normal=(200,)
)
READ = plain("GET", "/limits/{project}", normal=(200,))
RESET = plain("DELETE", "/limits/{project}", normal=(202,))
PUT_BACK = (
    (SET.id, Step(RESET.id, {})),
    (SET.id, Step(SET.id, {}, shown_by=READ.id)),
    (RESET.id, Step(SET.id, {}, shown_by=READ.id)),
)


def limited(tmp_path, after=PUT_BACK, **limits):
    """A shop with limits of its project: by default 20 cores, and 50 of memory."""
    service = replace(KNOWN, steps_after=after, placeholder_values={"project": "p-1"})
    shop, executor = opened(tmp_path, *EVERY, SET, READ, RESET, service=service)
    held = {"id": "p-1", "cores": 20, "ram": 50} | limits

    def put(ask):
        held.update({k: v for k, v in ask.body["limits"].items() if k != "force"})
        return 200, {"limits": dict(held)}

    def reset(_):
        held.update(cores=20, ram=50)
        return 202

    shop.does |= {"GET /limits/p-1": lambda _: (200, {"limits": dict(held)}), "DELETE /limits/p-1": reset}
    shop.does["PUT /limits/p-1"] = put
    return shop, executor, held


@pytest.mark.parametrize("operation", [SET, RESET])
@pytest.mark.parametrize(("limits", "sent"), [({}, []), ({"ram": 99}, [{"limits": {"ram": 99}}])])
def test_what_was_shown_before_is_put_back_where_it_differs(tmp_path, operation, limits, sent):
    shop, executor, held = limited(tmp_path, **limits)
    body = {"limits": {"cores": 7}} if operation is SET else ABSENT
    assert executor.make(tried(operation, role="admin", body=body)).problem is None
    assert held == {"id": "p-1", "cores": 20, "ram": 50} | limits
    assert [ask.body for ask in shop.asked if ask.method == "PUT"] == ([body] if operation is SET else []) + sent


def test_what_is_put_back_has_what_it_takes_beside_it(tmp_path):
    """A limit below what is used now is taken by force only."""
    force = {"force": True}
    back = tuple((name, replace(step, fields=force) if step.shown_by else step) for name, step in PUT_BACK)
    shop, executor, held = limited(tmp_path, back, ram=99)
    executor.make(tried(RESET, role="admin"))
    assert [ask.body for ask in shop.asked if ask.method == "PUT"] == [{"limits": {"ram": 99, **force}}]
    assert held["ram"] == 99
    shop.asked.clear()
    shop.does["DELETE /limits/p-1"] = 202  # and nothing is other than before
    executor.make(tried(RESET, role="admin"))
    assert "PUT" not in [ask.method for ask in shop.asked]


def test_what_was_refused_needs_nothing_to_be_put_back(tmp_path):
    shop, executor, _ = limited(tmp_path, ram=99)
    shop.does["PUT /limits/p-1"] = 403
    executor.make(tried(SET, role="admin", body={"limits": {"cores": 7}}))
    assert [ask.method for ask in shop.asked].count("PUT") == 1


def test_what_cannot_be_read_is_not_put_back(tmp_path):
    shop, executor, _ = limited(tmp_path, ram=99)
    shop.does["GET /limits/p-1"] = 403
    executor.make(tried(RESET, role="admin"))
    assert "PUT" not in [ask.method for ask in shop.asked]


def test_a_step_may_be_for_another_thing_than_the_request_names(tmp_path):
    shop, executor = shop_with(tmp_path)
    executor.paths.steps.before(Step(JOIN.id, {}, path={"club_id": Binding("/gears")}), HERE, never)
    assert shop.changes == ["POST /gears", "POST /clubs/gear-1/join"]
