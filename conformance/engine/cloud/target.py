"""Connects to the endpoint that the user names: a cloud of clouds.yaml, a URL with tokens, or a sandbox."""

from __future__ import annotations

import os
import warnings
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from conformance.engine.cloud.adapter import BoundedAdapter
from conformance.engine.cloud.client import Cloud
from conformance.engine.cloud.credentials import Credential, FixedToken, IdentityToken, Owner, TokenError
from conformance.engine.cloud.errors import EndpointError, RoleMissing, ServiceMissing
from conformance.engine.cloud.profile import Profile
from conformance.engine.cloud.redact import GIVEN, is_secret_name, masked
from conformance.engine.cloud.roles import Role
from conformance.engine.cloud.scope import NOWHERE, Scope
from conformance.engine.cloud.standing import not_the_cloud
from conformance.engine.cloud.transport import Transport
from conformance.engine.cloud.versions import Root, find_root, project_in

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping

    from openstack.config.cloud_region import CloudRegion

    from conformance.engine.cloud.journal import Journal

SANDBOX_TOKENS = {
    "member": Role.MEMBER,
    "admin": Role.ADMIN,
    "reader": Role.READER,
    "alt": Role.ALT,
    "norole": Role.VISITOR,
    "visitor": Role.VISITOR,
    "member2": Role.ALT,
}

OPTIONS = {
    Role.MEMBER: ("--os-cloud", "--token"),
    Role.ADMIN: ("--os-cloud-admin", "--admin-token"),
    Role.READER: ("--os-cloud-reader", "--reader-token"),
    Role.ALT: ("--os-cloud-alt", "--alt-token"),
    Role.VISITOR: ("--os-cloud-visitor", "--visitor-token"),
}
"""The two options for the credentials of a role: with clouds.yaml, and with a URL."""


SECTION = "conformance"
"""The section of a cloud in clouds.yaml with the things to use on it."""


@dataclass(frozen=True)
class Target:
    """The endpoint that the user named: clouds, or a URL with tokens.

    Attributes:
        clouds: the names in clouds.yaml by role; "envvars" stands for the OS_* variables, which are ignored otherwise.
        url: the root of the service, or its versioned root.
        tokens: the tokens for the URL by role; MEMBER is needed.
        owners: the ids of the user and of the project of each token, where they are known.
        name: the name of the endpoint in messages; None for the usual one.
        tried: True if another process of the run has seen that the cloud accepts its users.
    """

    clouds: Mapping[Role, str] = field(default_factory=dict)
    url: str | None = None
    tokens: Mapping[Role, str] = field(default_factory=dict, repr=False)
    owners: Mapping[Role, Owner] = field(default_factory=dict)
    name: str | None = None
    tried: bool = False

    def only(self, roles: Collection[Role]) -> Target:
        """The same endpoint with the users of some roles alone."""
        return replace(
            self,
            clouds={role: name for role, name in self.clouds.items() if role in roles},
            tokens={role: token for role, token in self.tokens.items() if role in roles},
        )

    @classmethod
    def sandbox(
        cls,
        url: str,
        tokens: Mapping[str, str],
        name: str = "sandbox",
        owners: Mapping[str, Owner] | None = None,
    ) -> Target:
        """The target for a running sandbox with tokens and their owners by role name; "member2" counts as "alt"."""
        by_role = {SANDBOX_TOKENS[who]: token for who, token in tokens.items() if who in SANDBOX_TOKENS}
        known = {SANDBOX_TOKENS[who]: owner for who, owner in (owners or {}).items()}
        return cls(url=url, tokens=by_role, owners=known, name=name)


@dataclass(frozen=True)
class Described:
    """The facts about the addresses of a service that the paths of its reference show.

    Attributes:
        majors: the numbers of the versions in the paths.
        below_project: by version, the first parts of the paths that stand below the project.
    """

    majors: tuple[int, ...] = ()
    below_project: Mapping[int, frozenset[str]] = field(default_factory=dict)


