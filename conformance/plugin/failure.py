"""The text of a failed case: Requirement, Expected, Observed, and a curl command that reproduces it."""

from __future__ import annotations

from functools import lru_cache

from _pytest._code.code import ReprEntryNative, ReprExceptionInfo, ReprFileLocation, ReprTraceback

from conformance.engine.api.same import Same
from parsers.kept import kept_release
from reports.again import again
from reports.curl import curl_of
from reports.quotes import Quotes
from reports.roles import as_role
from reports.words import place as place_of
from reports.words import visible
from specs.record.model import Result, RunInfo

CURL = 2_000
"""The longest curl command that is shown, in characters; the report shows longer ones."""


def failure_lines(result: Result, info: RunInfo, known: str = "") -> list[str]:
    """Write a result as lines, without colours and control characters. ``known``: the known cause of the failure."""
    release = " ".join(str(info.spec[key]) for key in ("package", "version") if info.spec.get(key))
    place = place_of(result.source) + (f" of {release}" if release else "")
    situation = [part for part in (result.role and as_role(result.role), result.state) if part]
    if result.microversion:
        situation.append(f"microversion {result.microversion}")
    command = curl_of(result, info) or ""
    rows = [
        ("Requirement", f"{result.requirement}  ({place})"),
        ("Expected", result.expected),
        ("Observed", result.observed + (f"  ({', '.join(situation)})" if situation else "")),
        ("Reason", result.reason or ""),
        ("Known", known),
        ("Try again", again(result.case, info)),
        ("As curl", command if len(command) <= CURL else ""),
    ]
    lines = [f"{name:<12} {' '.join(visible(text).splitlines())}" for name, text in rows if text]
    quote = _quotes(Same(info)).of(result.source, result.requirement)
    said = (f"{'':<12} {'>' if line.said else ' '} {line.number:>5}  {visible(line.text)}".rstrip() for line in quote)
    lines[1:1] = said
    if result.verdict == "error":
        lines.insert(0, "Not a failure of the cloud: this suite could not decide the case.")
    return lines


@lru_cache(maxsize=8)
def _quotes(info: Same[RunInfo]) -> Quotes:
    """The sentences of the reference of a run, whose directory is looked for once, and not for each failure."""
    return Quotes(kept_release(info.value.spec))


def short_line(result: Result) -> str:
    """One line for pytest's summary and the message in JUnit's XML."""
    if result.verdict == "error":
        return " ".join(visible(f"error: {result.reason}").split())
    return " ".join(visible(f"expected {result.expected}, observed {result.observed}").split())


def representation(result: Result, info: RunInfo, known: str = "") -> ReprExceptionInfo:
    """The failure in pytest's own classes; pytest-xdist passes only those on completely."""
    text = "\n".join(failure_lines(result, info, known)) + "\n"
    return ReprExceptionInfo(
        reprtraceback=ReprTraceback([ReprEntryNative([text])], None, "native"),
        reprcrash=ReprFileLocation(result.source.path, result.source.line, short_line(result)),
    )
