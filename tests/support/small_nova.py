"""A cloud of one server, in a few lines, for the proxy of the proof."""

import json
from http.server import BaseHTTPRequestHandler

import requests

from conformance.prove.breakage import Breakage
from conformance.prove.where import Where

ID = "11111111-2222-3333-4444-555555555555"
OTHER = "99999999-2222-3333-4444-555555555555"
TOKENS = {"member": "m", "admin": "a", "reader": "r", "member2": "o"}
ACTION = f"/servers/{ID}/action"
SHELVED = "5f1f35c1-9e5e-4b0b-9c0a-0d8f0d1f4a77"


class Nova(BaseHTTPRequestHandler):
    """One server; ``spin`` is accepted from its members and administrators, and turns it round."""

    protocol_version = "HTTP/1.1"
    wbufsize = -1

    def do_DELETE(self):
        self.server.deleted.append((self.path, self.headers.get("X-Auth-Token")))
        return self.answer(204)

    def do_GET(self):
        if "/os-migrations" in self.path:
            return self.answer(200, {"migrations": [{"id": 1, "status": "done"}]})
        if "/bare/" in self.path:
            return self.answer(200, {"id": ID, "status": "queued", "tags": []})
        if self.path.endswith(f"/images/{SHELVED}"):
            return self.answer(200, {"image": {"status": "ACTIVE", "server": {"id": ID}}})
        if "/images/" in self.path:
            return self.answer(200, {"image": {"status": "ACTIVE"}})
        if self.path.partition("?")[0].endswith("/servers"):
            return self.answer(200, {"servers": [{"id": id_} for id_ in self.server.listed]})
        if self.path.partition("?")[0].endswith("/servers/detail"):
            return self.answer(200, {"servers": [self.server.widget]})
        if self.path.partition("?")[0].endswith(ID):
            return self.answer(200, {"server": self.server.widget})
        if self.path.partition("?")[0].endswith(OTHER) and self.server.second:
            return self.answer(200, {"server": {"id": OTHER}})
        return self.answer(404, {"itemNotFound": {"code": 404, "message": "none"}})

    def do_POST(self):
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        token = self.headers.get("X-Auth-Token")
        self.server.seen.append((token, self.headers.get("X-OpenStack-Nova-API-Version"), body))
        if "lock" in body:
            self.server.widget["locked"] = True
            return self.answer(202)
        if token not in ("m", "a", "r", "o"):
            return self.answer(401, {"unauthorized": {"code": 401, "message": "who?"}})
        if token not in ("m", "a"):
            return self.answer(403, {"forbidden": {"code": 403, "message": "no"}})
        if "image" in body:
            return self.answer(202, {"image_id": OTHER})
        if "shelve" in body:
            return self.answer(202)
        return self.answer(202, {"server": {"id": ID, "tags": []}}, {"Location": f"http://{self.headers['Host']}/x"})

    def answer(self, status, body=None, headers=()):
        content = json.dumps(body).encode() if body is not None else b""
        self.send_response(status)
        for name, value in {"Content-Length": str(len(content)), "X-Count": "1", **dict(headers)}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *args):
        pass


def broken(instead=None, after=None, **where):
    there = Where("POST", "/servers/{server_id}/action", "spin", **where)
    return Breakage("r#m", "r", "k", "o", "m", there, (), instead, after)


def spin(proxy, token):
    headers = {"X-Auth-Token": token}
    return requests.post(proxy.url + ACTION, json={"spin": None}, headers=headers, timeout=5).status_code
