"""The client writes down the ids of things that its requests make, and sends none that a path cannot hold."""

from dataclasses import replace
from urllib.parse import quote, unquote

import pytest
from fake_cloud import own_server

from conformance.engine.cloud.errors import GuardRefusal, RoleMissing, UnsafePath
from conformance.engine.cloud.exchange import Ask
from conformance.engine.cloud.journal import Journal
from conformance.engine.cloud.roles import Role


def test_what_is_created_is_in_the_journal(fake, cloud):
    fake.routes["POST", "/v2.1/servers"] = (202, {"server": {"id": "s-1", "adminPass": "kXw29dSSdf2"}})
    intent = cloud.journal.intend("server", "n")
    answer = cloud.send(Ask("POST", "/servers", body={"server": {}}, intent=intent))
    assert cloud.journal.entries()[0].left == (("s-1", "/servers/s-1"),)
    assert answer.json["server"]["adminPass"] == "kXw29dSSdf2"
    assert answer.exchange.response.body["server"]["adminPass"] == "***"
    cloud.send(Ask("DELETE", "/servers/s-1"))
    with pytest.raises(GuardRefusal, match="was used before"):
        cloud.send(Ask("POST", "/servers", body={"server": {}}, intent=intent))


def test_a_thing_with_a_chosen_name_is_made_although_the_path_names_it(fake, cloud):
    cloud.guard.allow_disruptive = True
    intent = cloud.journal.intend("server", "conf-n")
    fake.routes["PUT", "/v2.1/servers/conf-n"] = (201, {"server": {"id": "conf-n"}})
    cloud.send(Ask("PUT", "/servers/conf-n", body={}, intent=intent))
    (entry,) = cloud.journal.entries()
    assert (entry.ids, entry.settled) == (("conf-n",), False)


def test_an_answer_that_shows_a_thing_of_the_path_says_that_something_was_joined_to_it(fake, cloud):
    made, joined = cloud.journal.intend("server", "n"), cloud.journal.intend("volumes", "")
    cloud.journal.made(made, "s-1", "/servers/s-1")
    fake.routes["POST", "/v2.1/servers/s-1/volumes"] = (201, {"volumes": {"id": "s-1"}})
    cloud.send(Ask("POST", "/servers/s-1/volumes", body={}, intent=joined))
    left = {entry.intent.key: (entry.left, entry.settled) for entry in cloud.journal.entries()}
    assert left == {made.key: ((("s-1", "/servers/s-1"),), False), joined.key: ((), True)}


@pytest.mark.parametrize(
    ("status", "settled"), [(400, True), (403, True), (409, True), (500, False), (504, False), (202, False)]
)
def test_what_was_refused_is_settled_and_what_is_not_known_is_not(fake, cloud, status, settled):
    fake.routes["POST", "/v2.1/servers"] = (status, {})
    intent = cloud.journal.intend("server", "n")
    cloud.send(Ask("POST", "/servers", body={}, intent=intent))
    assert cloud.journal.entries()[0].settled is settled


@pytest.mark.parametrize(
    ("status", "location", "left"),
    [
        (
            500,
            "servers/5a5c0d9f-4b5f-4a0e-8a37-0a2b1b1c7f10",
            (("5a5c0d9f-4b5f-4a0e-8a37-0a2b1b1c7f10", "/servers/5a5c0d9f-4b5f-4a0e-8a37-0a2b1b1c7f10"),),
        ),
        (500, "jobs/5a5c0d9f-4b5f-4a0e-8a37-0a2b1b1c7f10", ()),
        (500, "servers", ()),
        (409, "servers/5a5c0d9f-4b5f-4a0e-8a37-0a2b1b1c7f10", ()),
    ],
)
def test_a_service_that_fails_may_name_what_it_has_made_before(fake, cloud, status, location, left):
    location = f"http://cloud.invalid/compute/v2.1/{location}"
    fake.routes["POST", "/v2.1/servers"] = (status, {"fault": {"code": status}}, {"Location": location})
    intent = cloud.journal.intend("server", "")
    cloud.send(Ask("POST", "/servers", body={}, intent=intent))
    assert cloud.journal.entries()[0].left == left


