"""Every action of servers-actions.inc, and every status that a server can have, on the real Nova."""

import pytest


def test_lock_and_unlock(nova):
    server = nova.server()
    nova.act(server, "lock", {"locked_reason": "test"}, version="2.73")
    nova.act(server, "os-stop", code=409)
    nova.act(server, "unlock")
    nova.act(server, "lock", role="reader", code=403)


def test_stop_start_and_reboot(nova):
    server = nova.server()
    nova.act(server, "os-stop")
    assert nova.wait(server, "SHUTOFF")["OS-EXT-STS:power_state"] == 4
    nova.act(server, "os-start")
    nova.wait(server, "ACTIVE")
    nova.act(server, "reboot", {"type": "SOFT"})
    nova.wait(server, "ACTIVE")
    nova.act(server, "reboot", {"type": "HARD"})
    assert nova.wait(server, "ACTIVE")["OS-EXT-STS:power_state"] == 1


def test_pause_and_suspend(nova):
    server = nova.server()
    nova.act(server, "pause")
    assert nova.wait(server, "PAUSED")["OS-EXT-STS:power_state"] == 3
    nova.act(server, "pause", code=409)
    nova.act(server, "unpause")
    nova.wait(server, "ACTIVE")
    nova.act(server, "suspend")
    assert nova.wait(server, "SUSPENDED")["OS-EXT-STS:power_state"] == 7
    nova.act(server, "resume")
    assert nova.wait(server, "ACTIVE")["OS-EXT-STS:power_state"] == 1


def test_rescue_and_change_of_the_password(nova):
    server = nova.server()
    nova.act(server, "changePassword", {"adminPass": "a new one"})
    assert nova.act(server, "rescue", {"adminPass": "p"}, code=200).json() == {"adminPass": "p"}
    nova.wait(server, "RESCUE")
    nova.act(server, "unrescue")
    nova.wait(server, "ACTIVE")


def test_resize_up_confirm_down_revert(nova):
    server = nova.server()
    nova.act(server, "resize", {"flavorRef": "2"})
    nova.wait(server, "VERIFY_RESIZE")
    nova.act(server, "confirmResize", code=204)
    nova.wait(server, "ACTIVE")
    nova.act(server, "resize", {"flavorRef": "1"})
    nova.wait(server, "VERIFY_RESIZE")
    nova.act(server, "revertResize")
    assert nova.wait(server, "ACTIVE")["flavor"]["id"] == "2"


def test_rebuild(nova):
    server, (image, other, *_) = nova.server(), nova.images()
    nova.act(server, "rebuild", {"imageRef": other, "name": "sandbox-test-rebuilt"})
    assert nova.wait(server, "ACTIVE")["image"]["id"] == other
    nova.act(server, "os-stop")
    nova.wait(server, "SHUTOFF")
    nova.act(server, "rebuild", {"imageRef": image}, version="2.93")
    nova.wait(server, "SHUTOFF")


def test_images_of_a_server_and_the_rotation_of_backups(nova):
    server, other, stock = nova.server(), nova.server(), nova.images()
    first = nova.act(server, "createImage", {"name": "sandbox-test-image"}, version="2.45").json()["image_id"]
    nova.wait(server, "ACTIVE")
    assert nova.until(lambda: nova.get(f"/images/{first}")["image"]["status"] == "ACTIVE", "image")
    nova.act(other, "createBackup", {"name": "sandbox-test-other", "backup_type": "daily", "rotation": 1})
    for number in (1, 2, 3):
        backup = {"name": f"sandbox-test-backup-{number}", "backup_type": "daily", "rotation": 2}
        nova.act(server, "createBackup", backup)
        nova.wait(server, "ACTIVE")
    nova.wait(other, "ACTIVE")

    names = {i["name"] for i in nova.get("/images")["images"]}
    assert {n for n in names if "test" in n} == {
        "sandbox-test-image",
        "sandbox-test-other",
        "sandbox-test-backup-2",
        "sandbox-test-backup-3",
    }
    assert nova.images() == stock
    assert [i["name"] for i in nova.get("/images?name=sandbox-test-other")["images"]] == ["sandbox-test-other"]
    assert nova.call("GET", f"/images/{first}", role="member2").status_code == 404
    assert nova.call("DELETE", f"/images/{stock[0]}").status_code == 403
    assert nova.call("DELETE", f"/images/{first}").status_code == 204
    assert nova.call("GET", f"/images/{first}").status_code == 404


def test_security_groups_of_a_server(nova):
    server = nova.server()
    group = {"name": "sandbox-test-group", "description": "test"}
    made = nova.call("POST", "/os-security-groups", {"security_group": group}).json()["security_group"]["id"]
    nova.act(server, "addSecurityGroup", {"name": group["name"]})
    groups = nova.get(f"/servers/{server}")["server"]["security_groups"]
    assert sorted(g["name"] for g in groups) == ["default", group["name"]]
    assert len(nova.get(f"/servers/{server}/os-security-groups")["security_groups"]) == 2
    assert nova.call("DELETE", f"/os-security-groups/{made}").status_code == 400
    nova.act(server, "removeSecurityGroup", {"name": group["name"]})
    nova.act(server, "addSecurityGroup", {"name": "sandbox-test-none"}, code=404)
    assert nova.call("DELETE", f"/os-security-groups/{made}").status_code == 202
    named = nova.server(security_groups=[{"name": "default"}])
    assert nova.get(f"/servers/{named}")["server"]["security_groups"] == [{"name": "default"}]