ANYTHING = Described()
"""The facts of a reference whose paths have neither version nor project."""


@dataclass(frozen=True)
class _Terms:
    """The terms of a connection, which do not depend on the endpoint; see ``connect``."""

    journal: Journal | None
    profile: Profile
    described: Described
    allow_disruptive: bool
    timeout: float

    def root(self, transport: Transport, url: str, token: str, *, as_given: bool = True) -> Root:
        """The root of the API at an address."""
        return find_root(transport, url, token, self.profile, self.timeout, self.described.majors, as_given=as_given)

    def cloud(
        self,
        root: Root,
        credentials: Mapping[Role, Credential],
        transport: Transport,
        name: str,
        scope: Scope,
        wishes: Mapping[str, str] | None = None,
    ) -> Cloud:
        """The client of the API at a root."""
        return Cloud(
            root.url,
            credentials,
            root.microversions,
            name=name,
            profile=self.profile,
            journal=self.journal,
            scope=scope,
            root=root,
            allow_disruptive=self.allow_disruptive,
            transport=transport,
            wishes=wishes,
        )


def connect(
    target: Target,
    journal: Journal | None = None,
    *,
    profile: Profile,
    described: Described = ANYTHING,
    allow_disruptive: bool = False,
    timeout: float = 30.0,
) -> Cloud:
    """Find the endpoint of a service and its versions, and make sure that the token of each role is accepted.

    Args:
        target: the endpoint that the user named.
        journal: the journal of this process; None if nothing may be made.
        profile: the facts about the service that the client needs.
        described: the facts about the addresses of the service in its reference.
        allow_disruptive: True if the guard may let everything out that can be undone.
        timeout: the seconds for each request that looks for the versions.

    Raises:
        EndpointError: the endpoint cannot be used; one sentence says why and how to mend that.
    """
    if target.url is not None and target.clouds:
        raise EndpointError(
            "a URL and a cloud of clouds.yaml were both given: --url goes with --token, --os-cloud alone"
        )
    if target.url is not None:
        return _connect_url(target, _Terms(journal, profile, described, allow_disruptive, timeout))
    if Role.MEMBER in target.clouds:
        return _connect_clouds(target, _Terms(journal, profile, described, allow_disruptive, timeout))
    raise EndpointError("no endpoint was named: give --os-cloud NAME, or --url URL with --token TOKEN, or --sandbox")


def _connect_url(target: Target, terms: _Terms) -> Cloud:
    url = str(target.url)
    if not url.startswith(("http://", "https://")):
        raise EndpointError(f"{url!r} is not a URL: it should begin with http:// or https://")
    if not target.tokens.get(Role.MEMBER):
        raise EndpointError(f"{url} needs a token: give --token (a member of a project)")
    transport = Transport()
    credentials: dict[Role, Credential] = {
        role: FixedToken(token, target.owners.get(role, (None, None))) for role, token in target.tokens.items() if token
    }
    root = terms.root(transport, url, target.tokens[Role.MEMBER])
    name = f"{target.name} at {root.url}" if target.name else root.url
    # A member of another project needs another address, which the user has not given; that of a sandbox is known.
    known = {role: owner[1] for role, owner in target.owners.items()}
    projects: dict[Role, str] = {}
    for role in credentials:
        project = known.get(role) or (root.project if role is not Role.ALT else None)
        if project:
            projects[role] = project
    scope = _scope(root, projects, terms.described)
    if scope.parts != NOWHERE.parts and Role.MEMBER not in projects:
        raise EndpointError(
            f"{url} does not name the project, and the paths of the reference do: give --url {root.url}/PROJECT_ID"
        )
    cloud = terms.cloud(root, credentials, transport, name, scope)
    _keep_secret(cloud, target.tokens.values())
    if not target.tried:
        _try_tokens(cloud, 1)
    return cloud