@pytest.mark.parametrize(("said", "settled"), [("There is no such depot.", True), ("It burns.", False)])
def test_a_part_that_the_cloud_lacks_has_made_nothing(fake, cloud, said, settled):
    cloud.profile = replace(cloud.profile, missing_parts=("no such depot",))
    fake.routes["POST", "/v2.1/servers"] = (500, {"fault": {"code": 500, "message": said}})
    intent = cloud.journal.intend("server", "n")
    cloud.send(Ask("POST", "/servers", body={}, intent=intent))
    assert cloud.journal.entries()[0].settled is settled


@pytest.mark.parametrize(
    ("path", "role", "error"), [("/flavors", Role.ADMIN, GuardRefusal), ("/servers", Role.READER, RoleMissing)]
)
def test_of_what_was_not_asked_for_nothing_is_left_to_look_for(fake, cloud, path, role, error):
    intent = cloud.journal.intend("thing", "x", role=role)
    with pytest.raises(error):
        cloud.send(Ask("POST", path, role, body={}, intent=intent))
    assert fake.asked == []
    (entry,) = cloud.journal.entries()
    assert entry.settled


@pytest.mark.parametrize(
    "answer",
    [
        (202, None, {"Location": "http://images.invalid/v2/images/5a5c0d9f-4b5f-4a0e-8a37-0a2b1b1c7f10"}),
        (202, {"image_id": "5a5c0d9f-4b5f-4a0e-8a37-0a2b1b1c7f10"}),
    ],
)
def test_what_an_action_makes_on_the_side_is_in_the_journal(fake, cloud, answer):
    own = own_server(cloud)
    fake.routes["POST", f"/v2.1/servers/{own}/action"] = answer
    name = cloud.journal.rand_name("image")
    cloud.send(Ask("POST", f"/servers/{own}/action", body={"createImage": {"name": name}}, expect_created="image"))
    entry = cloud.journal.entries()[-1]
    assert (entry.intent.kind, entry.intent.name) == ("image", name)
    assert entry.paths == ("/images/5a5c0d9f-4b5f-4a0e-8a37-0a2b1b1c7f10",)


@pytest.mark.parametrize("kind", ["gears", "racks/gears"])
def test_what_is_made_beside_its_collection_is_found_where_that_is(fake, cloud, kind):
    """It is removed there: DELETE of ``/gears/adopt/G`` is answered 404, as if it were gone."""
    fake.routes["POST", f"/v2.1/{kind}/adopt"] = (202, {"gear": {"id": "g-1"}})
    cloud.guard.all_own = cloud.guard.allow_disruptive = True
    intent = cloud.journal.intend(cloud.profile.kind_at(f"/{kind}").name, "")
    cloud.send(Ask("POST", f"/{kind}/adopt", body={"gear": {}}, intent=intent))
    assert cloud.journal.entries()[0].paths == (f"/{kind}/g-1",)


@pytest.mark.parametrize(
    ("kind", "name", "looks"),
    [("floating_ip", "{prefix}-f", True), ("volume", "{prefix}-v", False), ("volume", "", True), ("thing", "", False)],
)
def test_what_is_there_before_one_is_made_that_no_name_can_find(fake, cloud, kind, name, looks):
    """A lost answer leaves nothing else by which it could be known. It is on disk before the request goes out."""
    intent = cloud.journal.intend(kind, name.format(prefix=cloud.prefix))
    path = cloud.profile.kinds[kind].collection if kind in cloud.profile.kinds else "/servers"
    key = cloud.profile.kind(kind).listing.key
    fake.routes["GET", f"/v2.1{path}"] = (200, {key: [{"id": 1}, {"id": 2}]})
    held = []

    def lost(asked):
        held.append(Journal.read(cloud.journal.path)[0].before)

    fake.routes["POST", f"/v2.1{path}"] = lost
    cloud.send(Ask("POST", path, body={}, intent=intent))
    assert [before and before.ids for before in held] == [frozenset({"1", "2"}) if looks else None]


