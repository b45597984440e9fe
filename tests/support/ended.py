"""A run that has ended with things in its journal, beside a cloud without a network, for tests of the cleanup."""

from __future__ import annotations

from dataclasses import replace

from conformance.engine.api.load import load_service
from conformance.engine.cloud.cleanup import cleanup
from conformance.engine.cloud.journal import Journal
from conformance.engine.cloud.roles import Role
from conformance.engine.cloud.target import Target, connect

TOKENS = {Role.MEMBER: "member-token", Role.ADMIN: "admin-token"}


class Ended:
    def __init__(self, fake, path, service="compute"):
        self.fake, self.path, self.service = fake, path, service
        self.journal = Journal(path / "journal.jsonl", prefix="conformance-1")
        self.forced, self.freeing = {}, {}
        self.projects = {}
        self.users = {}
        self.tokens = dict(TOKENS)

    def had(self, kind, id_, path, name="", role="member"):
        self.journal.made(self.journal.intend(kind, name or f"conformance-1-{id_}", role=role), id_, path)

    def lists(self, *lists):
        self.journal.may_look_at(lists)

    def route(self, method, path, *answers):
        locks = list(answers)
        self.fake.routes[method, f"/v2.1{path}"] = lambda asked: locks.pop(0) if len(locks) > 1 else locks[0]

    def server(self, id_, *views):
        """A server that is there at the first look, and gone at the next one unless more is said."""
        seen = views or ({"status": "ACTIVE"}, None)
        answers = [(200, {"server": {"id": id_, **view}}) if view else (404, {}) for view in seen]
        self.route("GET", f"/servers/{id_}", *answers)

    def cleanup(self, timeout=5.0, tell=None, claimed=frozenset(), **more):
        journal, profile = Journal(self.path / "journal-cleanup.jsonl"), load_service(self.service).profile
        profile = replace(profile, forced=self.forced, freeing=self.freeing)
        cloud = connect(Target(url=self.fake.url, tokens=self.tokens), journal, profile=profile, **more)
        cloud.project_of, cloud.user_of = self.projects.get, self.users.get
        self.fake.asked.clear()
        try:
            return cleanup(self.path, cloud, timeout=timeout, tell=tell, claimed=claimed)
        finally:
            cloud.close()

    @property
    def deleted(self):
        return [one.path.removeprefix("/v2.1") for one in self.fake.changes if one.method == "DELETE"]