def _connect_clouds(target: Target, terms: _Terms) -> Cloud:
    profile = terms.profile
    with warnings.catch_warnings():
        # The SDK warns of its own plans. Under `-W error` such a warning would end the run.
        warnings.simplefilter("ignore")
        regions = {role: _region(name) for role, name in target.clouds.items()}
        credentials = {role: _identity_token(region, profile.type) for role, region in regions.items()}
    member = target.clouds[Role.MEMBER]
    for role, credential in credentials.items():
        try:
            credential.token()
        except TokenError as error:
            option = OPTIONS[role][0]
            # Some identity services repeat the refused password in their message.
            said = masked(str(error), _passwords(regions.values()))
            raise EndpointError(f"cloud {target.clouds[role]!r} ({option}): {said}") from error
    url = credentials[Role.MEMBER].endpoint(profile.type)
    if url is None:
        raise ServiceMissing(
            f"the catalogue of cloud {member!r} has no {profile.type} service: look at `openstack catalog list`, "
            f"and at region_name and interface in clouds.yaml"
        )
    if "@" in urlsplit(url).netloc:
        raise EndpointError(
            f"the address of the {profile.type} service of cloud {member!r} holds a user or a password: take it out of "
            "the catalogue or of clouds.yaml, since addresses stand in records"
        )
    session = credentials[Role.MEMBER].session
    transport = Transport(verify=True if session.verify is None else session.verify, cert=session.cert)
    token = credentials[Role.MEMBER].token()
    root = terms.root(transport, url, token, as_given=False)
    name = f"{target.name or member} at {root.url}"
    wishes = _wishes(member, regions[Role.MEMBER])
    scope = _scope(root, _projects(credentials, profile.type), terms.described)
    cloud = terms.cloud(root, credentials, transport, name, scope, wishes)
    cloud.region = regions[Role.MEMBER].get_region_name(profile.type) or None
    _keep_secret(cloud, _passwords(regions.values()))
    if not target.tried:
        _try_tokens(cloud, 0)
    return cloud


def _projects(credentials: Mapping[Role, IdentityToken], service_type: str) -> dict[Role, str]:
    """The text that names the project of each role in an address: that of the catalogue, or the id."""
    found = {role: project_in(one.endpoint(service_type) or "") or one.project() for role, one in credentials.items()}
    return {role: project for role, project in found.items() if project}


def _scope(root: Root, projects: Mapping[Role, str], described: Described) -> Scope:
    """The scope of an endpoint: all paths if the root has the project, else those of the reference."""
    if root.keeps_project:
        return Scope(projects, None)
    parts = described.below_project.get(root.major, frozenset()) if root.major is not None else frozenset()
    return Scope(projects, parts)


def _region(name: str) -> CloudRegion:
    """One cloud of clouds.yaml, read by the SDK."""
    # Imported here, because the import takes a second and other endpoints do not need it.
    from openstack import exceptions
    from openstack.config import OpenStackConfig
    from openstack.config.loader import CONFIG_FILES

    # The OS_* variables count only if the user asks for them: a forgotten one could turn a run
    # against another cloud.
    from_environment = name == "envvars"
    try:
        files = _files()
        loader = OpenStackConfig(load_envvars=from_environment, **files)
        if name not in loader.get_cloud_names():
            known = ", ".join(sorted(set(loader.get_cloud_names()) - {"defaults"})) or "none"
            # The SDK skips a file that it cannot read, and goes on to the next.
            unread = next((path for path in files.get("config_files", CONFIG_FILES) if Path(path).is_file()), None)
            where = loader.config_filename or (f"{unread} is no YAML" if unread else "no clouds.yaml was found")
            if from_environment:
                raise EndpointError("--os-cloud envvars: no OS_* variables are set (OS_AUTH_URL, OS_USERNAME, ...)")
            raise EndpointError(f"there is no cloud {name!r}: known are {known} ({where})")
        return loader.get_one(cloud=name)
    except EndpointError:
        raise
    except exceptions.SDKException as error:
        raise EndpointError(f"the settings of cloud {name!r} cannot be used: {_line(error)}") from error
    except OSError as error:
        raise EndpointError(f"clouds.yaml cannot be read: {_line(error)}") from error
    except Exception as error:
        # The SDK passes errors of the YAML parser and of authentication plugins on unchanged.
        raise EndpointError(f"the settings of cloud {name!r} cannot be used: {_line(error)}") from error


