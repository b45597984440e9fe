"""Lists that keep no limit, marker, order or filter: by the requirement's id and the query of the exchange alone."""

import json
from dataclasses import replace

import pytest
from made_up import broken, case, operation
from widgets import TOP

from conformance.engine.judge.chosen import OnlyChosen
from conformance.engine.judge.codes import Accepted
from conformance.engine.judge.sorting import BOTH, Sorted
from conformance.engine.model.listing import Listing
from conformance.engine.model.trial import Paged
from conformance.prove.after import Elements, Field
from conformance.prove.broken_lists import Named
from conformance.prove.instead import Answer, OneMore, WithoutQuery
from conformance.prove.memory import Memory
from conformance.prove.wire import Reply, Request

LIST = operation("GET", "/widgets", normal=200)
QUERY = (("name", "mine"), ("limit", "2"), ("marker", "m"), ("sort_key", "name"), ("sort_dir", "asc"), ("is-red", "1"))


class Cloud:
    """Notes what comes through."""

    def __init__(self, body=None):
        self.body = body
        self.seen = []

    def send(self, request):
        self.seen.append(request.target)
        return Reply(200, (), self.body or json.dumps({"asked": request.target}).encode())


class Turn:
    def __init__(self, target, body=None):
        self.request = Request("GET", target)
        self.upstream = Cloud(body)
        self.memory = Memory()


@pytest.fixture
def found():
    cases = [
        case(LIST, f"list/{what}", Accepted((200,)), accepted=True, query=QUERY)
        for what in ("limit", "marker", "sort_key", "sort", "is-red")
    ]
    return broken(*cases, case(LIST, "normal/200", Accepted((200,)), accepted=True))


@pytest.mark.parametrize(
    ("what", "left"),
    [
        ("limit", "name=mine&marker=m&sort_key=name&sort_dir=asc&is-red=1"),
        ("marker", "name=mine&limit=2&sort_key=name&sort_dir=asc&is-red=1"),
        ("sort_key", "name=mine&limit=2&marker=m&sort_dir=asc&is-red=1"),
        ("sort", "name=mine&limit=2&marker=m&is-red=1"),
        ("is-red", "name=mine&limit=2&marker=m&sort_key=name&sort_dir=asc"),
    ],
)
def test_a_part_of_the_query_is_ignored(found, what, left):
    breakage = found[f"list/{what}#ignored"]
    assert breakage.kind == "list"
    assert breakage.cases == (f"{LIST.id}/list/{what}",)
    turn = Turn("/v2.1/widgets?" + "&".join(f"{name}={value}" for name, value in QUERY))
    assert breakage.where.matches(turn.request, None)
    assert breakage.instead(turn)[1]
    assert turn.upstream.seen[0] == f"/v2.1/widgets?{left}"


def test_an_ignored_part_of_the_query_without_which_the_answer_is_the_same_breaks_nothing():
    """Two elements are in the order of any key half of the time."""
    turn = Turn("/v2.1/widgets?sort_key=id", b'{"widgets": [1, 2]}')
    reply, touched = WithoutQuery(Named("sort_key"))(turn)
    assert (reply.json, touched) == ({"widgets": [1, 2]}, False)
    assert "the same answer" in turn.memory.impossible


def test_what_does_not_ask_for_it_is_left_alone(found):
    for what in ("limit", "marker", "sort_key", "is-red"):
        assert not found[f"list/{what}#ignored"].where.matches(Request("GET", "/v2.1/widgets?name=mine"), None)
    plain = case(LIST, "normal/200", Accepted((200,)), accepted=True)
    assert not found["list/limit#ignored"].where.covers(plain.trial, TOP)


def test_a_trial_that_asks_several_times_may_meet_it():
    one = case(LIST, "list/limit", Accepted((200,)), accepted=True)
    assert broken(one)["list/limit#ignored"].cases == ()  # nothing says that it asks for a limit
    exchange = Paged(Listing("limit", "limit", ("widgets",)))
    several = replace(one, trial=replace(one.trial, exchange=exchange))
    assert broken(several)["list/limit#ignored"].cases == (one.id,)


def test_one_more_than_the_limit(found):
    turn = Turn("/v2.1/widgets?limit=2")
    assert found["list/limit#one-more"].instead == OneMore(Named("limit"))
    assert found["list/limit#one-more"].instead(turn)[1]
    assert turn.upstream.seen == ["/v2.1/widgets?limit=3"]
    assert not OneMore(Named("limit"))(Turn("/v2.1/widgets?limit=many"))[1]


def test_another_order_and_no_element(found):
    body = b'{"widgets": [1, 2, 3], "links": []}'
    assert found["list/sort_key#reversed"].after == Elements("reversed")
    assert Elements("reversed")(Turn("/"), Reply(200, (), body)).json == {"widgets": [3, 2, 1], "links": []}
    assert found["list/is-red#empty"].after == Elements("empty")
    assert Elements("empty")(Turn("/"), Reply(200, (), body)).json["widgets"] == []
    assert Elements("empty")(Turn("/"), Reply(200, (), b'{"widgets": []}')) is None
    inside = b'{"links": [1], "shelf": {"id": "s", "links": [], "widgets": [1, 2]}}'
    shelf = {"id": "s", "links": [], "widgets": [2, 1]}
    assert Elements("reversed")(Turn("/"), Reply(200, (), inside)).json == {"links": [1], "shelf": shelf}


@pytest.mark.parametrize(("contrast", "directions"), [("name", BOTH), ("name", ("asc",)), (None, BOTH)])
def test_a_cloud_that_ignores_the_key_by_which_a_list_comes_anyway_breaks_nothing(contrast, directions):
    one = case(LIST, "list/sort_key", Sorted("made", directions), accepted=True, query=QUERY)
    exchange = Paged(Listing("sort", "sort_key", ("widgets",), key="made", contrast=contrast))
    found = broken(replace(one, trial=replace(one.trial, exchange=exchange)))
    assert ("list/sort_key#ignored" in found) == (contrast is None or directions != BOTH)
    assert "list/sort_key#reversed" in found


def test_refused(found):
    assert found["list/marker#refused-400"].instead == Answer(400)
    assert found["list/is-red#500"].instead == Answer(500)


def test_nothing_is_stripped_from_a_request_that_has_several_of_a_name():
    turn = Turn("/v2.1/widgets?tag=a&limit=1&tag=b")
    WithoutQuery(Named("limit"))(turn)
    assert turn.upstream.seen[0] == "/v2.1/widgets?tag=a&tag=b"


def test_chosen_fields_are_ignored_or_one_of_them_is_missing():
    only = OnlyChosen("fields", ("widgets", "[]"), ("id", "name"))
    found = broken(case(LIST, "list/fields", only, accepted=True, query=(("fields", "id"), ("fields", "name"))))
    assert {mutation.partition("#")[2] for mutation in found} == {"ignored", "missing", "refused-400", "500"}
    assert found["list/fields#missing"].after == Field(("widgets", "[]", "id"), "drop")
    turn = Turn("/v2.1/widgets?fields=id&fields=name&limit=1")
    assert found["list/fields#ignored"].instead(turn)[1]
    assert turn.upstream.seen[0] == "/v2.1/widgets?limit=1"
