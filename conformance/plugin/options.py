"""The options of a run: one table for pytest, for ``conformance run`` and for the environment under stestr."""

from __future__ import annotations

from dataclasses import dataclass, replace

PREFIX = "CONFORMANCE_"
"""The start of the names of all environment variables of this suite."""


@dataclass(frozen=True)
class Option:
    """One option.

    Attributes:
        name: the name in ``conformance run``, without the leading dashes.
        metavar: a placeholder for the value in help texts; None for a switch.
        in_pytest: the name in pytest, if ``name`` would clash with an option of another plugin.
        secret: True if the value must not be recorded.
        repeated: True if the option may be given more than once; under stestr commas separate the values.
    """

    name: str
    help: str
    metavar: str | None = None
    in_pytest: str | None = None
    secret: bool = False
    repeated: bool = False

    @property
    def flag(self) -> str:
        """The option in pytest, with dashes."""
        return f"--{self.in_pytest or self.name}"

    @property
    def variable(self) -> str:
        """The environment variable that sets the option under stestr; for a token, in every runner."""
        return PREFIX + self.name.removeprefix("os-").replace("-", "_").upper()


def _token(name: str, whose: str) -> Option:
    """An option for a token; the value may also be ``@FILE``."""
    help_ = f"the token of {whose}, for --url, or @FILE; safer in the variable "
    option = Option(name, help_, "TOKEN", secret=True)
    return replace(option, help=help_ + option.variable)


OPTIONS = (
    Option("sandbox", "start a sandbox on this machine and test it (the default without an endpoint)"),
    Option(
        "sandbox-release", "test this release in the sandbox, as PACKAGE==VERSION; installed at the first use", "REQ"
    ),
    Option(
        "sandbox-variant",
        "start a variant of the sandbox, such as as-installed, and test it as a foreign cloud; "
        "`conformance sandbox --help` lists the variants",
        "NAME",
    ),
    Option(
        "sandbox-cloud", "start a cloud of six real services on this machine and test it; installed at the first use"
    ),
    Option(
        "os-cloud", "the cloud in clouds.yaml to test, as a project member; envvars uses the OS_* variables", "NAME"
    ),
    Option("os-cloud-admin", "the same cloud with an administrator's credentials", "NAME"),
    Option("os-cloud-reader", "the same cloud with a reader of the same project", "NAME"),
    Option("os-cloud-alt", "the same cloud with a member of another project", "NAME"),
    Option("os-cloud-visitor", "the same cloud with a user of the project whose role grants nothing", "NAME"),
    Option("url", "the URL of the service to test, with or without the API version; needs a token", "URL"),
    _token("token", "a member of a project"),
    _token("admin-token", "an administrator"),
    _token("reader-token", "a reader of the same project"),
    _token("alt-token", "a member of another project"),
    _token("visitor-token", "a user whose role grants nothing"),
    Option(
        "service",
        "test this service by the specs of this suite; may be given several times; all stands for every service that "
        "the cloud has",
        "TYPE",
        repeated=True,
    ),
    Option("microversion", "the highest microversion to test (default: the highest that specs and cloud share)", "V"),
    Option(
        "use",
        "use this thing of the cloud, by name or id, where one of its kind is needed; may be given for several kinds, "
        "which `conformance doctor` shows; the section `conformance` of a cloud in clouds.yaml sets the same",
        "KIND=NAME",
        repeated=True,
    ),
    Option("fail-on-omission", "also fail on behaviour that the reference does not document"),
    Option("default-policy", "the cloud uses the documented default policy, so hold it to the documented roles"),
    Option("allow-disruptive", "allow changes to resources that other users share"),
    Option("allow-undecided", "how many percent of the applicable cases may stay undecided (default 5)", "PERCENT"),
    Option("waivers", "a YAML file of accepted deviations", "FILE"),
    Option(
        "guideline",
        "try only the cases that this guideline needs, with the rights that it allows, and write a certificate; a "
        "file, or the name of a guideline of this suite",
        "GUIDELINE",
    ),
    Option(
        "declare",
        "declare an exception of the guideline for this cloud, with the reason; may be given for several exceptions",
        "EXCEPTION=REASON",
        repeated=True,
    ),
    Option(
        "known",
        "compare with the known deviations of this release (default: the release of the specs, if the highest "
        "microversion of the cloud is that of the release); may be given for several packages",
        "PACKAGE==VERSION",
        repeated=True,
    ),
    Option(
        "level",
        "essential: try the cheapest case of each requirement, and another one only if it decides nothing; "
        "full: try all cases (the default)",
        "LEVEL",
    ),
    Option("max-servers", "the most resources under test that may exist at the same time (default 6)", "N"),
    Option(
        "patience",
        "the most seconds to wait until a resource has a status or is gone (default 300; 30 in a sandbox)",
        "SECONDS",
    ),
    Option("dry-run", "show the plan and send no request; needs no endpoint"),
    Option("resume", "continue an earlier run; decided cases are not tried again", "RUN"),
    Option("output", "the directory of the run record (default runs/<time>)", "RUN", in_pytest="conformance-output"),
)
"""All options, in the order of the help text."""

BY_NAME = {option.name: option for option in OPTIONS}

NAMES_ENDPOINT = tuple(o for o in OPTIONS if o.name.startswith("os-cloud") or o.name == "url" or o.secret)
"""The options that name an existing cloud and the users of the run there."""


STARTED = ("sandbox-variant", "sandbox-cloud")
"""The options with which a run starts an endpoint of its own, and treats it as a foreign one."""


def dest(name: str) -> str:
    """The attribute of ``config.option`` that holds an option."""
    return "conformance_" + name.replace("-", "_")