def _files() -> dict[str, Any]:
    """The files that variables name for clouds.yaml and its secrets. They name no cloud, so they always count."""
    from openstack.config import loader

    found: dict[str, Any] = {}
    for variable, argument, usual in (
        ("OS_CLIENT_CONFIG_FILE", "config_files", loader.CONFIG_FILES),
        ("OS_CLIENT_SECURE_FILE", "secure_files", loader.SECURE_FILES),
    ):
        if path := os.environ.get(variable):
            if not Path(path).is_file():
                raise EndpointError(f"{variable} names {path}, which is no file")
            found[argument] = [path, *usual]
    return found


def _identity_token(region: CloudRegion, service_type: str) -> IdentityToken:
    try:
        session = region.get_session()
    except Exception as error:
        raise EndpointError(f"the settings of cloud {region.name!r} cannot be used: {_line(error)}") from error
    adapter = BoundedAdapter(stay=True)
    for scheme in ("http://", "https://"):
        session.session.mount(scheme, adapter)
    override: Any = region.get_endpoint(service_type)
    interface: Any = region.get_interface(service_type)
    return IdentityToken(
        session,
        region=region.get_region_name(service_type) or None,
        interface=interface or None,
        overrides={service_type: str(override)} if override else None,
        adapter=adapter,
    )


def _wishes(name: str, region: CloudRegion) -> dict[str, str]:
    """The things to use on a cloud, from its section ``conformance``. Raises EndpointError."""
    section: Any = region.config.get(SECTION) or {}
    if not isinstance(section, dict) or not all(isinstance(wish, str | int) for wish in section.values()):
        raise EndpointError(f"the section {SECTION} of cloud {name!r} should hold lines such as `kind: NAME`")
    return {str(kind): str(wish) for kind, wish in section.items()}


def _keep_secret(cloud: Cloud, secrets: Iterable[str]) -> None:
    """Mask the secrets that the user gave, in the record and in the messages of this process."""
    for secret in secrets:
        for redactor in (GIVEN, cloud.redactor):
            redactor.learn(secret)


def _passwords(regions: Iterable[CloudRegion]) -> list[str]:
    """Return the secrets in the settings of some clouds."""
    return [
        str(value)
        for region in regions
        for name, value in (region.config.get("auth") or {}).items()
        if value and is_secret_name(str(name))
    ]


def _try_tokens(cloud: Cloud, option: int) -> None:
    """Make sure that every token is accepted, before a run takes a 401 for the answer to something else."""
    check = cloud.profile.token_check
    if check is None:
        return
    for role in sorted(cloud.roles):
        try:
            answer = cloud.get(check.path, role=role, query=check.query)
        except RoleMissing:
            continue  # its project is unknown, and each case of the role will say so
        if answer.error:
            raise EndpointError(f"{answer.error} ({cloud.url})")
        if answer.status == 401:
            how = OPTIONS[role][option]
            raise EndpointError(f"{cloud.url} refused the token of {how}: 401; is it of this cloud, and not expired?")
        if trouble := not_the_cloud(f"GET {check.path}", answer):
            raise EndpointError(f"{cloud.url} cannot be tested now: {trouble}")
        if answer.status >= 500:
            raise EndpointError(f"{cloud.url} does not work: GET {check.path} as {role} gave {answer.status}")


def _line(error: Exception) -> str:
    return " ".join(str(error).split())[:300] or type(error).__name__
