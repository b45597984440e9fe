"""Things that a cloud accepts and cannot make: they are not asked for, and waited for, again and again."""

import contextlib
from dataclasses import replace
from threading import Event

import pytest

from conformance.engine.cloud.attempts import IN_VAIN, NO_MORE
from conformance.engine.cloud.discover import Discovery
from conformance.engine.cloud.errors import ResourceError
from conformance.engine.cloud.kinds import Status
from conformance.engine.cloud.poll import Watch
from conformance.engine.cloud.resources import Resources
from conformance.engine.cloud.roles import Role
from conformance.engine.cloud.things import Thing
from conformance.engine.cloud.waits import LEAST
from conformance.engine.model.binding import Binding


@pytest.fixture
def make(fake, cloud):
    fake.routes["POST", "/v2.1/os-volumes"] = (200, {"volume": {"id": "v", "status": "creating"}})
    fake.routes["GET", "/v2.1/os-volumes/v"] = (200, {"volume": {"id": "v", "status": "error"}})
    return Resources(cloud, Discovery(cloud), Watch(cloud), timeout=5.0)


def asked(fake):
    return sum(one.method == "POST" for one in fake.changes)


def test_a_thing_that_never_becomes_ready_is_not_asked_for_again(fake, make):
    for _ in range(IN_VAIN):
        with pytest.raises(ResourceError, match=r"volume v did not become available: error$"):
            make.make("volume")
    with pytest.raises(ResourceError, match=r"error; this was tried 2 times, and is not tried again for now$"):
        make.make("volume")
    assert asked(fake) == IN_VAIN


def test_another_request_for_such_a_thing_is_sent(fake, make):
    for _ in range(IN_VAIN):
        with pytest.raises(ResourceError):
            make.make("volume")
    with pytest.raises(ResourceError, match=r"error$"):
        make.make("volume", fields={"size": 2})
    assert asked(fake) == IN_VAIN + 1


def test_a_thing_that_once_became_ready_is_asked_for_again(fake, make):
    for status in ("error", "available", "error", "error", "error"):
        fake.routes["GET", "/v2.1/os-volumes/v"] = (200, {"volume": {"id": "v", "status": status}})
        if status == "available":
            assert make.make("volume").id == "v"
        else:
            with pytest.raises(ResourceError, match=r"error$"):
                make.make("volume")
    assert asked(fake) == 5


def test_a_thing_that_becomes_ready_no_more_is_not_asked_for_for_ever(fake, cloud, make):
    stopping = Event()
    make = Resources(cloud, Discovery(cloud), Watch(cloud), timeout=5.0, stopping=stopping)
    for status in ["available", *["error"] * (NO_MORE - 1), "available", *["error"] * NO_MORE]:
        fake.routes["GET", "/v2.1/os-volumes/v"] = (200, {"volume": {"id": "v", "status": status}})
        with contextlib.nullcontext() if status == "available" else pytest.raises(ResourceError, match=r"error$"):
            make.make("volume")
    stopping.set()  # else the next one waits, since the outage may soon be over
    with pytest.raises(ResourceError, match=rf"error; this was tried {NO_MORE} times, and is not tried again for now$"):
        make.make("volume")
    assert asked(fake) == 2 * NO_MORE + 1


def test_a_refused_request_says_nothing_of_the_next(fake, make):
    """A quota that is used up may have room later."""
    fake.routes["POST", "/v2.1/os-volumes"] = (403, {"forbidden": {"message": "VolumeLimitExceeded"}})
    for _ in range(IN_VAIN + 1):
        with pytest.raises(ResourceError, match="VolumeLimitExceeded"):
            make.make("volume")
    assert asked(fake) == IN_VAIN + 1


def test_the_end_of_a_run_says_nothing_of_the_cloud(fake, cloud, make):
    stopping = Event()
    stopping.set()
    make = Resources(cloud, Discovery(cloud), Watch(cloud), timeout=5.0, stopping=stopping)
    for _ in range(IN_VAIN + 1):
        with pytest.raises(ResourceError, match="the run was stopped"):
            make.make("volume")
    assert asked(fake) == IN_VAIN + 1


