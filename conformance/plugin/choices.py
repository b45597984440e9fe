"""The options of a run, checked. A wrong value raises an error of one sentence."""

from __future__ import annotations

import math
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches
from pathlib import Path
from typing import TYPE_CHECKING, Any

from conformance.engine.cloud.redact import GIVEN
from conformance.engine.cloud.roles import Role
from conformance.engine.run.levels import FULL, LEVELS
from conformance.plugin.expected import ExpectedDeviations
from conformance.plugin.guidelines import find
from conformance.plugin.known import named
from conformance.plugin.options import BY_NAME, OPTIONS, PREFIX, dest
from conformance.plugin.trouble import Trouble
from specs.guideline.load import Loaded
from specs.microversion import Microversion
from specs.record.totals import ALLOW_UNDECIDED

if TYPE_CHECKING:
    import pytest

MAX_RESOURCES = 6

_CLOUDS = {
    "os-cloud": Role.MEMBER,
    "os-cloud-admin": Role.ADMIN,
    "os-cloud-reader": Role.READER,
    "os-cloud-alt": Role.ALT,
    "os-cloud-visitor": Role.VISITOR,
}
_TOKENS = {
    "token": Role.MEMBER,
    "admin-token": Role.ADMIN,
    "reader-token": Role.READER,
    "alt-token": Role.ALT,
    "visitor-token": Role.VISITOR,
}

_BESIDE = {f"{PREFIX}{name}" for name in ("SPEC", "READONLY", "TRACEBACK")}
"""The environment variables that stand for no option."""

_ALIKE = 0.8
"""How much of the name of a variable must agree with a known one to be taken for it (1 for all). Others are not meant
for this suite: more projects than one test conformance."""


@dataclass(frozen=True)
class Choices:
    """The options of a run.

    Attributes:
        clouds: names in clouds.yaml by role; empty if a URL or a sandbox is tested.
        url: the URL of the service; None if ``clouds`` or a sandbox is tested.
        tokens: tokens for the URL, by role.
        sandbox_cloud: True if the run starts a cloud of several real services and tests it.
        sandbox_release: the release of the sandbox, such as ``name==1.0``; None for the installed one.
        sandbox_variant: the name of the variant of the sandbox; None for the ordinary one.
        services: the services to test by the specs of this suite; ``all`` stands for every one.
        microversion: the highest microversion to test; None for the highest that specs and cloud share.
        use: kind -> the name or id of the thing to use instead of a discovered one.
        fail_on_omission: True if an omission makes the run fail.
        default_policy: True if the cloud is known to keep the documented defaults of its policy.
        allow_disruptive: True if requests may change resources that other users share.
        allow_undecided: the percentage of the applicable cases that may stay undecided.
        waivers: the file of waivers; None without one.
        guideline: the guideline of the run; None without one.
        declared: the exceptions of the guideline that the user declares, by id, with their reasons.
        known: the known deviations of the releases that the user named; empty to choose them by the cloud.
        level: the level of the run, one of ``LEVELS``.
        max_resources: the most resources under test that may exist at the same time.
        patience: the longest wait for a status of a resource, in seconds; None for the usual one.
        dry_run: True if the run only shows its plan.
        resume: the directory of the run to continue; None for a new run.
        output: the directory of the run record; None for a new one under ``runs``.
        given: the options that the user gave, without secrets, for the record.
    """

    clouds: Mapping[Role, str] = field(default_factory=dict)
    url: str | None = None
    tokens: Mapping[Role, str] = field(default_factory=dict, repr=False)
    sandbox_cloud: bool = False
    sandbox_release: str | None = None
    sandbox_variant: str | None = None
    services: tuple[str, ...] = ()
    microversion: str | None = None
    use: Mapping[str, str] = field(default_factory=dict)
    fail_on_omission: bool = False
    default_policy: bool = False
    allow_disruptive: bool = False
    allow_undecided: float = ALLOW_UNDECIDED
    waivers: Path | None = None
    guideline: Loaded | None = None
    declared: Mapping[str, str] = field(default_factory=dict)
    known: tuple[ExpectedDeviations, ...] = ()
    level: str = FULL
    max_resources: int = MAX_RESOURCES
    patience: int | None = None
    dry_run: bool = False
    resume: Path | None = None
    output: Path | None = None
    given: Mapping[str, Any] = field(default_factory=dict)

    @property
    def sandbox(self) -> bool:
        """True if the run tests the sandbox of one process."""
        return self.url is None and not self.clouds and not self.sandbox_cloud

    def services_beside(self, given: Sequence[Path]) -> tuple[str, ...]:
        """The services to test by the specs of this suite; those of the guideline if no other specs are given."""
        if self.services or given or self.guideline is None:
            return self.services
        return self.guideline.guideline.services

    @property
    def roles(self) -> frozenset[Role]:
        """The roles that the run may use: all, or those that the guideline allows."""
        if self.guideline is None:
            return frozenset(Role)
        allowed = {name for one in self.guideline.guideline.capabilities for name in one.roles}
        return frozenset(Role(name) for name in allowed | {Role.MEMBER.value})

    @property
    def own(self) -> bool:
        """True if the run tests the ordinary sandbox, on which it may do everything; a variant is a foreign cloud."""
        return self.sandbox and self.sandbox_variant is None


