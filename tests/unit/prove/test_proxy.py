"""The proxy in front of a small cloud breaks the answers that it should, and leaves all others alone."""

from dataclasses import replace
from types import SimpleNamespace

import pytest
import requests
from small_nova import ID, OTHER, TOKENS, broken, spin

from conformance.engine.cloud.kinds import Kind
from conformance.engine.cloud.made import Made
from conformance.engine.cloud.roles import Role
from conformance.prove.after import Code, ErrorShape, Field, Header
from conformance.prove.instead import Answer, DoneAndRefused, ForwardAs
from conformance.prove.proxy import Proxy
from conformance.prove.stock import Lending
from conformance.prove.where import NO_RESOURCE, Holds
from specs.microversion import Microversion, VersionRange


def test_left_alone_it_adds_nothing(proxy, ask):
    reply = ask()
    assert reply.status_code == 202
    assert reply.json()["server"]["id"] == ID
    assert reply.headers["Location"].startswith(proxy.url.removesuffix("/v2.1"))
    assert ask.get(f"/servers/{ID}").json()["server"]["status"] == "ACTIVE"
    assert proxy.touched == 0


def test_a_token_that_the_cloud_has_come_to_refuse_is_replaced_for_all_that_follows(nova):
    asked = []

    def renewed(role, refused):
        asked.append((role, refused))
        return "m"

    old = {**TOKENS, "member": "ended"}
    with Proxy(f"http://127.0.0.1:{nova.server_address[1]}/v2.1", old, renewed) as proxy:
        for token, status in (("ended", 202), ("ended", 202), ("made up", 401)):
            assert spin(proxy, token) == status
        proxy.break_(broken(instead=ForwardAs("member"), roles=frozenset({"reader"})))
        assert spin(proxy, "r") == 202
    assert asked == [("member", "ended")]


def test_a_refusal_of_a_new_token_is_the_answer(nova):
    with Proxy(f"http://127.0.0.1:{nova.server_address[1]}/v2.1", {"member": "x"}, lambda *_: "y") as proxy:
        assert spin(proxy, "x") == 401
    assert [token for token, _, _ in nova.seen] == ["x", "y"]


def test_a_connection_is_kept(proxy, ask):
    assert ask().raw.version == 11
    assert all(ask().status_code == 202 for _ in range(5))


def test_only_what_is_meant_is_broken(proxy, ask):
    proxy.break_(broken(Answer(409)))
    assert ask().status_code == 409
    said = {"code": 409, "message": "refused on purpose", "title": "conflictingRequest"}
    assert ask().json() == {"conflictingRequest": said}
    assert ask("turn").status_code == 202
    assert proxy.touched == 2
    proxy.break_(None)
    assert ask().status_code == 202


@pytest.mark.parametrize(
    ("where", "said", "hit"),
    [
        ({"roles": frozenset({"member"})}, {}, True),
        ({"roles": frozenset({"admin"})}, {}, False),
        ({"roles": frozenset({"no-token"})}, {"token": None}, True),
        ({"roles": frozenset({"bad-token"})}, {"token": "what"}, True),
        ({"roles": frozenset({"alt"})}, {"token": "o"}, True),
        ({"states": frozenset({"ACTIVE"})}, {}, True),
        ({"states": frozenset({"SHUTOFF"})}, {}, False),
        ({"states": frozenset({NO_RESOURCE})}, {"id_": OTHER}, True),
        ({"locked": True}, {}, False),
        ({"locked": False}, {}, True),
        ({"versions": VersionRange(Microversion(2, 10), Microversion(2, 10))}, {}, True),
        ({"versions": VersionRange(Microversion(2, 11), None)}, {}, False),
        ({"body": Holds(("spin", "x"), "", lambda v: v == 1)}, {"value": {"x": 1}}, True),
        ({"body": Holds(("spin", "x"), "", lambda v: v == 1)}, {"value": {"x": 2}}, False),
        ({"body": Holds(("spin", "x"), "", lambda v: not v)}, {"value": {}}, True),
    ],
)
def test_where_it_is_broken(proxy, ask, where, said, hit):
    proxy.break_(broken(Answer(418), **where))
    assert (ask(**said).status_code == 418) is hit
    assert proxy.touched == hit


def test_an_answer_is_changed_only_if_it_is_of_the_kind_that_is_meant(proxy, ask):
    proxy.break_(broken(after=Code(200), answered="accepted"))
    assert ask().status_code == 200
    assert ask(token="r").status_code == 403
    proxy.break_(broken(after=Code(404), answered="refused"))
    assert ask().status_code == 202
    assert ask(token="r").json()["forbidden"]["code"] == 404


