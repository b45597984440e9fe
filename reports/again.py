"""The command line that repeats one case on the same cloud."""

from __future__ import annotations

from pathlib import PurePath
from typing import TYPE_CHECKING

from reports.curl import quote

if TYPE_CHECKING:
    from specs.record.model import RunInfo

# Options that select the cloud or its expected behaviour; all others do not matter for one case.
_KEPT = (
    "sandbox",
    "sandbox-cloud",
    "sandbox-release",
    "sandbox-variant",
    "os-cloud",
    "os-cloud-admin",
    "os-cloud-reader",
    "os-cloud-alt",
    "os-cloud-visitor",
    "url",
    "spec",
    "service",
    "microversion",
    "default-policy",
    "allow-disruptive",
)


def again(case: str, info: RunInfo) -> str:
    """Return ``conformance run -k '<case id>' ...`` with the run's options.

    Tokens are not among them: they come from the environment, where nobody else on the machine sees them.
    """
    options = {str(key).lstrip("-").replace("_", "-"): value for key, value in info.options.items()}
    words = ["conformance run -k", quote(_expression(case))]
    for name in _KEPT:
        value = options.get(name)
        if value is True:
            words.append(f"--{name}")
        else:
            given = value if isinstance(value, list) else [value]
            # A run may name hundreds of cases of one file, each behind `::`; the one case is chosen by -k.
            texts = [one for one in given if isinstance(one, str)]
            places = list(dict.fromkeys(one.partition("::")[0] if name == "spec" else one for one in texts))
            words += [f"--{name} {quote(one)}" for one in (_own(case, places) if name == "spec" else places) if one]
    return " ".join(words)


def _own(case: str, specs: list[str]) -> list[str]:
    """The file of the case, whose name begins the id, if it is among the specs; otherwise all specs."""
    own = [one for one in specs if one.endswith(".yaml") and case.startswith(f"{PurePath(one).stem}.")]
    return own or specs


def _expression(case: str) -> str:
    # pytest's expressions allow all characters of a case id except `~`, which numbers operations of the same name.
    return " and ".join(part for part in case.split("~") if part)