def from_config(config: pytest.Config) -> Choices:
    """Read pytest's options, and tokens from the environment. Raises Trouble."""
    values = {option.name: getattr(config.option, dest(option.name), None) for option in OPTIONS}
    return choose(with_tokens(values, os.environ))


def with_tokens(values: Mapping[str, Any], environment: Mapping[str, str]) -> dict[str, Any]:
    """Add the tokens from the environment to the values of options, if the endpoint is a URL.

    Every user of a machine can see the arguments of a process, but only its own user can see its environment.
    """
    if not values.get("url"):
        return dict(values)
    return {
        **values,
        **{
            name: text for name in _TOKENS if not values.get(name) and (text := environment.get(BY_NAME[name].variable))
        },
    }


def from_environment(environment: Mapping[str, str]) -> Choices:
    """Read the environment variables that set the options under stestr. Raises Trouble, also for a misspelt one."""
    known = {option.variable for option in OPTIONS} | _BESIDE
    for name in environment:
        if name.startswith(PREFIX) and name not in known:
            own = {one.removeprefix(PREFIX): one for one in sorted(known)}
            meant = get_close_matches(name.removeprefix(PREFIX).removeprefix("OS_"), own, 1, _ALIKE)
            if meant:
                raise Trouble(f"{name} is no variable of this suite: {own[meant[0]]} is; set that one, or unset both")
    values: dict[str, Any] = {}
    for option in OPTIONS:
        text = environment.get(option.variable, "").strip()
        if option.repeated:
            values[option.name] = [one.strip() for one in text.split(",") if one.strip()]
        else:
            values[option.name] = on(text) if option.metavar is None else text or None
    return choose(values)


def on(text: str) -> bool:
    """Whether the text of an environment variable turns a switch on."""
    return text.strip() not in ("", "0", "false", "no")


def choose(values: Mapping[str, Any]) -> Choices:
    """Check the values of options by name. Raises Trouble."""
    clouds = {role: str(values[name]) for name, role in _CLOUDS.items() if values.get(name)}
    tokens = {role: _token(name, str(values[name])) for name, role in _TOKENS.items() if values.get(name)}
    for token in tokens.values():
        GIVEN.learn(token)
    url = _url(values.get("url"))
    _one_endpoint(values, bool(clouds), bool(tokens))
    if clouds and Role.MEMBER not in clouds:
        raise Trouble(f"--os-cloud is missing: {_name_of(_CLOUDS, clouds)} only adds a second role, so give both")
    if url and Role.MEMBER not in tokens and not values.get("dry-run"):
        raise Trouble(
            f"--url {url} needs the token of a member of a project: give it in {BY_NAME['token'].variable}, "
            "or with --token @FILE"
        )
    # Nobody else uses the sandbox cloud, and its services have their default policies.
    own = bool(values.get("sandbox-cloud"))
    if values.get("resume") and values.get("output"):
        raise Trouble("--resume and --output cannot be combined: a resumed run stays in its own directory")
    return Choices(
        clouds=clouds,
        url=url,
        tokens=tokens,
        sandbox_cloud=own,
        sandbox_release=_release(values.get("sandbox-release")),
        sandbox_variant=_variant(values.get("sandbox-variant"), values.get("sandbox-release")),
        services=tuple(dict.fromkeys(map(str, values.get("service") or ()))),
        microversion=_microversion(values.get("microversion")),
        use=_pairs("use", values.get("use") or (), "`conformance doctor` shows the kinds"),
        fail_on_omission=bool(values.get("fail-on-omission")),
        default_policy=own or bool(values.get("default-policy")),
        allow_disruptive=own or bool(values.get("allow-disruptive")),
        allow_undecided=_percent(values.get("allow-undecided")),
        waivers=_path(values, "waivers"),
        guideline=_guideline(values),
        declared=_pairs("declare", values.get("declare") or (), "the exceptions stand in the guideline"),
        known=tuple(named(str(release)) for release in values.get("known") or ()),
        level=_level(values.get("level")),
        max_resources=_integer(values, "max-servers", MAX_RESOURCES, 1),
        patience=_integer(values, "patience", 0, 1) or None,
        dry_run=bool(values.get("dry-run")),
        resume=_path(values, "resume"),
        output=_path(values, "output"),
        given={name: _recorded(name, value) for name, value in values.items() if value and not BY_NAME[name].secret},
    )


