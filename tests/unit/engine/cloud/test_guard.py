"""The guard refuses everything foreign: what may pass is listed here, and a search finds nothing else that does."""

import json
import uuid

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from conformance.engine.api.load import load_service
from conformance.engine.cloud.errors import GuardRefusal
from conformance.engine.cloud.exchange import Ask
from conformance.engine.cloud.guard import Guard
from conformance.engine.cloud.journal import Journal
from conformance.engine.cloud.profile import GuardRules
from conformance.engine.cloud.roles import BAD_TOKEN, NO_TOKEN, Role

FOREIGN = str(uuid.uuid4())
RULES = load_service("compute").profile.guard


class World:
    def __init__(self, path):
        self.journal = Journal(path / "journal.jsonl", prefix="conformance-0a1b2c3d")
        self.server = self.make("server", "/servers")
        self.volume = self.make("volume", "/os-volumes")
        self.port = self.make("port", "/ports")
        self.address = "10.1.2.3"
        self.journal.made(self.journal.intend("floating_ip", "x"), "17", "/os-floating-ips/17", alias=(self.address,))
        self.unknown = str(uuid.uuid4())
        self.refusing = {NO_TOKEN, BAD_TOKEN}
        self.guard = Guard(self.journal, RULES, anonymous_refused=lambda sender, path: sender in self.refusing)
        self.guard.seen_unknown(self.unknown)

    def make(self, kind, path):
        id_ = str(uuid.uuid4())
        self.journal.made(self.journal.intend(kind, id_), id_, f"{path}/{id_}")
        return id_

    def passes(self, method, path, body=None, guard=None, **more):
        path = path.format(own=self.server, volume=self.volume, unknown=self.unknown, foreign=FOREIGN)
        if "raw" not in more and body is not None:
            more["body"] = json.loads(
                json.dumps(body)
                .replace("<volume>", self.volume)
                .replace("<port>", self.port)
                .replace("<unknown>", self.unknown)
                .replace("<foreign>", FOREIGN)
                .replace("<prefix>", self.journal.prefix)
            )
        try:
            (guard or self.guard).check(Ask(method, path, **more))
        except GuardRefusal as refusal:
            said = str(refusal)
        else:
            return True
        assert said.startswith(f"not sent: {method} ")
        assert "\n" not in said
        return False


