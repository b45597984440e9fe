"""The stand-ins for network, volume and image behind the real Nova: proxies, attachments, consoles."""

import uuid

import pytest

UNKNOWN = str(uuid.uuid4())


def test_networks_proxy(nova):
    names = [n["label"] for n in nova.get("/os-networks", role="admin", version="2.35")["networks"]]
    assert names == ["private", "public"]
    (private,) = [n for n in nova.get("/os-tenant-networks", version="2.35")["networks"] if n["label"] == "private"]
    assert nova.get(f"/os-tenant-networks/{private['id']}")["network"]["label"] == "private"
    assert nova.call("GET", f"/os-networks/{UNKNOWN}", role="admin").status_code == 404


def test_floating_ips_proxy(nova):
    before = nova.get("/os-floating-ips", version="2.35")["floating_ips"]
    made = nova.call("POST", "/os-floating-ips", {"pool": "public"}, version="2.35").json()["floating_ip"]
    assert made["pool"] == "public"
    assert len(nova.get("/os-floating-ips", version="2.35")["floating_ips"]) == len(before) + 1
    assert nova.call("GET", f"/os-floating-ips/{made['id']}", role="member2").status_code == 404
    assert nova.call("DELETE", f"/os-floating-ips/{made['id']}", version="2.35").status_code == 202
    assert nova.call("DELETE", f"/os-floating-ips/{made['id']}", version="2.35").status_code == 404
    assert nova.call("POST", "/os-floating-ips", {"pool": "none of these"}).status_code == 404


def test_security_groups_proxy(nova):
    body = {"security_group": {"name": "sandbox-test-sg", "description": "d"}}
    group = nova.call("POST", "/os-security-groups", body, version="2.35").json()["security_group"]
    assert "sandbox-test-sg" in [g["name"] for g in nova.get("/os-security-groups")["security_groups"]]
    changed = {"security_group": {"name": "sandbox-test-sg2", "description": "e"}}
    assert nova.call("PUT", f"/os-security-groups/{group['id']}", changed).status_code == 200
    rule = {
        "parent_group_id": group["id"],
        "ip_protocol": "tcp",
        "from_port": 22,
        "to_port": 22,
        "cidr": "10.0.0.0/24",
    }
    made = nova.call("POST", "/os-security-group-rules", {"security_group_rule": rule}, version="2.35")
    assert made.status_code == 200, made.text
    shown = nova.get(f"/os-security-groups/{group['id']}")["security_group"]
    assert (shown["name"], [r["from_port"] for r in shown["rules"]]) == ("sandbox-test-sg2", [22])
    again = nova.call("POST", "/os-security-group-rules", {"security_group_rule": rule})
    assert again.status_code == 400
    path = f"/os-security-group-rules/{made.json()['security_group_rule']['id']}"
    assert nova.call("DELETE", path).status_code == 202
    assert nova.call("GET", f"/os-security-groups/{group['id']}", role="member2").status_code == 404
    assert nova.call("DELETE", f"/os-security-groups/{group['id']}").status_code == 202
    assert nova.call("GET", f"/os-security-groups/{group['id']}").status_code == 404


def test_images_proxy_filters_and_pages(nova):
    images = nova.get("/images", version="2.35")["images"]
    assert len(nova.get("/images?limit=1")["images"]) == 1
    rest = nova.get(f"/images?marker={images[0]['id']}")["images"]
    assert rest == images[1:]
    assert nova.call("GET", f"/images?marker={UNKNOWN}").status_code == 400
    assert nova.call("GET", f"/images/{UNKNOWN}").status_code == 404
    assert nova.get("/images?status=SAVING")["images"] == []
    path = f"/images/{images[0]['id']}/metadata"
    assert nova.call("POST", path, {"metadata": {"k": "v"}}, "admin").status_code == 200
    assert nova.call("DELETE", f"{path}/k", role="admin").status_code == 204


def test_volumes_proxy(nova):
    body = {"volume": {"size": 1, "display_name": "sandbox-test-volume"}}
    made = nova.call("POST", "/os-volumes", body).json()["volume"]
    assert made["status"] == "available"
    assert made["id"] in [v["id"] for v in nova.get("/os-volumes/detail")["volumes"]]
    body = {"snapshot": {"volume_id": made["id"], "display_name": "sandbox-test-snapshot"}}
    snapshot = nova.call("POST", "/os-snapshots", body).json()["snapshot"]
    assert [s["id"] for s in nova.get("/os-snapshots")["snapshots"]] == [snapshot["id"]]
    assert nova.call("DELETE", f"/os-snapshots/{snapshot['id']}").status_code == 202
    assert nova.call("GET", f"/os-volumes/{made['id']}", role="member2").status_code == 404
    assert nova.call("DELETE", f"/os-volumes/{made['id']}").status_code == 202
    for path in (f"/os-volumes/{made['id']}", f"/os-volumes/{UNKNOWN}", f"/os-snapshots/{UNKNOWN}"):
        assert nova.call("GET", path).status_code == 404


@pytest.mark.parametrize("tag", [None, "sandbox-test-tag"])
def test_volume_is_attached_and_detached(nova, tag):
    server = nova.server()
    volume = nova.call("POST", "/os-volumes", {"volume": {"size": 1}}).json()["volume"]["id"]
    path = f"/servers/{server}/os-volume_attachments"
    body = {"volumeAttachment": {"volumeId": volume} | ({"tag": tag} if tag else {})}
    attached = nova.call("POST", path, body, version="2.49")
    assert attached.status_code == 200, attached.text
    status = lambda: nova.get(f"/os-volumes/{volume}")["volume"]["status"]  # noqa: E731
    nova.until(lambda: status() == "in-use", "attached")
    other = nova.server()
    elsewhere = nova.call("POST", f"/servers/{other}/os-volume_attachments", body, version="2.49")
    assert elsewhere.status_code == 400
    assert nova.call("DELETE", f"{path}/{volume}").status_code == 202
    nova.until(lambda: status() == "available", "detached")
    assert nova.get(path)["volumeAttachments"] == []
    body = {"volumeAttachment": {"volumeId": UNKNOWN}}
    assert nova.call("POST", path, body).status_code == 404


