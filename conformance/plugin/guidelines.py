"""Finds guidelines, and the requirements of the specs that one needs."""

from __future__ import annotations

from collections.abc import Iterator
from importlib import resources
from pathlib import Path

from conformance.engine.model.case import REASONS, Suite
from conformance.plugin.trouble import Trouble
from specs.guideline.choice import Promise
from specs.guideline.load import GuidelineError, Loaded, load, loads

_SUFFIX = ".yaml"


def shipped() -> tuple[str, ...]:
    """The names of the guidelines of this installation."""
    found = resources.files("conformance.guidelines").iterdir()
    return tuple(sorted(file.name.removesuffix(_SUFFIX) for file in found if file.name.endswith(_SUFFIX)))


def find(name: str) -> Loaded:
    """Read a guideline: one of this installation by its name, any other by its file. Raises Trouble."""
    try:
        if name in shipped():
            file = resources.files("conformance.guidelines").joinpath(f"{name}{_SUFFIX}")
            return loads(file.read_text("utf-8"), str(file))
        if not Path(name).is_file():
            raise Trouble(
                f"there is no guideline {name}: give a file, or one of those of this suite: {', '.join(shipped())}"
            )
        return load(Path(name))
    except GuidelineError as error:
        raise Trouble(str(error)) from None


def promises(service: str, suite: Suite) -> Iterator[Promise]:
    """Yield the requirements of a suite, and its promises without a case."""
    cases: dict[str, list[tuple[str, str]]] = {}
    for case in suite.cases:
        cases.setdefault(case.requirement.id, []).append((case.id, str(case.trial.request.role)))
    for requirement in suite.requirements:
        yield Promise(service, requirement.id, requirement.source, tuple(cases.get(requirement.id, ())))
    known = {requirement.id for requirement in suite.requirements}
    for one in suite.untested:
        if one.requirement not in known:
            reason = REASONS.get(one.reason, one.reason)
            why = f"{reason} ({one.detail})" if one.detail else reason
            yield Promise(service, one.requirement, one.source, (), why)