def test_several_servers_of_one_request(fake, cloud):
    fake.routes["POST", "/v2.1/servers"] = (202, {"reservation_id": "r-1"})
    fake.routes["GET", "/v2.1/servers"] = (200, {"servers": [{"id": "s-1"}, {"id": "s-2"}]})
    intent = cloud.journal.intend("server", "n")
    cloud.send(Ask("POST", "/servers", body={}, intent=intent))
    assert fake.asked[-1].query == {"reservation_id": "r-1"}
    assert cloud.journal.entries()[0].ids == ("s-1", "s-2")


UNSENDABLE = [
    "../../v2.1/servers",
    "a/b",
    "..",
    "a\r\nX-Injected: yes",
    "a\0b",
    "<script>",
    "a\ud800b",
    "a\\b",
    "\x7f",
    "",
]


@pytest.mark.parametrize("id_", UNSENDABLE)
def test_an_id_that_no_request_can_hold_is_not_taken_and_what_was_made_is_looked_for(fake, cloud, id_):
    fake.routes["POST", "/v2.1/servers"] = (202, {"server": {"id": id_}})
    intent = cloud.journal.intend("server", f"{cloud.prefix}-server-1")
    cloud.send(Ask("POST", "/servers", body={"server": {}}, intent=intent))
    (entry,) = cloud.journal.entries()
    assert (entry.ids, entry.settled) == ((), False)


@pytest.mark.parametrize("id_", UNSENDABLE)
@pytest.mark.parametrize("method", ["GET", "DELETE"])
def test_an_id_that_no_request_can_hold_is_never_sent(fake, cloud, method, id_):
    part = quote(id_.encode("utf-8", "surrogatepass"), safe="")
    with pytest.raises(UnsafePath, match="can be read as that of another resource"):
        cloud.send(Ask(method, f"/servers/{part}/ips"))
    assert fake.asked == []


def test_ids_that_a_path_can_hold_are_sent_as_they_are(fake, cloud):
    for id_ in ("é (1)", "a:b~c", "100%"):
        assert cloud.get(f"/servers/{quote(id_, safe='')}").status == 404
        assert unquote(fake.asked[-1].path) == f"/v2.1/servers/{id_}"


def test_an_id_of_which_a_get_says_that_it_names_nothing_may_be_sent(fake, cloud):
    """The fault must quote the id: a route that is not there answers 404 as well."""
    nothing = {"itemNotFound": {"code": 404, "message": "Instance not-a-uuid could not be found."}}
    fake.routes["GET", "/v2.1/servers/not-a-uuid"] = (404, nothing)
    assert cloud.send(Ask("DELETE", "/servers/not-a-uuid")).status == 404
    assert [one.path for one in fake.changes] == ["/v2.1/servers/not-a-uuid"]
    with pytest.raises(GuardRefusal, match="--allow-disruptive would let it"):
        cloud.send(Ask("DELETE", "/servers/987654321"))
    fake.routes["GET", "/v2.1/servers/987654321"] = (200, {"server": {"id": "987654321"}})
    with pytest.raises(GuardRefusal):
        cloud.send(Ask("DELETE", "/servers/987654321"))


def test_what_only_an_administrator_sees_is_not_nothing(fake, cloud):
    nothing = {"itemNotFound": {"code": 404, "message": "Instance somebodys could not be found."}}
    shown = {"server": {"id": "somebodys"}}
    fake.routes["GET", "/v2.1/servers/somebodys"] = lambda asked: (
        (200, shown) if asked.token.startswith("admin") else (404, nothing)
    )
    with pytest.raises(GuardRefusal):
        cloud.send(Ask("DELETE", "/servers/somebodys"))
    assert fake.changes == []