def test_server_with_its_disk_on_a_volume(nova):
    image, other, *_ = nova.images()
    disk = {
        "boot_index": 0,
        "uuid": image,
        "source_type": "image",
        "destination_type": "volume",
        "volume_size": 1,
    }
    server = nova.server(imageRef=None, version="2.67", block_device_mapping_v2=[disk])
    (attached,) = nova.get(f"/servers/{server}/os-volume_attachments")["volumeAttachments"]
    assert nova.get(f"/servers/{server}")["server"]["image"] == ""
    image_id = nova.act(server, "createImage", {"name": "sandbox-test-bfv"}, version="2.45").json()["image_id"]
    nova.wait(server, "ACTIVE")
    assert nova.get(f"/images/{image_id}")["image"]["status"] == "ACTIVE"
    assert len(nova.get("/os-snapshots")["snapshots"]) == 1
    nova.act(server, "rebuild", {"imageRef": other}, version="2.93")
    nova.wait(server, "ACTIVE")
    nova.act(server, "shelve")
    nova.wait(server, "SHELVED_OFFLOADED", "SHELVED")
    nova.act(server, "unshelve")
    nova.wait(server, "ACTIVE")
    nova.act(server, "rescue", {"rescue_image_ref": nova.images()[-1]}, version="2.87", code=200)
    nova.wait(server, "RESCUE")
    nova.act(server, "unrescue")
    nova.wait(server, "ACTIVE")
    assert nova.call("DELETE", f"/images/{image_id}").status_code == 204
    nova.act(server, "forceDelete")
    nova.until(lambda: nova.get(f"/os-volumes/{attached['volumeId']}")["volume"]["status"] == "available", "freed")


def test_server_from_the_volume_that_is_there(nova):
    (volume,) = [v for v in nova.get("/os-volumes")["volumes"] if v["displayName"] == "sandbox-boot"]
    disk = {"boot_index": 0, "uuid": volume["id"], "source_type": "volume", "destination_type": "volume"}
    nova.server(imageRef=None, block_device_mapping_v2=[disk])


def test_interfaces_and_fixed_addresses(nova):
    server = nova.server()
    path = f"/servers/{server}/os-interface"
    (first,) = nova.get(path)["interfaceAttachments"]
    added = nova.call("POST", path, {"interfaceAttachment": {"net_id": first["net_id"], "tag": "t"}}, version="2.49")
    assert added.status_code == 200, added.text
    port = added.json()["interfaceAttachment"]["port_id"]
    assert len(nova.get(path)["interfaceAttachments"]) == 2
    assert nova.call("DELETE", f"{path}/{port}").status_code == 202
    nova.until(lambda: len(nova.get(path)["interfaceAttachments"]) == 1, "detached")
    addresses = lambda: sum(map(len, nova.get(f"/servers/{server}/ips")["addresses"].values()))  # noqa: E731
    nova.act(server, "addFixedIp", {"networkId": first["net_id"]}, role="admin")
    nova.until(lambda: addresses() == 3, "third address")
    nova.act(server, "removeFixedIp", {"address": first["fixed_ips"][0]["ip_address"]}, role="admin")
    nova.until(lambda: addresses() == 2, "two addresses")
    other = nova.server()
    mine, its = (nova.get(f"/servers/{s}/ips")["addresses"]["private"] for s in (server, other))
    assert not {a["addr"] for a in mine} & {a["addr"] for a in its}


def test_consoles_and_hypervisors(nova):
    server = nova.server()
    kinds = {"vnc": "novnc", "spice": "spice-html5", "serial": "serial", "mks": "webmks"}
    for protocol, kind in kinds.items():
        body = {"remote_console": {"protocol": protocol, "type": kind}}
        answer = nova.call("POST", f"/servers/{server}/remote-consoles", body, version="2.8")
        assert answer.status_code == 200, (protocol, answer.text)
    assert nova.act(server, "os-getConsoleOutput", {}, code=200).json()["output"]
    first = nova.get("/os-hypervisors", role="admin")["hypervisors"][0]
    assert "up" in nova.get(f"/os-hypervisors/{first['id']}/uptime", role="admin")["hypervisor"]["uptime"]


@pytest.mark.parametrize(
    "path",
    [
        "/os-instance_usage_audit_log",
        "/os-services",
        "/limits",
        "/os-availability-zone/detail",
        "/os-simple-tenant-usage",
        "/os-migrations",
        "/os-quota-sets/x",
        "/os-hosts",
        "/os-server-groups",
        "/os-aggregates",
    ],
)
def test_other_resources_answer(nova, sandbox, path):
    path = path.replace("/x", f"/{sandbox.projects['project1']}")
    assert nova.call("GET", path, role="admin").status_code == 200


def test_bare_metal_nodes_proxy(nova):
    (node,) = nova.get("/os-baremetal-nodes", role="admin")["nodes"]
    assert nova.get(f"/os-baremetal-nodes/{node['id']}", role="admin")["node"]["interfaces"]
    assert nova.call("GET", f"/os-baremetal-nodes/{UNKNOWN}", role="admin").status_code == 404
