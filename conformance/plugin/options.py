"""The options of a run: one table for pytest, for ``conformance run`` and for the environment under stestr."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Option:
    """One option.

    Attributes:
        name: as ``conformance run`` has it, without dashes.
        metavar: what its value is; None for a switch.
        in_pytest: its name in pytest, where another would clash with that of a plugin in use.
        secret: whether its value must not be recorded.
    """

    name: str
    help: str
    metavar: str | None = None
    in_pytest: str | None = None
    secret: bool = False

    @property
    def flag(self) -> str:
        """How pytest knows it."""
        return f"--{self.in_pytest or self.name}"

    @property
    def variable(self) -> str:
        """The environment variable that gives it under stestr; of a token, everywhere."""
        return "CONFORMANCE_" + self.name.removeprefix("os-").replace("-", "_").upper()


OPTIONS = (
    Option("sandbox", "start the sandbox on this machine and test it (the default without an endpoint)"),
    Option("sandbox-release", "the release that the sandbox runs, as PACKAGE==VERSION; it is installed once", "REQ"),
    Option("sandbox-cloud", "start a real cloud of six services on this machine and test it; it is installed once"),
    Option("os-cloud", "a cloud of clouds.yaml, as member of a project; envvars means the OS_* variables", "NAME"),
    Option("os-cloud-admin", "the same cloud as administrator", "NAME"),
    Option("os-cloud-reader", "the same cloud as reader of the same project", "NAME"),
    Option("os-cloud-alt", "the same cloud as member of another project", "NAME"),
    Option("os-cloud-visitor", "the same cloud as a user of the project whose role gives no right", "NAME"),
    Option("url", "the root of the service, or its versioned root; with a token", "URL"),
    Option(
        "token",
        "the token of a member of a project, for --url, or @FILE; better in CONFORMANCE_TOKEN",
        "TOKEN",
        secret=True,
    ),
    Option(
        "admin-token",
        "the token of an administrator, for --url, or @FILE; better in CONFORMANCE_ADMIN_TOKEN",
        "TOKEN",
        secret=True,
    ),
    Option(
        "reader-token",
        "the token of a reader of the same project, for --url, or @FILE; better in CONFORMANCE_READER_TOKEN",
        "TOKEN",
        secret=True,
    ),
    Option(
        "alt-token",
        "the token of a member of another project, for --url, or @FILE; better in CONFORMANCE_ALT_TOKEN",
        "TOKEN",
        secret=True,
    ),
    Option(
        "visitor-token",
        "the token of a user whose role gives no right, for --url, or @FILE; better in CONFORMANCE_VISITOR_TOKEN",
        "TOKEN",
        secret=True,
    ),
    Option(
        "microversion",
        "the highest microversion to test; by default the highest that cloud and reference share",
        "V",
    ),
    Option("fail-on-omission", "also fail on behaviour that the reference does not document"),
    Option("default-policy", "expect the documented default policy: this cloud has not changed it"),
    Option("allow-disruptive", "allow changes to things that other people use too; they are put back"),
    Option("allow-undecided", "how many percent of the applicable cases may stay undecided (default 5)", "PERCENT"),
    Option("waivers", "a YAML file of deviations that are accepted in writing", "FILE"),
    Option("max-servers", "how many resources under test may exist at a time (default 6)", "N"),
    Option("dry-run", "show the plan and send nothing; no endpoint is needed"),
    Option("resume", "continue a run; decided cases are not tried again", "RUN"),
    Option("output", "the directory of the run record (default runs/<time>)", "RUN", in_pytest="conformance-output"),
)
"""All options, in the order in which help shows them."""

BY_NAME = {option.name: option for option in OPTIONS}

NAMES_ENDPOINT = tuple(o for o in OPTIONS if o.name.startswith("os-cloud") or o.name == "url" or o.secret)
"""The options that name a cloud that somebody else runs, and who asks."""


def dest(name: str) -> str:
    """The attribute of ``config.option`` that holds an option."""
    return "conformance_" + name.replace("-", "_")