@pytest.fixture(scope="module")
def world(tmp_path_factory):
    return World(tmp_path_factory.mktemp("run"))


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("GET", "/servers/{foreign}", None),
        ("HEAD", "/servers/{foreign}", None),
        ("DELETE", "/servers/{own}", None),
        ("POST", "/servers/{own}/action", {"pause": None}),
        ("POST", "/servers/{own}/action/", {"pause": None}),
        ("PUT", "/servers/{own}/metadata/some-key", {"meta": {"some-key": "x"}}),
        ("PUT", "/servers/{own}/tags/blue", None),
        ("DELETE", "/servers/{own}/os-interface/{foreign}", None),
        ("POST", "/servers/{own}/migrations/12/action", {"force_complete": None}),
        ("POST", "/servers/{unknown}/action", {"pause": None}),
        ("GET", "/../", None),
        ("GET", "/../v2.1/", None),
        ("DELETE", "/flavors/{unknown}", None),
        ("DELETE", "/servers/{own}/os-volume_attachments/{unknown}", None),
        ("DELETE", "/servers/{own}/os-volume_attachments/{volume}", None),
        ("POST", "/servers/{own}/os-volume_attachments", {"volumeAttachment": {"volumeId": "<volume>"}}),
        ("POST", "/servers/{own}/os-volume_attachments", {"volumeAttachment": {"volumeId": "<unknown>"}}),
        ("POST", "/servers/{own}/os-volume_attachments", {"volumeAttachment": {"volumeId": "not-a-uuid"}}),
        ("POST", "/servers/{own}/os-volume_attachments", {"volumeAttachment": {"volumeId": {"a": 1}}}),
        ("POST", "/servers/{own}/os-volume_attachments", {"volumeAttachment": {"volumeId": None}}),
        ("POST", "/servers/{own}/os-volume_attachments", {"volumeAttachment": {"volumeId": "<prefix>-1"}}),
        ("POST", "/servers/{own}/os-interface", {"interfaceAttachment": {"port_id": "<port>"}}),
        ("POST", "/servers/{own}/os-interface", {"interfaceAttachment": {"net_id": "<foreign>"}}),
        ("POST", "/servers/{own}/action", {"addFloatingIp": {"address": "10.1.2.3"}}),
        ("POST", "/servers/{own}/action", {"addFloatingIp": {"address": "192.0.2.9"}}),
        ("POST", "/servers/{own}/action", {"removeFixedIp": {"address": "10.9.9.9"}}),
        ("POST", "/servers/{own}/action", {"rebuild": {"imageRef": "<foreign>"}}),
        ("POST", "/servers/{own}/action", {"resize": {"flavorRef": "2"}}),
    ],
)
def test_passes(world, method, path, body):
    assert world.passes(method, path, body)


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("DELETE", "/servers/{foreign}", None),
        ("delete", "/servers/{foreign}", None),
        ("POST", "/servers/{foreign}/action", {"pause": None}),
        ("PUT", "/servers/{foreign}", {"server": {"name": "x"}}),
        ("PATCH", "/servers/{foreign}", None),
        ("DELETE", "/servers", None),
        ("PUT", "/servers", None),
        ("POST", "/", None),
        ("POST", "/servers", {"server": {}}),
        ("POST", "/nobody-knows-this", {}),
        ("POST", "/flavors", {"flavor": {}}),
        ("POST", "/os-aggregates", {"aggregate": {}}),
        ("PUT", "/os-services/disable", {"host": "h", "binary": "b"}),
        ("PUT", "/os-quota-sets/{foreign}", {"quota_set": {}}),
        ("POST", "/os-server-external-events", {"events": [{"server_uuid": "<foreign>"}]}),
        ("DELETE", "/servers/{own}/os-volume_attachments/{foreign}", None),
        ("PUT", "/servers/{own}/os-volume_attachments/{volume}", {"volumeAttachment": {"volumeId": "<foreign>"}}),
        ("POST", "/servers/{own}/os-volume_attachments", {"volumeAttachment": {"volumeId": "<foreign>"}}),
        ("POST", "/servers/{own}/os-volume_attachments", {"volumeAttachment": {"volumeId": 17123}}),
        ("POST", "/servers/{own}/os-interface", {"interfaceAttachment": {"port_id": "<foreign>"}}),
        ("POST", "/servers/{own}/action", {"addFloatingIp": {"address": "10.1.2.4"}}),
        ("POST", "/servers/{own}/action", {"removeFloatingIp": {"address": "10.1.2.4"}}),
        ("POST", "/servers/{unknown}/action", {"addFloatingIp": {"address": "10.1.2.4"}}),
        ("DELETE", "/servers/{own}/unheard-of/{foreign}", None),
        # Paths that a server or a proxy could read as another one.
        ("DELETE", "/../servers/{own}", None),
        ("GET", "/../../secrets", None),
        ("GET", "/../v2/../secrets", None),
        ("GET", "/servers/../v2", None),
        ("DELETE", "/servers/{own}/../{foreign}", None),
        ("DELETE", "/servers/{own}/%2e%2e/{foreign}", None),
        ("DELETE", "/servers/{own}%2F..%2F{foreign}", None),
        ("DELETE", "/servers//{foreign}", None),
        ("DELETE", "//servers/{own}", None),
        ("DELETE", "servers/{own}", None),
        ("DELETE", "/servers/{own}?x=1", None),
        ("DELETE", "/servers/{own}#x", None),
        ("DELETE", "/servers/{own}\\..\\{foreign}", None),
        ("DELETE", "/servers/{own}\n", None),
    ],
)
def test_refused(world, method, path, body):
    assert not world.passes(method, path, body)
    assert not world.passes(method, path, body, role=Role.ADMIN)
    # Without a journal nothing is ours at all.
    assert not world.passes(method, path, body, guard=Guard(None, RULES))


