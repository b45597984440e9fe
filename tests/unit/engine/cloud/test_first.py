"""The first server of a run decides: the candidates in their order, what is taken, and what is said if none boots."""

from types import SimpleNamespace

import pytest

from conformance.engine.api.load import load_service
from conformance.engine.cloud.discover import Discovery
from conformance.engine.cloud.errors import NoRoomError, ResourceError
from conformance.engine.cloud.exchange import Answer
from conformance.engine.cloud.faults import room_that_lacks
from conformance.engine.cloud.first import ATTEMPTS, first
from conformance.engine.cloud.roles import Role
from specs.microversion import VersionRange

PROFILE = load_service("compute").profile
SERVER = PROFILE.kind("server")

PLAIN = {"id": "plain", "name": "plain", "status": "ACTIVE", "metadata": {"os_distro": "x"}, "minDisk": 2}
SECRET = {"id": "secret", "name": "secret", "status": "ACTIVE", "metadata": {"hw_mem_encryption": "true"}}
TINY = {"id": "1", "name": "tiny", "ram": 64, "vcpus": 1, "disk": 5}
LARGE = {"id": "2", "name": "large", "ram": 640, "vcpus": 4, "disk": 5}
DISKLESS = {"id": "0", "name": "diskless", "ram": 64, "vcpus": 1, "disk": 0}
NET, NET2 = {"id": "n1", "label": "one"}, {"id": "n2", "label": "two"}


def discovery(images=(PLAIN, SECRET), flavors=(TINY, LARGE), networks=(NET,), wishes=None):
    lists = {
        "/images/detail": {"images": list(images)},
        "/flavors/detail": {"flavors": list(flavors)},
        "/os-networks": {"networks": list(networks)},
    }

    def get(path, **_):
        return Answer(200 if path in lists else 404, {}, "", lists.get(path), 1.0, None)

    cloud = SimpleNamespace(
        profile=PROFILE,
        roles=frozenset({Role.MEMBER}),
        microversions=VersionRange.parse("2.1", "2.96"),
        get=get,
        service=lambda _: None,
    )
    return Discovery(cloud, wishes)


class Maker:
    """Makes servers of what is taken where ``boots`` says so."""

    def __init__(self, found, boots=lambda **_: True):
        self.found, self.boots = found, boots
        self.usual, self.tried, self.closed = {}, [], 0
        self.lost = None
        self.why = "No valid host"

    def make(self, kind, *, microversion):
        taken = {name: self.found.found(name).name for name in ("image", "flavor", "network")}
        taken["variant"] = self.usual[kind]
        self.tried.append(taken)
        if not self.boots(**taken):
            raise ResourceError(f"{kind} 5f1f35c1-9e5e-4b0b-9c0a-0d8f0d1f4a{len(self.tried):02} gave: {self.why}")
        return SimpleNamespace(kind=kind)

    def close(self):
        self.closed += 1
        return ()


def booted(found, boots=lambda **_: True):
    maker, said = Maker(found, boots), []
    _, what = first(maker, found, SERVER, "2.96", said.append)
    return maker, said, what


def test_the_best_candidates_make_the_first_server():
    """An image that asks nothing of a host comes before a smaller one that does."""
    maker, said, what = booted(discovery())
    assert maker.tried == [{"image": "plain", "flavor": "tiny", "network": "one", "variant": ""}]
    assert (said, maker.closed) == ([], 0)
    assert what == "image 'plain', network 'one', flavor 'tiny'"


def test_what_does_not_boot_is_told_and_removed_and_the_next_is_taken():
    found = discovery()
    maker, said, _ = booted(found, lambda image, **_: image == "secret")
    assert [one["image"] for one in maker.tried][-1] == "secret"
    assert maker.closed == len(said) == len(maker.tried) - 1
    assert "No valid host" in said[0]
    # From now on all others are made of it.
    assert (found.found("image").name, found.found("flavor").name) == ("secret", "tiny")