def test_floating_ip_of_a_server(nova):
    server = nova.server()
    pool = nova.get("/os-floating-ip-pools")["floating_ip_pools"][0]["name"]
    floating = nova.call("POST", "/os-floating-ips", {"pool": pool}).json()["floating_ip"]
    nova.act(server, "addFloatingIp", {"address": floating["ip"]})

    def addresses():
        found = nova.get(f"/servers/{server}")["server"]["addresses"]
        return {a["addr"]: a["OS-EXT-IPS:type"] for network in found.values() for a in network}

    nova.until(lambda: addresses().get(floating["ip"]) == "floating", "floating IP on the server")
    assert nova.get(f"/os-floating-ips/{floating['id']}")["floating_ip"]["instance_id"] == server
    nova.act(server, "removeFloatingIp", {"address": floating["ip"]})
    nova.until(lambda: floating["ip"] not in addresses(), "floating IP gone")
    assert nova.call("DELETE", f"/os-floating-ips/{floating['id']}").status_code == 202


def test_shelve_offload_and_unshelve(nova):
    server = nova.server()
    nova.act(server, "shelve")
    nova.wait(server, "SHELVED")
    nova.act(server, "shelveOffload", role="admin")
    nova.wait(server, "SHELVED_OFFLOADED")
    nova.act(server, "unshelve")
    nova.wait(server, "ACTIVE")


def test_soft_delete_and_restore(nova):
    server = nova.server()
    assert nova.call("DELETE", f"/servers/{server}").status_code == 204
    nova.wait(server, "SOFT_DELETED")
    nova.act(server, "restore", role="admin")
    nova.wait(server, "ACTIVE")
    assert nova.call("DELETE", f"/servers/{server}").status_code == 204
    nova.wait(server, "SOFT_DELETED")
    nova.act(server, "forceDelete")
    nova.until(lambda: nova.call("GET", f"/servers/{server}").status_code == 404, "deleted")


def test_error_by_reset_of_the_state(nova):
    server = nova.server()
    nova.act(server, "os-resetState", {"state": "error"}, role="member", code=403)
    nova.act(server, "os-resetState", {"state": "error"}, role="admin")
    nova.wait(server, "ERROR")
    nova.act(server, "os-resetState", {"state": "active"}, role="admin")
    nova.wait(server, "ACTIVE")


@pytest.mark.parametrize("decision", ["abort", "force_complete"])
def test_slow_live_migration(nova, decision):
    server = nova.server(metadata={"slow": "1"})
    host = nova.get(f"/servers/{server}", role="admin")["server"]["OS-EXT-SRV-ATTR:host"]
    nova.act(server, "os-migrateLive", {"host": None, "block_migration": "auto"}, role="admin", version="2.25")
    path = f"/servers/{server}/migrations"

    def running():
        found = nova.get(path, role="admin", version="2.25")["migrations"]
        return found if found and found[0]["status"] == "running" else None

    number = nova.until(running, "a running migration")[0]["id"]
    if decision == "abort":
        answer = nova.call("DELETE", f"{path}/{number}", role="admin", version="2.25")
    else:
        answer = nova.call("POST", f"{path}/{number}/action", {"force_complete": None}, "admin", "2.25")
    assert answer.status_code == 202, answer.text
    nova.wait(server, "ACTIVE")
    now = nova.get(f"/servers/{server}", role="admin")["server"]["OS-EXT-SRV-ATTR:host"]
    assert (now == host) is (decision == "abort")


def test_evacuated_host_comes_back_after_a_restart(nova, sandbox):
    server = nova.server()
    host = nova.get(f"/servers/{server}", role="admin")["server"]["OS-EXT-SRV-ATTR:host"]
    service = {"host": host, "binary": "nova-compute"}
    down = {**service, "forced_down": True}
    assert nova.call("PUT", "/os-services/force-down", down, "admin", "2.11").status_code == 200
    nova.act(server, "evacuate", {}, role="admin", version="2.29", code=200)
    moved = lambda: nova.get(f"/servers/{server}", role="admin")["server"]["OS-EXT-SRV-ATTR:host"] != host  # noqa: E731
    nova.until(moved, "evacuated")
    nova.wait(server, "ACTIVE")
    sandbox.restart_compute(host)
    up = {**service, "forced_down": False}
    assert nova.call("PUT", "/os-services/force-down", up, "admin", "2.11").status_code == 200
    again = nova.server(version="2.74", role="admin", host=host)
    assert nova.wait(again, "ACTIVE", role="admin")["OS-EXT-SRV-ATTR:host"] == host