def test_creation_needs_an_intent_and_uses_it_up(world):
    intent = world.journal.intend("server", "x")
    assert world.passes("POST", "/servers", {"server": {}}, intent=intent)
    assert not world.passes("POST", "/flavors", {"flavor": {}}, intent=intent)
    assert not world.passes("PUT", "/servers", {"server": {}}, intent=intent)
    world.journal.made(intent, "id-9", "/servers/id-9")
    assert not world.passes("POST", "/servers", {"server": {}}, intent=intent)


@pytest.mark.parametrize(
    "more",
    [
        {"networks": [{"port": "<foreign>"}]},
        {"block_device_mapping_v2": [{"source_type": "volume", "uuid": "<foreign>"}]},
        {"block_device_mapping": [{"volume_id": "<foreign>"}]},
    ],
)
def test_creation_takes_nothing_foreign_along(world, more):
    intent = world.journal.intend("server", "x")
    assert not world.passes("POST", "/servers", {"server": more}, intent=intent)
    own = json.loads(json.dumps(more).replace("<foreign>", "<volume>"))
    assert world.passes("POST", "/servers", {"server": own}, intent=intent)


def test_creation_into_a_foreign_group(world):
    intent = world.journal.intend("server", "x")
    body = {"server": {}, "os:scheduler_hints": {"group": FOREIGN}}
    assert not world.passes("POST", "/servers", body, intent=intent)


@pytest.mark.parametrize("sender", [NO_TOKEN, BAD_TOKEN])
def test_without_a_token_where_the_cloud_was_seen_to_refuse_that(tmp_path, sender):
    world = World(tmp_path)
    assert world.passes("DELETE", "/servers/{foreign}", role=sender)
    world.refusing.clear()
    assert not world.passes("DELETE", "/servers/{foreign}", role=sender)
    assert world.passes("DELETE", "/servers/{own}", role=sender)


@pytest.mark.parametrize("header", ["X-Auth-Token", "x-auth-token", "Authorization", "Cookie", "X-Service-Token"])
def test_no_token_by_the_back_door(world, header):
    assert not world.passes("DELETE", "/servers/{foreign}", role=NO_TOKEN, headers=((header, "x"),))
    assert not world.passes("GET", "/servers/{foreign}", headers=((header, "x"),))


def test_a_get_that_is_none(world):
    override = (("X-HTTP-Method-Override", "DELETE"),)
    assert not world.passes("GET", "/servers/{foreign}", headers=override)
    assert world.passes("GET", "/servers/{own}", headers=override)


def test_raw_bodies_are_read(world):
    raw = b'{"volumeAttachment": {"volumeId": "%s", "volumeId": "<v>"}}' % FOREIGN.encode()
    path = "/servers/{own}/os-volume_attachments"
    assert not world.passes("POST", path, raw=raw.replace(b"<v>", world.volume.encode()))
    assert not world.passes("POST", path, raw=raw.decode().encode("utf-16"))
    assert world.passes("POST", path, raw=b'{"broken')
    assert world.passes("POST", path, raw=b"\xff\xfe\x00")


def test_a_route_that_cannot_exist_holds_nothing_of_anybody(world):
    guard = Guard(world.journal, RULES)
    assert not world.passes("POST", "/nowhere-7", {}, guard=guard)
    guard.nowhere.add("nowhere-7")
    assert world.passes("POST", "/nowhere-7", {}, guard=guard)
    assert world.passes("DELETE", "/servers/{foreign}/nowhere-7", guard=guard)
    assert not world.passes("DELETE", "/servers/{foreign}", guard=guard)
    assert not world.passes("POST", "/servers/{foreign}/action", {"nowhere-7": None}, guard=guard)
    assert not world.passes("DELETE", "/servers/{foreign}/../nowhere-7", guard=guard)


def test_disruption_is_the_users_choice(world):
    guard = Guard(world.journal, RULES, allow_disruptive=True)
    assert world.passes("PUT", "/os-services/disable", {}, guard=guard)
    assert world.passes("DELETE", "/servers/{foreign}", guard=guard)
    assert not world.passes("DELETE", "/servers/{own}/../{foreign}", guard=guard)


