"""Things that were made are removed, however the cloud makes that hard; the others are named with the reason."""

import pytest
from ended import Ended

from conformance.engine.cloud.kinds import Act


def test_the_order_of_dependence(run):
    paths = {
        "volume": "/os-volumes/v",
        "snapshot": "/os-snapshots/n",
        "security_group": "/os-security-groups/g",
        "image": "/images/i",
        "server": "/servers/s",
    }
    for kind, path in paths.items():
        run.had(kind, path[-1], path)
        run.route("DELETE", path, (202, None))
    run.server("s")
    run.route("GET", "/images", (200, {"images": []}))
    report = run.cleanup()
    assert run.deleted[:3] == ["/servers/s", "/images/i", "/os-snapshots/n"]
    assert sorted(run.deleted[3:]) == ["/os-security-groups/g", "/os-volumes/v"]
    assert len(report.removed) == 5
    assert report.clean
    assert run.cleanup().removed == ()
    assert run.deleted == []


def test_what_is_in_use_is_tried_again(run):
    run.had("security_group", "g", "/os-security-groups/g")
    run.route("DELETE", "/os-security-groups/g", (400, {"badRequest": {"message": "in use"}}), (202, None))
    assert run.cleanup().removed == ("security_group g",)
    run.had("volume", "v", "/os-volumes/v")
    run.route("DELETE", "/os-volumes/v", (400, {"badRequest": {"message": "in use"}}))
    assert run.cleanup(timeout=0.3).left == ("volume v: DELETE /os-volumes/v gave 400 (in use)",)
    run.route("DELETE", "/os-volumes/v", (202, None))
    assert run.cleanup().removed == ("volume v",)


def test_the_administrator_helps_out(run):
    run.had("keypair", "k", "/os-keypairs/k")
    run.fake.routes["DELETE", "/v2.1/os-keypairs/k"] = lambda asked: (202 if asked.token == "admin-token" else 403, {})
    assert run.cleanup().removed == ("keypair k",)


@pytest.mark.parametrize("code", [409, 403])
def test_what_no_description_knows_is_removed_by_force_where_the_reference_names_a_way(run, code):
    """A status that the run has set keeps a thing from its usual removal."""
    run.forced = {"/boats": Act({"force_delete": None})}
    asked = []

    def acted(one):
        asked.append(one.json)
        run.route("GET", "/boats/b", (404, {}))
        return (202, None) if one.token == "admin-token" else (403, {})

    run.had("boats", "b", "/boats/b")
    run.route("GET", "/boats/b", (200, {"boat": {"id": "b", "status": "sinking"}}))
    run.route("DELETE", "/boats/b", (code, {"conflict": {"message": "it sinks"}}))
    run.fake.routes["POST", "/v2.1/boats/b/action"] = acted
    assert run.cleanup().removed == ("boats b",)
    assert run.deleted == ["/boats/b", "/boats/b"]  # the usual way comes first, and may work a moment later
    assert asked == [{"force_delete": None}] * 2
    run.had("rafts", "r", "/rafts/r")
    run.route("DELETE", "/rafts/r", (409, {"conflict": {"message": "it sinks"}}))
    assert run.cleanup(timeout=0.3).left == ("rafts r: DELETE /rafts/r gave 409 (it sinks)",)


@pytest.mark.parametrize("freed", [True, False])
def test_where_nothing_removes_by_force_the_status_of_a_failed_thing_is_set_before(run, freed):
    """A request of the run may have set a status that says of a thing that it is being removed."""
    run.freeing = {"/boats": Act({"reset_status": {"status": "error"}})}
    boat = {"id": "b", "status": "deleting"}

    def acted(one):
        if one.token != "admin-token" or not freed:
            return 403, {}
        boat["status"] = one.json["reset_status"]["status"]
        return 202, None

    def deleted(_):
        if boat["status"] == "deleting":
            return 400, {"badRequest": {"message": "it must be idle or broken"}}
        run.route("GET", "/boats/b", (404, {}))
        return 202, None

    run.had("boats", "b", "/boats/b")
    run.route("GET", "/boats/b", (200, {"boat": boat}))
    run.fake.routes["POST", "/v2.1/boats/b/action"] = acted
    run.fake.routes["DELETE", "/v2.1/boats/b"] = deleted
    report = run.cleanup(timeout=2.0)
    assert report.removed == (("boats b",) if freed else ())
    assert report.left == (() if freed else ("boats b: DELETE /boats/b gave 400 (it must be idle or broken)",))


