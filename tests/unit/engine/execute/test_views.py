"""Views of the thing that an accepted request has made or changed."""

from __future__ import annotations

from dataclasses import replace

import pytest
from workshop import CHANGE, EVERY, MAKE, SPIN, opened, tried

from conformance.engine.cloud.kinds import Kind
from conformance.engine.execute.views import with_own_view
from conformance.engine.model.binding import Binding
from conformance.engine.model.evidence import Evidence
from conformance.engine.model.probe import ViewOf

VIEW = ViewOf("widgets.get-gears-gear_id")
BODY = {"gear": {"name": Binding("name", "value", "new")}}


@pytest.fixture
def shop(tmp_path):
    return opened(tmp_path, *EVERY)


def looked(shop, operation, state=None, **more):
    evidence = shop[1].make(tried(operation, state, **more), (VIEW,))
    return evidence, [line for line in shop[0].said if line.startswith("GET /gears/")]


def test_a_thing_that_was_made_is_shown_before_it_is_removed(shop):
    evidence, views = looked(shop, MAKE, body=BODY)
    assert evidence.found[VIEW]["gear"]["name"] == evidence.sent["gear"]["name"]
    assert evidence.exchanges[-1].request.method == "GET"
    assert shop[0].said.index(views[-1]) < shop[0].said.index(views[-1].replace("GET", "DELETE"))


def test_a_thing_that_was_changed_is_shown_at_its_own_path(shop):
    evidence, views = looked(shop, CHANGE, body=BODY)
    assert evidence.found[VIEW]["gear"]["name"] == evidence.sent["gear"]["name"]
    assert views[-1].removeprefix("GET ") in evidence.exchanges[0].request.url


def test_a_thing_that_is_never_shown_gives_no_view(shop, monkeypatch):
    monkeypatch.setattr("conformance.engine.execute.views.SOON", 0.0)
    send = shop[0].send
    monkeypatch.setattr(shop[0], "send", lambda ask: send(ask) if ask.method != "GET" else lacking(send, ask))
    evidence, _ = looked(shop, MAKE, body=BODY)
    assert evidence.found[VIEW] is None


def lacking(send, ask):
    return replace(send(ask), status=404)


def test_no_view_is_taken_of_what_was_refused_or_where_no_probe_asks(shop):
    shop[0].does["POST /gears"] = 400
    evidence, views = looked(shop, MAKE, body=BODY)
    assert (evidence.status, evidence.found, views) == (400, {}, [])
    del shop[0].does["POST /gears"]
    assert shop[1].make(tried(MAKE, body=BODY)).found == {}


def test_the_resource_under_test_is_shown_as_it_has_settled_without_a_request_more(shop):
    evidence, _ = looked(shop, SPIN, "IDLE")
    assert evidence.found[VIEW] == {shop[1].context.service.resource: evidence.after}


@pytest.mark.parametrize("bare", [False, True])
def test_the_own_view_has_the_wrapper_that_answers_have(bare):
    kind = Kind("widget", bare=bare)
    assert kind.shown_in({"id": "w"} if bare else {"widget": {"id": "w"}}) == {"id": "w"}
    evidence = Evidence(tried(SPIN), after={"id": "w"})
    assert with_own_view(evidence, kind, (VIEW,)).found[VIEW] == ({"id": "w"} if bare else {"widget": {"id": "w"}})