def test_what_a_list_has_shown_is_not_changed_where_nothing_tells_how_to_undo_it(world):
    """The users' choice is for changes that can be undone. What came with a thing of the run is the run's."""
    guard = Guard(world.journal, GuardRules(), allow_disruptive=True)
    guard.listed("listed-1", "/parts")
    assert world.passes("DELETE", "/parts/listed-1", guard=guard), "a description says what lasts"
    guard.undoes = False
    assert not world.passes("DELETE", "/parts/listed-1", guard=guard)
    assert not world.passes("POST", "/gears/{own}/parts/listed-1", guard=guard)
    assert world.passes("GET", "/parts/listed-1", guard=guard)
    guard.came_along("listed-1")
    assert world.passes("DELETE", "/parts/listed-1", guard=guard)
    guard.listed("listed-2", "/parts")
    guard.all_own = True
    assert world.passes("DELETE", "/parts/listed-2", guard=guard), "nobody else uses this cloud"


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("DELETE", "/rules", None),
        ("DELETE", "/rules/", None),
        ("PUT", "/services/disable", {"host": "h"}),
        ("PATCH", "/settings", {"size": 1}),
        ("PUT", "/limits/{foreign}", {"cores": 1}),
        ("DELETE", "/limits/{foreign}", None),
        ("PATCH", "/settings", {"network": "<volume>"}),
        ("PUT", "/settings", {"name": "<prefix>-1"}),
        ("PUT", "/limits/17", None),
        ("delete", "/rules", None),
    ],
)
def test_where_nothing_tells_how_to_undo_it_what_names_nothing_of_the_run_is_not_changed(world, method, path, body):
    """Such a request removes all things of a list, or sets what others have set."""
    guard = Guard(world.journal, GuardRules(), allow_disruptive=True)
    assert world.passes(method, path, body, guard=guard)
    guard.undoes = False
    assert not world.passes(method, path, body, guard=guard)
    assert world.passes("GET", path, guard=guard)
    guard.all_own = True
    assert world.passes(method, path, body, guard=guard), "nobody else uses this cloud"


def test_what_is_of_the_run_is_changed_all_the_same(world):
    guard = Guard(world.journal, GuardRules(), allow_disruptive=True)
    guard.undoes = False
    guard.seen_unknown(world.unknown)
    guard.nowhere.add("nowhere-7")
    assert world.passes("DELETE", "/servers/{own}", guard=guard)
    assert world.passes("DELETE", "/servers/{own}/tags", guard=guard)
    assert world.passes("PUT", "/limits/{unknown}", guard=guard)
    assert world.passes("DELETE", "/nowhere-7", guard=guard)
    assert world.passes("DELETE", f"/limits/{guard.made_up()}", guard=guard), "whatever the cloud says of it"
    assert world.passes("DELETE", f"/traits/{world.journal.prefix}-1", guard=guard)
    assert world.passes("DELETE", "/os-floating-ips/17", guard=guard)
    intent = world.journal.intend("boxes", "BOX")
    assert world.passes("PUT", "/BOX", intent=intent, guard=guard)
    assert world.passes("POST", "/boxes", {}, intent=intent, guard=guard)


def test_a_route_of_a_fixed_path_is_known_to_be_closed_before_anything_is_made(world):
    guard = Guard(world.journal, GuardRules(), allow_disruptive=True)
    assert guard.forbids("DELETE", "/rules") is None
    guard.undoes = False
    assert "no description tells how it could be undone" in guard.forbids("DELETE", "/rules")
    assert {guard.forbids(*one) for one in (("GET", "/rules"), ("POST", "/rules"), ("DELETE", "/rules/{id}"))} == {None}
    guard.all_own = True
    assert guard.forbids("DELETE", "/rules") is None


def test_other_services_create_in_any_collection(world):
    guard = Guard(world.journal)
    intent = world.journal.intend("resource_provider", "x")
    assert world.passes("POST", "/resource_providers", {}, intent=intent, guard=guard)
    assert not world.passes("DELETE", "/resource_providers/{foreign}", guard=guard)