def _url(text: str | None) -> str | None:
    """Return the URL if it can stand in records and in sentences. Raises Trouble."""
    if text and "@" in text:
        # A masked URL would be useless for --resume, for the cleanup and for the commands that try a case again.
        raise Trouble(
            "--url holds an @, and so a user or a password, which would stand in the record: remove them, and give "
            f"tokens in {BY_NAME['token'].variable} and the variables of the other roles"
        )
    return text or None


def _token(name: str, text: str) -> str:
    """Return the token that an option gives: its text, or the content of the file for ``@FILE``. Raises Trouble."""
    if text.startswith("@"):
        try:
            text = Path(text[1:]).read_text("utf-8")
        except OSError as error:
            raise Trouble(f"--{name}: {text[1:]} cannot be read: {error.strerror}") from None
        except UnicodeDecodeError:
            raise Trouble(
                f"--{name}: {text[1:]} is not a text file: a token is one line of visible characters"
            ) from None
    text = text.strip()
    if not text or not text.isascii() or not text.isprintable():
        raise Trouble(f"--{name} is not a token: a token is one line of visible characters")
    return text


def _one_endpoint(values: Mapping[str, Any], clouds: bool, tokens: bool) -> None:
    sandbox = [f"--{name}" for name in ("sandbox", "sandbox-release", "sandbox-variant") if values.get(name)][:1]
    sandbox += ["--sandbox-cloud"] if values.get("sandbox-cloud") else []
    named = sandbox + (["--os-cloud"] if clouds else []) + (["--url"] if values.get("url") else [])
    if len(named) > 1:
        raise Trouble(f"{' and '.join(named)} cannot be combined: a run tests one endpoint, so give only one of them")
    if tokens and not values.get("url"):
        raise Trouble("a token was given without --url: add --url, the endpoint that the token belongs to")


def _name_of(names: Mapping[str, Role], given: Mapping[Role, str]) -> str:
    return "--" + next(name for name, role in names.items() if role in given)


def _release(text: str | None) -> str | None:
    if not text:
        return None
    from conformance.sandbox.releases import SandboxError, exact

    try:
        exact(text)
    except SandboxError as error:
        raise Trouble(f"--sandbox-release {error}") from None
    return text


def _variant(name: str | None, release: str | None) -> str | None:
    if not name:
        return None
    from conformance.sandbox.child import SandboxError
    from conformance.sandbox.variants import chosen

    try:
        chosen(name, release)
    except SandboxError as error:
        raise Trouble(f"--sandbox-variant: {error}") from None
    return name


def _microversion(text: str | None) -> str | None:
    if not text:
        return None
    try:
        return str(Microversion.parse(text))
    except ValueError:
        raise Trouble(f"--microversion {text!r} is not a microversion: give one such as 2.73") from None


def _recorded(name: str, value: Any) -> Any:
    """The value of an option for the record. One release of known deviations is a text, as in older records."""
    if not BY_NAME[name].repeated:
        return value
    return value[0] if name == "known" and len(value) == 1 else list(value)


def _guideline(values: Mapping[str, Any]) -> Loaded | None:
    if values.get("guideline"):
        return find(str(values["guideline"]))
    if values.get("declare"):
        raise Trouble("--declare names an exception of a guideline: add --guideline, or leave it out")
    return None


def _pairs(option: str, texts: Sequence[str], where: str) -> dict[str, str]:
    """Read the values of an option of the form ``NAME=TEXT``; ``where`` says in a message where the names stand."""
    named: dict[str, str] = {}
    for text in texts:
        name, _, rest = text.partition("=")
        if not name.strip() or not rest.strip():
            raise Trouble(f"--{option} {text!r} is not of the form {BY_NAME[option].metavar}: {where}")
        if name.strip() in named:
            raise Trouble(f"--{option} {name.strip()}=... is given twice: give only one of them")
        named[name.strip()] = rest.strip()
    return named


def _level(text: str | None) -> str:
    if text and text not in LEVELS:
        raise Trouble(f"--level {text!r} is not a level: give {' or '.join(LEVELS)}")
    return text or FULL


def _percent(text: str | None) -> float:
    if text is None:
        return ALLOW_UNDECIDED
    try:
        value = float(text.removesuffix("%"))
    except ValueError:
        value = math.nan
    if not 0 <= value <= 100:
        raise Trouble(f"--allow-undecided {text!r} is not a percentage: give a number from 0 to 100")
    return value


def _integer(values: Mapping[str, Any], name: str, default: int, least: int) -> int:
    text = values.get(name)
    if text is None:
        return default
    try:
        value = int(text)
    except ValueError:
        value = least - 1
    if value < least:
        raise Trouble(f"--{name} {text!r} is not allowed: give a whole number, {least} or more")
    return value


def _path(values: Mapping[str, Any], name: str) -> Path | None:
    return Path(values[name]) if values.get(name) else None