def test_after_a_wait_in_vain_the_next_ones_end_by_the_longest_that_ended_well(fake, cloud):
    """A cloud that stops making things in mid-run would hold each later request for the longest wait of all."""
    fake.routes["POST", "/v2.1/os-volumes"] = (200, {"volume": {"id": "v", "status": "creating"}})
    resources = Resources(cloud, Discovery(cloud), Watch(cloud, shortest=0.02), timeout=0.6)
    asked_for = []
    bound = resources.waits.bound
    resources.waits.bound = lambda *args: asked_for.append(bound(*args)) or 0.3
    resources.waits.longest = 0.01
    fake.routes["GET", "/v2.1/os-volumes/v"] = (200, {"volume": {"id": "v", "status": "available"}})
    resources.make("volume")
    fake.routes["GET", "/v2.1/os-volumes/v"] = (200, {"volume": {"id": "v", "status": "creating"}})
    resources._timeout = 15.0  # above the least bound
    resources.waits.ended("a new volume", 300.0, well=False)
    with pytest.raises(ResourceError, match="creating after"):
        resources.make("volume")
    assert asked_for == [0.6, LEAST]


def with_factory(cloud, **more):
    """The kind of volumes, made in another way."""
    volume = cloud.profile.kind("volume")
    made = replace(volume, factory=replace(volume.factory, **more))
    cloud.profile = replace(cloud.profile, kinds={**cloud.profile.kinds, "volume": made})


def test_a_factory_names_the_role_and_the_version_at_which_a_thing_is_made_and_shown(fake, cloud):
    with_factory(cloud, role="admin", microversion="2.30")
    fake.routes["POST", "/v2.1/os-volumes"] = (200, {"volume": {"id": "v", "status": "creating", "team": "t"}})
    fake.routes["GET", "/v2.1/os-volumes/v"] = (200, {"volume": {"id": "v", "status": "available"}})
    watch = Watch(cloud)
    made = Resources(cloud, Discovery(cloud), watch, timeout=5.0).make("volume")
    watch.close()
    assert (made.role, made.body) == ("admin", {"id": "v", "status": "available", "team": "t"})
    asked = [one for one in fake.asked if "os-volumes" in one.path]
    assert {one.headers["OpenStack-API-Version"] for one in asked} == {"compute 2.30"}
    assert {one.method for one in asked} == {"POST", "GET"}


def test_a_run_without_the_role_of_a_factory_makes_the_thing_as_it_can(fake, cloud, make):
    with_factory(cloud, role="reader")
    fake.routes["GET", "/v2.1/os-volumes/v"] = (200, {"volume": {"id": "v", "status": "available"}})
    assert make.make("volume").role == "member"


@pytest.fixture(params=["any"])
def of_volumes(fake, cloud, request):
    """Resources whose snapshots are made of a volume each, or with the relation "free" of one and the same."""
    snapshot = replace(cloud.profile.kind("volume"), name="snapshot", collection="/os-snapshots")
    of_volume = replace(snapshot.factory, body={"snapshot": {"volume_id": Binding("volume", relation=request.param)}})
    snapshot = replace(snapshot, factory=of_volume, status=Status())
    cloud.profile = replace(cloud.profile, kinds={**cloud.profile.kinds, "snapshot": snapshot})
    fake.routes["POST", "/v2.1/os-volumes"] = (200, {"volume": {"id": "v", "status": "creating"}})
    fake.routes["GET", "/v2.1/os-volumes/v"] = (200, {"volume": {"id": "v", "status": "available"}})
    fake.routes["POST", "/v2.1/os-snapshots"] = (200, {"snapshot": {"id": "s"}})
    watch = Watch(cloud)
    yield Resources(cloud, Discovery(cloud), watch, timeout=5.0)
    watch.close()


def test_what_a_thing_alone_was_made_of_goes_with_it(fake, cloud, of_volumes):
    made = of_volumes.make("snapshot")
    fake.routes["GET", "/v2.1/os-volumes/v"] = fake.routes["GET", "/v2.1/os-snapshots/s"] = (404, {})
    of_volumes.remove_all([made])
    assert made.id == "s"
    assert fake.changes[1].json == {"snapshot": {"volume_id": "v"}}
    assert all(entry.settled for entry in cloud.journal.entries())


def test_what_a_thing_was_to_be_made_of_goes_if_it_is_refused(fake, cloud, of_volumes):
    """Ten groups stood for volumes in them that a full quota refused, and used up the quota of groups as well."""
    refused = {"overLimit": {"message": "quota exceeded"}}
    fake.routes["POST", "/v2.1/os-snapshots"] = (413, refused)
    fake.routes["DELETE", "/v2.1/os-volumes/v"] = (202, {})
    fake.routes["GET", "/v2.1/os-volumes/v"] = lambda asked: (
        (404, {}) if fake.changes[-1].method == "DELETE" else (200, {"volume": {"id": "v", "status": "available"}})
    )
    for count in (1, 2):
        with pytest.raises(ResourceError, match="quota exceeded"):
            of_volumes.make("snapshot")
        assert [one.method for one in fake.changes] == ["POST", "POST", "DELETE"] * count
    assert all(entry.settled for entry in cloud.journal.entries())


