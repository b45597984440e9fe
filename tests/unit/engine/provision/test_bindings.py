"""Values that only the cloud gives: found, shown by the resource under test, made, attached, or made up."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace

import pytest
from widgets import action, driving, row
from workshop import EVERY, KNOWN, PROFILE, opened

from conformance.engine.api.given import Attachment, GivenKind, MadeUp, ShownValue
from conformance.engine.cloud.candidates import Attribute, Candidates, Lookup, Other
from conformance.engine.cloud.fields import Condition
from conformance.engine.cloud.roles import Role
from conformance.engine.model.binding import ADDRESS, Binding
from conformance.engine.provision.bindings import Bindings
from conformance.engine.provision.errors import NeedsNewResource, Unavailable

SIZES = Candidates(
    (Lookup("/sizes", "sizes"),),
    attributes={"teeth": Attribute(("teeth",), number=True)},
    order=("teeth",),
    empty="there is no size",
    other=Other(at_least=("teeth",), missing="there is no size beside {first}"),
    in_use={"size": "id"},
)
RACKS = Candidates(
    (Lookup("/racks", "racks", where=(Condition("up", filled=True),)),),
    id=Attribute(("rack",)),
    name=Attribute(("rack",)),
    unfit="there is no second rack",
    empty="there is no rack",
    role=Role.ADMIN,
    why_role="racks are shown to administrators only",
    in_use={"rack": "name"},
    spare=True,
)
KINDS = {
    "server": GivenKind(
        shown_values={
            "hand": ShownValue(
                ("at", "place"),
                within="hands.*",
                where=(Condition("side", none_of=("left",)),),
                can_be_lost=True,
                missing="the server has no free hand",
            )
        }
    ),
    "ticket": GivenKind(made_up=MadeUp("t-{uuid}")),
    "loan": GivenKind(made_up=MadeUp("{token}", "a loan is given by the bank")),
}


@pytest.fixture
def shop(tmp_path):
    profile = replace(PROFILE, discovery={"size": SIZES, "rack": RACKS})
    service = replace(KNOWN, kinds=KINDS, profile=profile, password_form="Pw-{token}")
    there = opened(tmp_path, service=service)
    there[0].does |= {
        "GET /sizes": (200, {"sizes": [{"id": "big", "teeth": 9}, {"id": "small", "teeth": 3}]}),
        "GET /racks": (200, {"racks": [{"rack": "r-0"}, {"rack": "r-1", "up": 1}, {"rack": "r-2", "up": 1}]}),
    }
    there[1].subject.reach("IDLE")
    return there


def shows(shop, **fields):
    """Let the server show some fields."""
    shop[0].things["/servers"]["server-1"] |= fields
    shop[1].subject.refresh()


def given(shop, resource, attribute="id", relation="any", must_work=True):
    return shop[1].subject.bindings.filled(Binding(resource, attribute, relation), must_work)


def test_what_the_cloud_has_is_the_smallest_and_another_one_is_not_in_use(shop):
    assert given(shop, "size") == "small"
    assert given(shop, "size", "teeth") == 3
    assert given(shop, "size", relation="other") == "big"
    shows(shop, size="big")
    with pytest.raises(NeedsNewResource):
        given(shop, "size", relation="other")
    assert given(shop, "size", relation="other", must_work=False) == "small"


def test_in_a_sandbox_a_resource_goes_on_to_a_still_larger_thing_instead_of_being_replaced(tmp_path):
    shop = opened(tmp_path, service=replace(KNOWN, profile=replace(PROFILE, discovery={"size": SIZES})), sandbox=True)
    shop[1].subject.reach("IDLE")
    teeth = {"small": 3, "flat": 4, "big": 9, "huge": 12}
    shop[0].does["GET /sizes"] = 200, {"sizes": [{"id": name, "teeth": number} for name, number in teeth.items()]}
    assert given(shop, "size", relation="other") == "flat"
    shows(shop, size="big")
    assert given(shop, "size", relation="other") == "huge"
    shows(shop, size="huge")
    with pytest.raises(NeedsNewResource):
        given(shop, "size", relation="other")


def test_the_one_in_use_is_taken_by_its_own_relation_alone(shop):
    assert given(shop, "rack", "name") == "r-1"
    shows(shop, rack="r-1")
    assert [given(shop, "rack", "name", relation) for relation in ("own", "any", "other")] == ["r-1", "r-2", "r-2"]
    assert {ask.role for ask in shop[0].asked if ask.path == "/racks"} == {Role.ADMIN}
    shop[0].does["GET /racks"] = 200, {"racks": [{"rack": "r-1", "up": 1}]}
    with pytest.raises(Unavailable, match="there is no second rack"):
        given(shop, "rack", "name", "other")


def test_an_element_may_be_named_by_its_address(shop):
    shop[0].url = "https://cloud.example/v1"
    filled = shop[1].subject.bindings.filled
    assert filled(Binding("/gears", ADDRESS)) == f"https://cloud.example/v1/gears/{filled(Binding('/gears'))}"


def test_a_null_is_nothing_in_use(shop):
    shows(shop, rack=None)
    assert given(shop, "rack", "name", "own") == "r-1"


def test_what_only_an_administrator_sees_is_lacking_without_one(tmp_path):
    profile = replace(PROFILE, discovery={"rack": RACKS})
    shop = opened(tmp_path, service=replace(KNOWN, profile=profile), roles=("member",))
    with pytest.raises(Unavailable, match="racks are shown to administrators only, and no such role was given") as lack:
        given(shop, "rack", "name")
    assert lack.value.optional
    assert shop[0].asked == []


def test_the_resource_under_test_gives_its_own_fields(shop):
    shows(shop, name="n")
    assert (given(shop, "server"), given(shop, "server", "name")) == ("server-1", "n")
    with pytest.raises(Unavailable, match="the server shows no weight"):
        given(shop, "server", "weight")


def test_a_value_that_it_shows_somewhere_is_looked_for_by_the_description(shop):
    shows(shop, hands={"a": {"side": "left", "at": 1}, "b": {"place": 2}})
    assert given(shop, "server", "hand") == 2
    shop[1].subject.bindings.used([Binding("server", "hand")], accepted=False)
    assert not shop[1].subject.must_replace
    shop[1].subject.bindings.used([Binding("server", "hand")], accepted=True)
    assert shop[1].subject.must_replace, "it may be lost"


def test_what_it_does_not_show_needs_another_one_where_the_request_must_work(shop):
    with pytest.raises(NeedsNewResource):
        given(shop, "server", "hand")
    with pytest.raises(Unavailable, match="the server has no free hand"):
        given(shop, "server", "hand", must_work=False)


def test_what_is_made_up_has_its_form_and_may_be_of_use_in_a_sandbox_alone(shop):
    first, second = given(shop, "ticket"), given(shop, "ticket")
    assert first != second
    assert (first[:2], len(first)) == ("t-", 38)
    assert given(shop, "password", "value", "new").startswith("Pw-")
    with pytest.raises(Unavailable, match="a loan is given by the bank"):
        given(shop, "loan")


def test_the_token_is_that_of_the_member(shop):
    assert given(shop, "token") == "token of member"
    assert given(shop, "token", "id", "fresh") == "another token of member"


def test_credentials_that_are_a_token_alone_give_no_second_one(shop):
    shop[0].issues = False
    with pytest.raises(Unavailable, match="the member was given as a token alone, which gives no second one"):
        given(shop, "token", "id", "fresh")


def test_headers_are_filled_as_texts(shop):
    asked = (("X-Token", Binding("token")), ("X-Count", 3))
    assert shop[1].subject.bindings.headers(asked) == (("X-Token", "token of member"), ("X-Count", "3"))


def test_a_project_that_nothing_shows_is_unavailable(tmp_path):
    shop = opened(tmp_path, service=replace(KNOWN, project_id=None))
    with pytest.raises(Unavailable, match="no token and no resource shows the id of the project"):
        given(shop, "project")


def test_what_nothing_makes_cannot_be_had(shop):
    with pytest.raises(Unavailable, match="this suite cannot make a wheel"):
        given(shop, "wheel", relation="free")


@pytest.mark.parametrize(("background", "furnished"), [(True, {"/servers/server-1/action"}), (False, set())])
def test_a_thing_is_attached_by_the_attribute_that_the_description_names(tmp_path, background, furnished):
    hold = action("hold", row("serial", required=True), path="/servers/{server_id}/action")
    attach = {"wheel": Attachment(hold.id, "serial", "number", background)}
    service = driving(KNOWN, attached_by=attach)
    wheel = SimpleNamespace(id="w-1", name="n", kind="wheel", body={"number": "7"})
    shop = opened(tmp_path, *EVERY, hold, service=service, factories={"wheel": lambda **_: wheel})
    shop[1].subject.reach("IDLE")
    assert [given(shop, "wheel", "id", "attached") for _ in range(2)] == ["w-1", "w-1"]
    asked = [ask for ask in shop[0].asked if ask.method == "POST"]
    assert [ask.body for ask in asked] == [{"hold": {"serial": "7"}}]
    assert shop[1].subject.furnished == furnished


@pytest.mark.parametrize(("background", "made"), [(False, 1), (True, 2)])
def test_a_thing_that_was_detached_is_used_again_unless_that_takes_a_while(tmp_path, background, made):
    hold = action("hold", row("serial", required=True), path="/servers/{server_id}/action")
    service = driving(KNOWN, attached_by={"wheel": Attachment(hold.id, "serial", "number", background)})
    wheels = []

    def make(**_):
        wheels.append(SimpleNamespace(id=f"w-{len(wheels)}", name="n", kind="wheel", body={"number": "7"}))
        return wheels[-1]

    shop = opened(tmp_path, *EVERY, hold, service=service, factories={"wheel": make})
    shop[1].subject.reach("IDLE")
    given(shop, "wheel", "id", "attached")
    shop[1].subject.bindings.used([Binding("wheel", "id", "attached")], accepted=False)
    given(shop, "wheel", "id", "attached")
    assert len(wheels) == 1, "a refused request detaches nothing"
    shop[1].subject.bindings.used([Binding("wheel", "id", "attached")], accepted=True)
    given(shop, "wheel", "id", "attached")
    assert len(wheels) == made


def test_a_thing_is_taken_away_by_the_operation_that_the_description_names(tmp_path):
    path = "/servers/{server_id}/action"
    hold, drop = (action(name, row("serial", required=True), path=path) for name in ("hold", "drop"))
    wheel = SimpleNamespace(id="w-1", name="n", kind="wheel", body={"number": "7"})
    for named, detached in ((drop.id, True), ("", False), ("widgets.unknown", False)):
        service = driving(KNOWN, attached_by={"wheel": Attachment(hold.id, "serial", "number", detach=named)})
        shop = opened(tmp_path, *EVERY, hold, drop, service=service, factories={"wheel": lambda **_: wheel})
        bindings = shop[1].subject.bindings
        shop[1].subject.reach("IDLE")
        given(shop, "wheel", "id", "attached")
        assert bindings.detach("wheel") == detached
        assert ({"drop": {"serial": "7"}} in [ask.body for ask in shop[0].asked]) == detached
        assert ("wheel" in bindings.attached) == (not detached)
        assert given(shop, "wheel", "id", "free") == "w-1"
    shop = opened(tmp_path, *EVERY, hold, drop, service=driving(KNOWN, attached_by=service.under_test.attached_by))
    shop[0].does["POST action"] = 409
    shop[1].subject.bindings.attached["wheel"] = wheel
    assert not shop[1].subject.bindings.detach("wheel")


def test_an_unused_thing_goes_to_the_next_lane_and_a_used_one_does_not(tmp_path):
    wheels = []

    def make(**_):
        wheels.append(SimpleNamespace(id=f"w-{len(wheels)}", name="n", kind="wheel", body={}))
        return wheels[-1]

    shop = opened(
        tmp_path, service=driving(KNOWN, attached_by={"wheel": Attachment("x", "y")}), factories={"wheel": make}
    )
    one, other = (Bindings(shop[1].context, shop[1].subject) for _ in range(2))
    assert one.filled(Binding("wheel", "id", "free")) == "w-0"
    assert one.give_up() == []
    assert other.filled(Binding("wheel", "id", "free")) == "w-0"
    other.used([Binding("wheel", "id", "free")], accepted=True)
    assert [made.id for made in other.give_up()] == ["w-0"]
    assert one.filled(Binding("wheel", "id", "free")) == "w-1"


def test_a_spare_thing_is_looked_for_anew_only_where_the_request_must_work(shop):
    looks = [given(shop, "rack", must_work=must) for must in (True, False, False, True)]
    assert len(set(looks)) == 1
    assert [text for text in shop[0].said if text.startswith("GET /racks")] == ["GET /racks as admin"] * 2


def test_a_spare_thing_is_looked_for_anew_after_an_accepted_request_and_for_a_new_server(shop):
    bindings = shop[1].subject.bindings
    for change in (lambda: bindings.used((), True), bindings.new_resource, lambda: bindings.used((), False)):
        given(shop, "rack", must_work=False)
        change()
    given(shop, "rack", must_work=False)
    assert [text for text in shop[0].said if text.startswith("GET /racks")] == ["GET /racks as admin"] * 3