@pytest.mark.parametrize("code", [405, 501])
def test_what_the_service_has_no_request_to_remove_is_not_asked_for_again(run, code):
    run.had("keypair", "k", "/os-keypairs/k")
    run.route("DELETE", "/os-keypairs/k", (code, {}))
    assert run.cleanup().left == (f"keypair k: DELETE /os-keypairs/k gave {code}",)
    assert [one.method for one in run.fake.changes] == ["DELETE"]


@pytest.mark.parametrize(
    ("view", "reset"),
    [
        ({"status": "ACTIVE", "hostId": ""}, True),
        ({"status": "ACTIVE", "hostId": "e4d9"}, False),
        ({"status": "ACTIVE"}, False),
        ({"status": "SHELVED_OFFLOADED", "hostId": ""}, False),
    ],
)
def test_an_offloaded_server_that_is_called_active_is_called_failed_so_that_its_ports_go(run, view, reset):
    """Nova forgets the ports of a server that is on no host and is not known as offloaded or failed."""
    run.had("server", "s", "/servers/s")
    run.route("GET", "/images", (200, {"images": []}))
    run.server("s", view, None)
    run.route("DELETE", "/servers/s", (204, None))
    run.fake.routes["POST", "/v2.1/servers/s/action"] = lambda one: (202 if one.token == "admin-token" else 403, {})
    assert run.cleanup().removed == ("server s",)
    assert [one.method for one in run.fake.changes] == [*(["POST"] * 2 if reset else []), "DELETE"]
    acts = [(one.json, one.token) for one in run.fake.changes if one.method == "POST"]
    assert (
        acts
        == [({"os-resetState": {"state": "error"}}, token) for token in ("member-token", "admin-token")][: len(acts)]
    )


def test_a_locked_server(run):
    run.had("server", "s", "/servers/s")
    run.route("GET", "/images", (200, {"images": []}))
    run.route("DELETE", "/servers/s", (409, {"conflictingRequest": {"message": "locked"}}), (204, None))
    run.server("s")
    run.route("POST", "/servers/s/action", (202, None))
    assert run.cleanup().removed == ("server s",)
    assert [one.json for one in run.fake.changes if one.method == "POST"] == [{"unlock": None}]


def test_a_role_that_is_missing(run):
    run.had("keypair", "k", "/os-keypairs/k", role="alt")
    run.journal.intend("server", "conformance-1-x", role="alt")
    report = run.cleanup()
    assert set(report.left) == {
        "keypair k: the role alt is missing",
        "server conformance-1-x: the role alt is missing",
    }
    assert run.deleted == []


def test_the_snapshots_below_an_image_of_a_volume(run):
    run.had("image", "i", "/images/i")
    mapping = '[{"snapshot_id": "n1"}, {"snapshot_id": null}]'
    found = (200, {"image": {"status": "ACTIVE", "metadata": {"block_device_mapping": mapping}}})
    run.route("GET", "/images/i", found, (404, {}))
    run.route("DELETE", "/images/i", (204, None))
    run.route("DELETE", "/os-snapshots/n1", (202, None))
    assert run.cleanup().clean
    assert run.deleted == ["/os-snapshots/n1", "/images/i"]


def test_hosts_go_out_of_an_aggregate_before_it_is_removed(run):
    run.had("aggregate", "5", "/os-aggregates/5", role="admin")
    run.route("GET", "/os-aggregates/5", (200, {"aggregate": {"id": 5, "hosts": ["h1", "h2"]}}))
    run.route("POST", "/os-aggregates/5/action", (200, None))
    run.route("DELETE", "/os-aggregates/5", (200, None))
    assert run.cleanup().clean
    out = [one.json for one in run.fake.changes[:2]]
    assert out == [{"remove_host": {"host": "h1"}}, {"remove_host": {"host": "h2"}}]
    assert run.deleted == ["/os-aggregates/5"]


def test_a_host_that_an_aggregate_keeps_is_taken_out_again(run):
    """Others change the aggregates of the host at the same time, and the cloud refuses one of two."""
    run.had("aggregate", "5", "/os-aggregates/5", role="admin")
    run.route("GET", "/os-aggregates/5", (200, {"aggregate": {"id": 5, "hosts": ["h1"]}}))
    run.route("POST", "/os-aggregates/5/action", (409, {"conflictingRequest": {"message": "again"}}), (200, None))
    run.route("DELETE", "/os-aggregates/5", (400, {"badRequest": {"message": "not empty"}}), (200, None))
    assert run.cleanup().clean
    assert [one.method for one in run.fake.changes] == ["POST", "DELETE", "POST", "DELETE"]


