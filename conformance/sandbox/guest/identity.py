"""Stand-in for Keystone: the real auth_token middleware over a fixed set of random tokens."""

import datetime
import uuid

import keystonemiddleware.fixture
import webob.exc

# Role of the token -> roles in Keystone, including implied ones.
ROLES: dict[str, list[str]] = {
    "admin": ["admin", "manager", "member", "reader"],
    "manager": ["manager", "member", "reader"],
    "member": ["member", "reader"],
    "reader": ["reader"],
    "norole": ["visitor"],
    "expired": ["member", "reader"],
}
# Roles that exist in the second project too.
SECOND = ("admin", "member", "reader")

_FAR = datetime.datetime(2099, 1, 1)
_PAST = datetime.datetime(2001, 1, 1)


class Identity:
    """The projects and tokens of one process.

    Attributes:
        projects: name -> id.
        tokens: name of the role (with a `2` for the second project) -> token.
        known: token -> (user id, project id, roles), without the expired ones.

    """

    def __init__(self) -> None:
        self.projects = {"project1": uuid.uuid4().hex, "project2": uuid.uuid4().hex}
        self.tokens: dict[str, str] = {}
        self.known: dict[str, tuple[str, str, list[str]]] = {}

    def install(self, test) -> None:
        """Take the place of Keystone inside `test`, a started Nova test case."""
        fixture = test.useFixture(keystonemiddleware.fixture.AuthTokenFixture())
        for role in ROLES:
            self._add(fixture, role, role, "project1")
        for role in SECOND:
            self._add(fixture, f"{role}2", role, "project2")
        test.stub_out("nova.api.openstack.identity.verify_project_id", self.verify_project)

    def _add(self, fixture, name: str, role: str, project: str) -> None:
        token, user, project_id = uuid.uuid4().hex, uuid.uuid4().hex, self.projects[project]
        fixture.add_token_data(
            token_id=token,
            expires=_PAST if role == "expired" else _FAR,
            user_id=user,
            user_name=name,
            user_domain_id="default",
            user_domain_name="Default",
            project_id=project_id,
            project_name=project,
            project_domain_id="default",
            project_domain_name="Default",
            role_list=ROLES[role],
        )
        self.tokens[name] = token
        if role != "expired":
            self.known[token] = (user, project_id, ROLES[role])

    def verify_project(self, context, project_id, *_args) -> bool:
        """Take the place of Nova's check of a project against Keystone: 400 for one that does not exist."""
        if project_id not in self.projects.values():
            raise webob.exc.HTTPBadRequest(explanation=f"Project ID {project_id} is not a valid project.")
        return True