@pytest.mark.parametrize(
    ("edit", "value", "expected"),
    [
        ("drop", None, {"id": ID}),
        ("rename", None, {"id": ID, "tags_": []}),
        ("null", None, {"id": ID, "tags": None}),
        ("retype", None, {"id": ID, "tags": "text"}),
        ("set", 5, {"id": ID, "tags": 5}),
    ],
)
def test_fields(proxy, ask, edit, value, expected):
    proxy.break_(broken(after=Field(("server", "tags"), edit, value)))
    assert ask().json()["server"] == expected


def test_a_field_that_is_not_there_is_not_touched(proxy, ask):
    proxy.break_(broken(after=Field(("server", "nothing"), "drop")))
    ask()
    assert proxy.touched == 0


def test_headers(proxy, ask):
    proxy.break_(broken(after=Header("x-count")))
    assert "X-Count" not in ask().headers
    proxy.break_(broken(after=Header("X-Count", "2")))
    assert ask().headers["x-count"] == "2"


@pytest.mark.parametrize("kind", ["html", "empty", "list", "text", "no-message", "other-code"])
def test_bodies_of_errors(proxy, ask, kind):
    before = ask(token="r").text
    proxy.break_(broken(after=ErrorShape(kind)))
    after = ask(token="r")
    assert (after.status_code, after.text != before) == (403, True)


def test_forwarded_as_another_and_at_another_version(proxy, ask, nova):
    proxy.break_(broken(ForwardAs("admin", Microversion(2, 44))))
    reply = ask(token="r")
    assert reply.status_code == 202
    assert nova.seen[-1][:2] == ("a", "2.44")


def test_what_another_version_refuses_as_well_breaks_nothing(proxy, ask, nova):
    proxy.break_(broken(ForwardAs(version=Microversion(2, 44))))
    assert ask(token="r").status_code == 403
    assert proxy.touched == 0
    assert "refuses the request at 2.44, too" in proxy.impossible


def test_what_a_borrower_makes_bears_the_borrowers_name():
    """By its name a run knows what is its own in a list that others add to."""
    cloud = SimpleNamespace(journal=SimpleNamespace(rand_name="lender-{}".format))
    session = SimpleNamespace(cloud=cloud, context=SimpleNamespace(discovery=None), watch=None)
    names = Lending(None, None, "ACTIVE", None, session, "borrower-{}".format)
    assert names.rand_name("case") == "borrower-case"


@pytest.mark.parametrize("way", ["delete", "drop"])
def test_what_was_lent_is_given_back_and_all_else_is_deleted(way):
    """Servers in a status are most of what a breakage costs: one that is given up is lent again."""
    given, deleted = [], []
    made = Made("server", "s-1", "n", "/servers/s-1", Role.MEMBER, {"status": "ACTIVE"}, None)
    other = replace(made, id="s-2", path="/servers/s-2")
    stock = SimpleNamespace(take=lambda status: made, give=lambda one, changed: given.append((one.id, changed)))
    plain = SimpleNamespace(
        delete=lambda one, wait: deleted.append(one.id), drop=lambda id_, role, kind, view: deleted.append(id_)
    )
    session = SimpleNamespace(
        cloud=SimpleNamespace(journal=SimpleNamespace()),
        context=SimpleNamespace(discovery=None),
        watch=SimpleNamespace(kind=Kind("server", "/servers")),
    )
    lending = Lending(stock, SimpleNamespace(changed={"s-9"}), "ACTIVE", plain, session, str)
    lending.make("server", microversion="2.1")
    for one in (made, other):
        lending.delete(one) if way == "delete" else lending.drop(one.id, one.role)
    assert (given, deleted) == ([("s-1", {"s-9"})], ["s-2"])


def test_done_and_refused(proxy, ask, nova):
    proxy.break_(broken(DoneAndRefused("member", 404)))
    assert ask(token="o").status_code == 404
    assert nova.seen[-1][0] == "m"


def test_what_is_refused_to_the_owner_is_done_as_administrator(proxy, ask, nova):
    proxy.break_(broken(DoneAndRefused("reader", 404)))
    assert ask().status_code == 404
    assert [token for token, _, _ in nova.seen] == ["r", "a"]
    assert proxy.touched == 1


def test_what_cannot_be_done_is_refused_by_the_cloud(proxy, ask, nova):
    proxy.upstream.tokens["admin"] = "nobody"
    proxy.break_(broken(DoneAndRefused("reader", 404)))
    assert ask(token="o").status_code == 403
    assert proxy.touched == 0
    assert "to every role" in proxy.impossible
    proxy.break_(None)
    assert proxy.impossible is None


def test_a_cloud_that_does_not_answer(nova):
    with Proxy("http://127.0.0.1:9/v2.1", TOKENS) as proxy:
        assert requests.get(proxy.url, timeout=5).status_code == 502
