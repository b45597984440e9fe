"""A harmless request names nothing, and has a body with which nothing changes."""

from dataclasses import replace

import pytest
from widgets import action
from workshop import CHANGE, DROP, EVERY, MAKE, SHOW, SPIN, opened, tried

from conformance.engine.cloud.errors import GuardRefusal
from conformance.engine.cloud.exchange import ABSENT
from conformance.engine.execute.harmless import harmless_body
from specs.model import Operation, Parameter, Request

GEAR = Operation("gears.show", "", "GET", "/gears/{gear_id}", 1)
TURN = action("turn")


@pytest.mark.parametrize(
    ("operation", "said", "body"),
    [
        (SHOW, "GET /gears/5f1f35c1-9e5e-4b0b-9c0a-0d8f0d1f4a99", ABSENT),
        (DROP, "DELETE /gears/5f1f35c1-9e5e-4b0b-9c0a-0d8f0d1f4a99", ABSENT),
        (CHANGE, "PUT /gears/5f1f35c1-9e5e-4b0b-9c0a-0d8f0d1f4a99", {"nowhere-1": None}),
        (MAKE, "POST /gears", {"nowhere-1": None}),
        (SPIN, "POST /servers/5f1f35c1-9e5e-4b0b-9c0a-0d8f0d1f4a99/action", {"spin": None}),
    ],
    ids=lambda one: getattr(one, "id", None),
)
def test_a_harmless_request_names_nothing(tmp_path, operation, said, body):
    shop, executor = opened(tmp_path, *EVERY, SPIN)
    ask, _ = executor.harmless(operation)
    assert shop.said[-1] == f"{ask.method} {ask.path}" == said
    assert ask.body == body
    if operation is MAKE:  # should it be accepted, the cleanup finds what it has made
        assert shop.open_intents[-1]
        assert [one.name for one in shop.undone] == list(shop.open_intents[-1]), "it was accepted"
    else:
        assert not shop.undone


def test_a_harmless_request_that_may_not_be_sent_is_none(tmp_path):
    shop, executor = opened(tmp_path)
    shop.does["POST /gears"] = lambda ask: raised(GuardRefusal("not sent"))
    assert executor.harmless(MAKE) is None


def raised(error):
    raise error


def test_a_request_under_test_names_its_operation_and_a_harmless_one_does_not(tmp_path):
    shop, executor = opened(tmp_path)
    executor.make(tried(SHOW, target="unknown"))
    assert shop.asked[-1].operation == SHOW.id
    executor.harmless(SHOW)
    assert shop.asked[-1].operation == ""


@pytest.mark.parametrize(
    ("method", "path", "takes", "chosen", "body"),
    [
        ("GET", "/gears", True, False, ABSENT),
        ("DELETE", "/gears", False, False, None),
        ("DELETE", "/gears", True, False, None),
        ("DELETE", "/gears/{id}", False, False, ABSENT),
        ("POST", "/gears", True, False, {"x": None}),
        ("POST", "/gears", False, False, None),
        ("POST", "/gears/{id}/turn", False, False, ABSENT),
        ("PUT", "/gears/{name}", False, True, None),
        ("PUT", "/gears/{name}", True, True, []),
        ("PUT", "/gears/{id}", True, False, {"x": None}),
        ("PUT", "/gears/{id}/teeth/{name}", False, True, ABSENT),
    ],
)
def test_a_body_with_which_nothing_changes(method, path, takes, chosen, body):
    rows = (Parameter("size", "body", "integer", True, "size", 1),) if takes else ()
    operation = replace(GEAR, method=method, path=path, request=Request(rows))
    assert harmless_body(operation, chosen, "x") == body


def test_an_action_without_a_name_in_its_path_is_never_tried():
    assert harmless_body(TURN, False, "x") == {"turn": None}
    assert harmless_body(replace(TURN, path="/widgets/action"), False, "x") is None