def test_what_only_a_list_of_others_shows_goes_out_of_a_thing_before_it_is_removed(fake, tmp_path):
    """A killed run had no time to take a router from its subnets, and the router does not show them."""
    run = Ended(fake, tmp_path, "network")
    run.had("routers", "r", "/routers/r")
    run.route("GET", "/routers/r", (200, {"router": {"id": "r"}}))
    run.route("GET", "/ports", (200, {"ports": [{"id": "p1"}, {"id": "p2"}]}))
    run.route("PUT", "/routers/r/remove_router_interface", (200, {}))
    run.route("DELETE", "/routers/r", (204, None))
    assert run.cleanup().clean
    assert [one.json for one in fake.changes[:2]] == [{"port_id": "p1"}, {"port_id": "p2"}]
    assert run.deleted == ["/routers/r"]
    (asked,) = {tuple(one.query.items()) for one in fake.asked if one.path.endswith("/ports")}
    assert asked == (("device_id", "r"), ("device_owner", "network:router_interface"))


def test_a_part_that_keeps_a_thing_from_removal_goes_first(fake, tmp_path):
    run = Ended(fake, tmp_path, "network")
    run.had("floatingips", "f", "/floatingips/f")
    run.route("GET", "/floatingips/f/port_forwardings", (200, {"port_forwardings": [{"id": "p1"}]}))
    run.route("DELETE", "/floatingips/f/port_forwardings/p1", (204, None))
    run.route("DELETE", "/floatingips/f", (204, None))
    assert run.cleanup().clean
    assert run.deleted == ["/floatingips/f/port_forwardings/p1", "/floatingips/f"]


def test_a_volume_that_came_with_a_server_is_removed_after_it_though_nobody_noted_it(run):
    """The run was killed before it could. One with a name is somebody's, who attached it."""
    run.had("server", "s", "/servers/s")
    run.had("volume", "ours", "/os-volumes/ours")
    run.route("GET", "/images", (200, {"images": []}))
    attached = [{"id": id_} for id_ in ("came", "theirs", "ours", "../x", "gone")]
    run.server("s", {"status": "ACTIVE", "os-extended-volumes:volumes_attached": attached}, None)
    run.route("DELETE", "/servers/s", (204, None))
    for id_, name in (("came", ""), ("theirs", "data"), ("ours", "x")):
        run.route("GET", f"/os-volumes/{id_}", (200, {"volume": {"id": id_, "displayName": name}}), (404, {}))
        run.route("DELETE", f"/os-volumes/{id_}", (202, None))
    report = run.cleanup()
    assert report.clean
    assert run.deleted[0] == "/servers/s"
    assert sorted(run.deleted[1:]) == ["/os-volumes/came", "/os-volumes/ours"]


def test_a_rule_that_was_never_seen_goes_with_its_group(run):
    run.journal.intend("security_group_rule", "")
    assert run.cleanup().clean


def test_an_id_that_never_was_is_not_called_left(run):
    run.had("aggregate", "name", "/os-aggregates/name", role="admin")
    run.route("DELETE", "/os-aggregates/name", (400, {"badRequest": {"message": "id must be an integer"}}))
    run.route("GET", "/os-aggregates", (200, {"aggregates": [{"id": 5, "name": "theirs"}]}))
    report = run.cleanup()
    assert (report.already_gone, report.left) == (("aggregate name",), ())
    assert run.cleanup().already_gone == ()


@pytest.mark.parametrize("code", [400, 404])
def test_a_rule_of_a_group_that_is_gone_is_not_called_left(run, code):
    run.had("security_group_rule", "r", "/os-security-group-rules/r")
    run.route("DELETE", "/os-security-group-rules/r", (code, {"badRequest": {"message": "no such group"}}))
    report = run.cleanup()
    assert (report.already_gone, report.left) == (("security_group_rule r",), ())
    assert len(run.deleted) == 1, "it is not asked for again and again"


def test_one_thing_that_the_guard_does_not_let_go_does_not_keep_the_rest(run):
    run.had("server", "../flavors", "/servers/../flavors")
    run.had("server", "s", "/servers/s")
    run.server("s")
    run.route("DELETE", "/servers/s", (204, None))
    report = run.cleanup()
    assert run.deleted == ["/servers/s"]
    assert [one.partition(":")[0] for one in report.left] == ["server ../flavors"]
    assert "can be read as that of another resource" in report.left[0]