@pytest.mark.parametrize("lacking", [{"flavor": "large"}, {"network": "two"}])
def test_each_thing_is_varied(lacking):
    ((name, needed),) = lacking.items()
    maker, _, _ = booted(discovery(networks=(NET, NET2)), lambda **taken: taken[name] == needed)
    assert len(maker.tried) <= 5


def test_a_flavor_without_a_disk_boots_from_a_volume_first():
    maker, _, what = booted(discovery(flavors=(DISKLESS,)))
    assert maker.usual == {"server": "volume-backed"}
    assert what.endswith("volume-backed")
    maker, _, _ = booted(discovery(flavors=(DISKLESS,)), lambda variant, **_: not variant)
    assert maker.usual == {"server": ""}


def test_where_nothing_boots_one_sentence_says_so():
    with pytest.raises(ResourceError) as raised:
        booted(discovery(), lambda **_: False)
    said = str(raised.value)
    assert said.count("No valid host") == 1  # the ids apart, the reasons are one
    assert "image 'plain', network 'one', flavor 'tiny'; image" in said
    assert said.endswith("name what to use: --use flavor=NAME, --use image=NAME, --use network=NAME")


def test_only_some_are_tried():
    flavors = [{"id": str(n), "name": str(n), "ram": 64 + n, "vcpus": 1, "disk": 5} for n in range(20)]
    found = discovery(flavors=flavors)
    maker = Maker(found, lambda **_: False)
    with pytest.raises(ResourceError):
        first(maker, found, SERVER, "2.96", lambda _: None)
    assert len(maker.tried) == ATTEMPTS


def test_a_full_quota_is_full_for_every_candidate():
    found = discovery()
    maker = Maker(found, lambda **_: False)
    maker.why = "Quota exceeded for instances: Requested 1, but already used 2 of 2 instances"
    with pytest.raises(NoRoomError, match="raise the quota of the project") as raised:
        first(maker, found, SERVER, "2.96", lambda _: None)
    assert len(maker.tried) == maker.closed == 1
    assert "--use" not in str(raised.value)
    assert raised.value.room == room_that_lacks(f"POST /servers gave 403 ({maker.why.replace('2', '3')})")


def test_without_room_for_a_volume_a_server_without_one_is_tried():
    found = discovery(flavors=(DISKLESS,))
    maker = Maker(found, lambda variant, **_: not variant)
    maker.why = "VolumeLimitExceeded: Maximum number of volumes allowed (2) exceeded for quota 'volumes'."
    first(maker, found, SERVER, "2.96", lambda _: None)
    assert len(maker.tried) == 2


def test_what_the_user_names_is_not_varied():
    found = discovery(wishes={"image": "secret", "flavor": "large"})
    maker = Maker(found, lambda **_: False)
    with pytest.raises(ResourceError):
        first(maker, found, SERVER, "2.96", lambda _: None)
    assert [(one["image"], one["flavor"]) for one in maker.tried] == [("secret", "large")]


def test_what_is_not_there_is_said_before_anything_is_made():
    found = discovery(wishes={"image": "nix"})
    with pytest.raises(ResourceError, match="does not show the image 'nix' that was given; name what to use"):
        first(Maker(found), found, SERVER, "2.96", lambda _: None)
    with pytest.raises(ResourceError, match="the cloud shows no active image"):
        booted(discovery(images=()))
    # No network: the cloud may choose one, or none.
    assert booted_without_network()


def booted_without_network():
    found = discovery(networks=())
    maker = SimpleNamespace(usual={}, make=lambda kind, microversion: kind, close=lambda: ())
    return first(maker, found, SERVER, "2.96", lambda _: None) == ("server", "image 'plain', flavor 'tiny'")


def test_nothing_else_is_tried_once_the_token_is_lost():
    found = discovery(networks=(NET, NET2))

    def boots(**_):
        if len(maker.tried) == 2:
            maker.lost = "the token has expired"
        return False

    maker, said = Maker(found, boots), []
    with pytest.raises(ResourceError, match=r"no server could be made of image .plain., .*: the token has expired$"):
        first(maker, found, SERVER, "2.96", said.append)
    assert (len(maker.tried), len(said), maker.closed) == (2, 1, 1)