def test_other_services_make_by_put_what_the_intent_names(world):
    guard = Guard(world.journal)
    intent = world.journal.intend("traits", "CUSTOM_X")
    assert world.passes("PUT", "/traits/CUSTOM_X", intent=intent, guard=guard)
    assert not world.passes("PUT", "/traits/CUSTOM_Y", intent=intent, guard=guard)
    assert not world.passes("DELETE", "/traits/CUSTOM_X", intent=intent, guard=guard)
    assert not world.passes("PUT", "/traits/CUSTOM_X", guard=guard)
    assert not world.passes("PUT", "/traits/CUSTOM_X", intent=intent)


WORD = st.sampled_from(
    [
        "servers",
        "flavors",
        "os-keypairs",
        "os-volumes",
        "action",
        "metadata",
        "os-interface",
        "detail",
        "tags",
        FOREIGN,
        "1",
        "%2e",
        "a b",
        "",
    ]
)


@settings(max_examples=400)
@given(
    st.sampled_from(["POST", "PUT", "PATCH", "DELETE", "OPTIONS", "delete", "COPY"]),
    st.lists(WORD, max_size=6),
    st.dictionaries(st.sampled_from(["volumeId", "address", "x"]), st.sampled_from([FOREIGN, 1, None]), max_size=2),
    st.sampled_from(list(Role)),
)
def test_nothing_passes_that_names_nothing_of_ours(world, method, words, body, role):
    assert not world.passes(method, "/" + "/".join(words), body, role=role)


@pytest.mark.parametrize(
    ("method", "path", "forbidden"),
    [
        ("PUT", "/os-services/{service_id}", True),
        ("POST", "/flavors", True),
        ("GET", "/os-hosts/{host_name}/reboot", True),
        ("GET", "/flavors/{flavor_id}", False),
        ("POST", "/servers", False),
        ("POST", "/servers/{server_id}/action", False),
        # Actions of servers make images.
        ("DELETE", "/images/{image_id}", False),
        ("POST", "/images", True),
    ],
)
def test_what_will_be_refused_is_known_before_anything_is_made(method, path, forbidden):
    said = Guard(None, RULES, made=frozenset({"images"})).forbids(method, path)
    assert (said is not None) is forbidden
    assert not forbidden or "--allow-disruptive would let it" in said
    assert Guard(None, RULES, allow_disruptive=True).forbids(method, path) is None
    assert Guard(None, None).forbids(method, path) is None


def test_a_run_that_changes_nothing_sends_only_what_reads(world):
    guard = Guard(world.journal, RULES, allow_disruptive=True)
    guard.all_own = guard.read_only = True
    assert world.passes("GET", "/servers/{foreign}", guard=guard)
    for method, path in (("POST", "/servers/{own}/action"), ("PUT", "/servers/{own}"), ("DELETE", "/servers/{own}")):
        assert not world.passes(method, path, guard=guard)
        assert not world.passes(method, path, guard=guard, role=NO_TOKEN)
    assert guard.forbids("GET", "/servers/{server_id}") is None
    assert "changes nothing" in (guard.forbids("POST", "/servers") or "")


def test_a_user_makes_and_removes_things_of_his_own_below_himself(world):
    me = str(uuid.uuid4())
    rules = GuardRules(below_user=("/users/*/keys",))
    guard = Guard(world.journal, rules, user_of=lambda role: me if role is Role.MEMBER else None)
    intent = world.journal.intend("keys", "k")
    for method, path, more in (
        ("POST", f"/users/{me}/keys", {}),
        ("POST", f"/users/{FOREIGN}/keys", {"intent": intent}),
        ("POST", f"/users/{me}/others", {"intent": intent}),
        ("POST", f"/users/{me}/keys", {"intent": intent, "role": Role.ADMIN}),
        ("PUT", f"/users/{me}/keys", {"intent": intent}),
        ("DELETE", f"/users/{me}/keys/{FOREIGN}", {}),
        ("DELETE", f"/users/{me}", {}),
    ):
        assert not world.passes(method, path, guard=guard, **more)
    assert world.passes("POST", f"/users/{me}/keys", guard=guard, intent=intent)
    world.journal.made(intent, "17", f"/users/{me}/keys/17")
    assert world.passes("DELETE", f"/users/{me}/keys/17", guard=guard)