@pytest.mark.parametrize(("host", "acts"), [("", ["os-resetState", "forceDelete"]), ("e4d9", ["forceDelete"])])
def test_what_the_removal_of_a_thing_needs_before_comes_before_it_is_forced(fake, cloud, host, acts):
    fake.routes["POST", "/v2.1/servers/s/action"] = (202, None)
    cloud.journal.there("server", "s", "/servers/s")
    resources = Resources(cloud, Discovery(cloud), Watch(cloud), timeout=5.0)
    view = {"id": "s", "status": "ACTIVE", "hostId": host}
    assert resources.drop("s", Role.MEMBER, cloud.profile.kind("server"), view)
    assert [next(iter(one.json)) for one in fake.changes] == acts


def test_a_thing_that_changes_is_asked_to_end_that_and_removed_later(fake, cloud):
    fake.routes["GET", "/v2.1/servers/s/migrations"] = (200, {"migrations": [{"id": 7}]})
    fake.routes["DELETE", "/v2.1/servers/s/migrations/7"] = (202, None)
    fake.routes["POST", "/v2.1/servers/s/action"] = (202, None)
    cloud.journal.there("server", "s", "/servers/s")
    resources = Resources(cloud, Discovery(cloud), Watch(cloud), timeout=5.0)
    server = cloud.profile.kind("server")
    assert not resources.drop("s", Role.MEMBER, server, {"id": "s", "status": "MIGRATING"})
    assert [(one.method, one.path) for one in fake.changes] == [("DELETE", "/v2.1/servers/s/migrations/7")]
    assert resources.drop("s", Role.MEMBER, server, {"id": "s", "status": "ACTIVE", "hostId": "e4d9"})
    assert fake.changes[1].json == {"forceDelete": None}


@pytest.mark.parametrize(
    ("shown", "gone", "acts"),
    [
        ((200, {"server": {"id": "s", "status": "MIGRATING"}}), False, ["DELETE"]),
        ((200, {"server": {"id": "s", "status": "ACTIVE", "hostId": "e4d9"}}), True, ["POST"]),
        ((404, {}), True, []),
        ((503, {}), False, []),
    ],
)
def test_a_thing_that_had_to_wait_is_removed_once_its_change_is_over(fake, cloud, shown, gone, acts):
    fake.routes["GET", "/v2.1/servers/s"] = shown
    fake.routes["GET", "/v2.1/servers/s/migrations"] = (200, {"migrations": [{"id": 7}]})
    fake.routes["DELETE", "/v2.1/servers/s/migrations/7"] = (202, None)
    fake.routes["POST", "/v2.1/servers/s/action"] = (202, None)
    cloud.journal.there("server", "s", "/servers/s")
    resources = Resources(cloud, Discovery(cloud), Watch(cloud), timeout=5.0)
    assert resources.drop_again(Thing("server", "s", "/servers/s", Role.MEMBER)) is gone
    assert [one.method for one in fake.changes] == acts
    assert all(entry.settled for entry in cloud.journal.entries()) is (shown[0] == 404)


@pytest.mark.parametrize("of_volumes", ["free"], indirect=True)
def test_the_one_thing_of_which_many_are_made_is_given_up_and_made_anew(fake, of_volumes):
    """In a project with room for one volume, that of the snapshots took it until the end of the run."""

    def posts():
        return [one.path.rpartition("/")[2] for one in fake.changes if one.method == "POST"]

    for _ in range(2):
        of_volumes.make("snapshot")
    assert posts() == ["os-volumes", "os-snapshots", "os-snapshots"]
    shown = fake.routes["GET", "/v2.1/os-volumes/v"]
    fake.routes["DELETE", "/v2.1/os-volumes/v"] = (202, {})
    fake.routes["GET", "/v2.1/os-volumes/v"] = (404, {})
    of_volumes.give_commons_up()
    assert fake.changes[-1].path == "/v2.1/os-volumes/v"
    fake.routes["GET", "/v2.1/os-volumes/v"] = shown
    of_volumes.make("snapshot")
    assert posts()[3:] == ["os-volumes", "os-snapshots"]
