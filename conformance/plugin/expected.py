"""Expected deviations: deviations that a release is known to have, each examined in its reference and its source.

They change no verdict: an expected contradiction still fails. But a report can list the new deviations, which nobody
has examined, and the expected ones that have vanished. Each release has one file,
``conformance/services/<type>/expected/<package>-<version>.yaml``:

```yaml
format: 1
package: widgets
version: 3.0.0
highest_microversion: '1.7'                     # of the release; a cloud of an unknown release is recognised by it
release_of_service: gears 3.1.0                 # only if another distribution contains the reference
expected:
- deviations:                                     # ids of the record that have this one cause
  - widgets.lock/normal/202!contradiction!200
  reference: [api-ref/source/widgets.inc:409]
  source: [widgets/api/lock.py:40]
  why: one sentence
  cases: {widgets.lock/normal/202!contradiction!200: [ACTIVE]}  # the only ones of the requirement, if not all
  depends: a condition for a run to show it       # only if some runs do not show it
  link: https://bugs.example.org/4711             # if there is one
never:                                            # listed codes that the release never gives
- promises: [widgets.list/error/404]              # ids of requirements
  source: [widgets/api/list.py:12-20]
  why: one sentence
```
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from conformance.engine.api.description import services
from conformance.engine.model.case import Case
from conformance.plugin.trouble import Trouble
from reports.known import EXPECTED, SUMMARY, UNEXPECTED, some_of
from specs import quick
from specs.fitting import surely_fits
from specs.microversion import Microversion
from specs.record import model
from specs.record.ids import DeviationId, case_detail
from specs.record.model import Deviation, Result
from specs.record.totals import deviations_of

NAMED = 5
"""The terminal names at most this many deviations; the record names all."""


@dataclass(frozen=True)
class Expected:
    """One deviation with its evidence. Places are ``path:line`` or ``path:first-last``, from the root of the release.

    Attributes:
        deviation: the id of the deviation.
        reference: places in the reference.
        source: places in the source code.
        why: the cause, in one sentence.
        depends: the condition under which a run shows the deviation, so that it never counts as vanished; None if
            every run shows it.
        link: the URL of a bug report; None without one.
        cases: the details, as in the brackets of case ids, of the cases that show the deviation; empty if any case may.
    """

    deviation: str
    reference: tuple[str, ...]
    source: tuple[str, ...]
    why: str
    depends: str | None = None
    link: str | None = None
    cases: frozenset[str] = frozenset()

    @property
    def requirement(self) -> str:
        """The id of the requirement that the deviation breaks."""
        return DeviationId.parse(self.deviation).requirement

    def explains(self, case: str) -> bool:
        """True if this case of the requirement is known to show the deviation."""
        return not self.cases or case_detail(case, self.requirement) in self.cases

    @property
    def told(self) -> str:
        """The cause and its place in the source; of many places the first ones."""
        return f"{self.why} ({some_of(self.source)})"

    def as_note(self, kind: str) -> dict[str, Any]:
        """Return the entry for the record."""
        note: dict[str, Any] = {"kind": kind, "deviation": self.deviation, "why": self.why}
        note |= {"reference": list(self.reference), "source": list(self.source)}
        more = {"depends": self.depends, "link": self.link}
        return note | {key: value for key, value in more.items() if value}


@dataclass(frozen=True)
class NeverGiven:
    """The reason why a release never gives a code that its reference lists. It changes no verdict.

    Attributes:
        promise: the id of the requirement.
        source: places in the source code, as those of an expected deviation.
        why: the cause, in one sentence.
    """

    promise: str
    source: tuple[str, ...]
    why: str

    def of(self, release: str) -> str:
        """The reason in words. ``release``: the release that was examined, as package and version with a blank."""
        why = f"{self.why[:1].lower()}{self.why[1:]}".rstrip(".")
        return f"{release} never answers so: {why} ({', '.join(self.source)})"


@dataclass(frozen=True)
class ExpectedDeviations:
    """The expected deviations of one release.

    Attributes:
        package, version: the release.
        by_id: the deviations, by id.
        highest: the highest microversion of the release; None if the file does not say it.
        release_of_service: the release of the service that was examined, as package and version with a blank between.
        never: the listed codes that the release never gives, by the id of the requirement.
    """

    package: str
    version: str
    by_id: Mapping[str, Expected]
    highest: Microversion | None = None
    release_of_service: str = ""
    never: Mapping[str, NeverGiven] = field(default_factory=dict)

    def why_never(self, promise: str) -> str | None:
        """The reason why the release never gives the code of a promise; None if no reason is known."""
        found = self.never.get(promise)
        return found.of(self.release_of_service or f"{self.package} {self.version}") if found is not None else None

    def explained(self, note: Mapping[str, Any]) -> dict[str, Any]:
        """A note of the record; one of a code without a case with the reason why the release never gives the code."""
        why = self.why_never(str(note.get("requirement")))
        return {**note, "detail": why} if why is not None else dict(note)

    @property
    def release(self) -> str:
        """The release as a requirement, such as ``widgets==3.0.0``."""
        return f"{self.package}=={self.version}"

    def told_of(self, result: Result) -> str:
        """The known cause of the contradiction of a failed case; empty if nothing is, as of a new one."""
        one = self.by_id.get(result.deviation.id) if result.deviation is not None else None
        return one.told if one is not None and one.explains(result.case) else ""

    def failing(self, cases: Iterable[Case]) -> frozenset[str]:
        """The ids of the cases that are expected to fail."""
        known: dict[str, list[Expected]] = {}
        for one in self.by_id.values():
            if DeviationId.parse(one.deviation).class_ == "contradiction":
                known.setdefault(one.requirement, []).append(one)
        return frozenset(
            case.id for case in cases if any(one.explains(case.id) for one in known.get(case.requirement.id, ()))
        )


@dataclass(frozen=True)
class Unexpected:
    """A deviation that is not expected.

    Attributes:
        deviation: the id of the deviation.
        case: the case that shows it, if it is expected in other cases; None otherwise.
    """

    deviation: str
    case: str | None = None

    def __str__(self) -> str:
        return f"{self.deviation} in {self.case}" if self.case else self.deviation

    def as_note(self) -> dict[str, Any]:
        """Return the entry for the record."""
        return {"kind": UNEXPECTED, "deviation": self.deviation, **({"case": self.case} if self.case else {})}


@dataclass(frozen=True)
class Comparison:
    """The deviations of a run, compared with the expected ones.

    Attributes:
        seen: expected deviations that the run found.
        unexpected: deviations that the run found and that are not expected.
        vanished: expected deviations that the run did not find, although it decided every case of the requirement.
    """

    seen: tuple[Expected, ...]
    unexpected: tuple[Unexpected, ...]
    vanished: tuple[Expected, ...]

    @property
    def sentence(self) -> str:
        """The counts, and the first few of the unexpected and the vanished deviations."""
        gone = [one.deviation for one in self.vanished]
        counted = f"{len(self.seen)} expected deviation{'' if len(self.seen) == 1 else 's'} seen"
        return f"{counted}, {_named([*map(str, self.unexpected)], 'unexpected')}, {_named(gone, 'vanished')}"

    def notes(self, taken_for: ExpectedDeviations | None = None) -> tuple[dict[str, Any], ...]:
        """The entry in the record: the sentence, and each deviation with its evidence.

        Args:
            taken_for: the release for which the cloud was taken; None if the release of the cloud is known.
        """
        compared = f" (compared with {taken_for.release})" if taken_for is not None else ""
        return (
            {"kind": SUMMARY, "text": f"{self.sentence}{compared}"},
            *(one.as_note() for one in self.unexpected),
            *(one.as_note("vanished") for one in self.vanished),
            *(one.as_note(EXPECTED) for one in self.seen),
        )


def _named(ids: Collection[str], word: str) -> str:
    text = f"{len(ids)} {word}"
    first = [" ".join(identity.split()) for identity in list(ids)[:NAMED]]
    more = [f"and {len(ids) - NAMED} more"] if len(ids) > NAMED else []
    return f"{text}: {', '.join([*first, *more])}" if ids else text


def compare(
    known: ExpectedDeviations, results: Iterable[Result], cases: Mapping[str, Collection[str]], *, whole: bool = True
) -> Comparison:
    """Compare the deviations of a run with the expected ones.

    Args:
        known: the expected deviations.
        results: the last result of each case.
        cases: requirement -> the ids of all its cases.
        whole: True if the run tested all microversions of the release; if not, nothing counts as vanished.
    """
    there: set[str] = set()
    unexpected: dict[Unexpected, None] = {}
    decided: set[str] = set()
    for result in results:
        for deviation in _all_of(result):
            expected = known.by_id.get(deviation.id)
            if expected is None:
                unexpected[Unexpected(deviation.id)] = None
            elif expected.explains(result.case):
                there.add(deviation.id)
            else:
                unexpected[Unexpected(deviation.id, result.case)] = None
        if result.verdict in ("pass", "fail"):
            decided.add(result.case)
    missing = [one for identity, one in known.by_id.items() if identity not in there and not one.depends]
    return Comparison(
        seen=tuple(one for identity, one in known.by_id.items() if identity in there),
        unexpected=tuple(unexpected),
        vanished=tuple(one for one in missing if whole and _tried(cases.get(one.requirement, ()), decided)),
    )


def _all_of(result: Result) -> Iterator[Deviation]:
    yield from deviations_of(result)
    if result.verdict == "fail" and result.deviation is None:
        yield Deviation.of(result.requirement, "contradiction", result.observed)


def _tried(cases: Collection[str], decided: Collection[str]) -> bool:
    return bool(cases) and all(case in decided for case in cases)


def shipped_releases() -> list[str]:
    """The releases with a shipped file, as requirements."""
    names = (
        place.name.removesuffix(".yaml").rpartition("-")
        for folder in services().values()
        if (held := folder.joinpath("expected")).is_dir()
        for place in held.iterdir()
        if place.name.endswith(".yaml")
    )
    return sorted(f"{package}=={version}" for package, _, version in names)


@cache
def expected_of(package: str, version: str) -> ExpectedDeviations | None:
    """Return the shipped expectations for a release, or None; each file is read once. Raises Trouble: it is broken."""
    name = f"{package}-{version}.yaml"
    places = (folder.joinpath("expected", name) for folder in services().values())
    path = next((Path(str(place)) for place in places if place.is_file()), None)
    if path is None:
        return None
    found = load_expected(path)
    if (found.package, found.version) != (package, version):
        raise Trouble(f"{path} is for {found.package} {found.version} by its content: rename the file, or correct it")
    return found


def _check(data: Any, path: Path) -> None:
    """Check the form of a file of expected deviations. Raises Trouble: it has another one."""
    schema = json.loads((Path(model.__file__).parents[1] / "schemas" / "expected-1.json").read_text("utf-8"))
    if surely_fits(data, schema):
        return
    import jsonschema  # slow to import, and few files have a fault

    first = jsonschema.exceptions.best_match(jsonschema.Draft202012Validator(schema).iter_errors(data))
    if first is not None:
        place = "/".join(str(part) for part in first.absolute_path) or "the file"
        raise Trouble(f"{path} is not a valid file of expected deviations: {place}: {first.message}")


def load_expected(path: Path) -> ExpectedDeviations:
    """Read a file of expected deviations. Raises Trouble: the file cannot be read, or does not have the form above."""
    try:
        data = quick.load(path.read_text("utf-8"))
    except OSError as error:
        raise Trouble(f"the expected deviations {path} cannot be read: {error.strerror or error}") from None
    except UnicodeDecodeError:
        raise Trouble(f"the expected deviations {path} are not UTF-8: save the file as UTF-8") from None
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        line = f":{mark.line + 1}" if mark else ""
        raise Trouble(f"{path}{line} is not YAML: {getattr(error, 'problem', None) or 'correct it'}") from None
    _check(data, path)
    found: dict[str, Expected] = {}
    for item in data["expected"]:
        cases = item.get("cases", {})
        stray = next((identity for identity in cases if identity not in item["deviations"]), None)
        if stray is not None:
            raise Trouble(
                f"{path} lists cases of {stray}, but not that deviation: add it to `deviations`, or correct the id"
            )
        for identity in item["deviations"]:
            if identity in found:
                raise Trouble(f"{path} lists the deviation {identity} twice: remove one")
            found[identity] = Expected(
                identity,
                tuple(item["reference"]),
                tuple(item["source"]),
                item["why"],
                item.get("depends"),
                item.get("link"),
                frozenset(cases.get(identity, ())),
            )
    never: dict[str, NeverGiven] = {}
    for item in data.get("never", ()):
        for promise in item["promises"]:
            if promise in never:
                raise Trouble(f"{path} says twice why {promise} is never given: remove one")
            never[promise] = NeverGiven(promise, tuple(item["source"]), item["why"])
    highest = data.get("highest_microversion")
    return ExpectedDeviations(
        data["package"],
        data["version"],
        found,
        Microversion.parse(highest) if highest is not None else None,
        data.get("release_of_service", f"{data['package']} {data['version']}"),
        never,
    )
