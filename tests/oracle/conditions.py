"""Recall and precision of the conditions and refusals that the grammar reads in the prose of other services.

``tests/truth/conditions`` holds all of them for some releases, read by eye before a rule was written for these
references. A fact counts as found if all that can be checked is equal, its line included.

Usage: ``python -m tests.oracle.conditions [--differences] [project ...]``; releases come from the package index.

``repositories`` holds references that no release holds: ``--from starlingx/config DIR ...`` names directories with the
files of the given commits. They were divided before a rule was looked at: by the projects' names in alphabetical order
the odd ones for development, the even ones held apart (``held`` for a project measures these alone); the largest one by
its chapters.

``statuses_only`` in a truth file leaves all but the facts about statuses out of the comparison, and ``same`` gives the
other words of a reference for a thing: either word is right. The references of ``opentelekomcloud-docs`` are of another
dialect: ``--from`` names what ``tests.oracle.translated`` made of them. So it is with ``botocore`` and
``tests.oracle.modelled``; ``botocore-2`` is the second sample, of the places 130 to 220, ``botocore-3`` the third, to
270, ``botocore-4`` to 340, ``botocore-5`` to 390. ``tests.oracle.guided`` translates references of Nova-era
services ("docs-cloud-..."), ``tests.oracle.described`` OpenAPI descriptions and ``ibm-vpc``, ``tests.oracle.clients``
the wheels of Python clients ("google-cloud-...", ``ibm-platform-services``; of ``oci`` a sample of 60). The halves
``native-blind``, ``guided-blind`` and ``described-blind`` were divided by the names of the projects, too: in
alphabetical order the even ones. ``clients-blind`` and ``clients-blind-2`` were labelled before the grammar was run on
them.

``family`` holds further releases of this family: older ones, of which only the
paragraphs count that the releases in ``unlike`` do not have, and two whole references that had no labels. They were
labelled before the grammar was run on them, and divided by the projects' names: in alphabetical order the odd ones are
``family-development``, the even ones, with ``stx-update`` of ``repositories``, ``family-held``. That half was scored
twice, before and after the mends that the other half had shown, and its own faults were mended after that. Not labelled
are paragraphs of octavia 1.0.0 that differ from 19.0.0 in their markup alone.
"""

from __future__ import annotations

import argparse
import re
from itertools import pairwise, takewhile
from pathlib import Path
from typing import Any

import yaml

from parsers.commands import read
from parsers.source import fetch
from specs.codec import to_plain
from specs.model import Condition
from specs.refusals import Refusal

TRUTH = Path(__file__).parent.parent / "truth/conditions"
TOP = "api-ref/source"
_NOT_COMPARED = frozenset({"as_written", "min", "max", "line"})


def _frozen(value: Any) -> Any:
    if isinstance(value, dict):
        return tuple(sorted((key, _frozen(inner)) for key, inner in value.items()))
    return tuple(map(_frozen, value)) if isinstance(value, list) else value


def _as_named(fact: Any, same: dict[str, list[str]]) -> Any:
    """Return a fact with the first of the words that name its thing."""
    first = {word: name for name, words in same.items() for word in words}
    *place, plain = fact
    return (*place, tuple((key, first.get(value, value) if key == "resource" else value) for key, value in plain))


def _of_a_status(fact: Any) -> bool:
    """True if a fact is about a status: a condition, or a refusal by a status or by a field that holds one."""
    plain = dict(fact[3])
    held = [name for name, _ in plain.get("has", ()) if "stat" in name]
    return plain.get("kind") == "status" or "status" in plain or bool(held)


def _fact(path: str, line: int | None, kind: str, plain: dict[str, Any]) -> Any:
    return (path, line, kind, _frozen({key: value for key, value in plain.items() if key not in _NOT_COMPARED}))


def expected(truth: dict[str, Any]) -> set[Any]:
    """The facts of a truth file."""
    found = set()
    for fact in truth["facts"]:
        rest = {key: value for key, value in fact.items() if key not in ("path", "line", "kind")}
        if "of" in rest:
            rest["kind"] = rest.pop("of")
        found.add(_fact(fact["path"], fact["line"], fact["kind"], rest))
    return found


def found(source: str, chapters: str | None = None) -> set[Any]:
    """The facts that are read; those of a parameter's description are left out, and so are locks and quotas.

    Args:
        source: a release or a directory.
        chapters: ``odd`` or ``even`` for the facts of these chapters only, which titles underlined with dashes begin.
    """
    directory = Path(source)
    _, specs = read(source, "unseen" if directory.is_dir() else None, keep_going=True)
    facts = set()
    for spec in specs.values():
        path = spec.reference.path.partition("api-ref/source/")[2]
        for operation in spec.operations:
            for kind, conditions in (
                ("precondition", operation.preconditions),
                ("postcondition", operation.postconditions),
            ):
                facts |= {_fact(path, c.line, kind, _bare(c)) for c in conditions if c.kind in ("exists", "status")}
            facts |= {_fact(path, r.line, "refusal", _bare(r)) for r in operation.refusals}
    if chapters is None:
        return facts
    wanted = int(chapters == "odd")
    return {fact for fact in facts if _chapter(directory / "api-ref/source" / fact[0], fact[1]) % 2 == wanted}


def new_ones(facts: set[Any], project: str, release: str, unlike: list[str]) -> set[Any]:
    """Return the facts whose paragraph is in none of the other releases of a project."""
    others = [_plain(file.read_text(encoding="utf-8")) for other in unlike for file in _documents(project, other)]
    own: dict[str, list[str]] = {}
    new = set()
    for fact in facts:
        path, line = fact[0], fact[1]
        if path not in own:
            own[path] = (fetch(f"{project}=={release}") / TOP / path).read_text(encoding="utf-8").split("\n")
        paragraph = _plain("\n".join(takewhile(str.strip, own[path][line - 1 :])))
        if not any(paragraph in other for other in others):
            new.add(fact)
    return new


def _documents(project: str, release: str) -> list[Path]:
    """The documents of the reference of a release."""
    return [file for file in (fetch(f"{project}=={release}") / TOP).rglob("*") if file.suffix in (".inc", ".rst")]


def _plain(text: str) -> str:
    """A text without markup, punctuation and line ends."""
    return re.sub(r"[\W_]+", " ", text).strip().lower()


def _chapter(file: Path, line: int) -> int:
    """The number of the chapter that holds a line, counted from 1."""
    lines = file.read_text(encoding="utf-8").split("\n")[: line + 1]
    return sum(re.fullmatch(r"-{4,}", under) is not None and bool(title.strip()) for title, under in pairwise(lines))


def _bare(fact: Condition | Refusal) -> dict[str, Any]:
    plain = to_plain(fact)
    return {**plain.pop("cause", {}), **plain}


def main() -> None:
    """Print recall and precision of each project and of all."""
    parser = argparse.ArgumentParser(description="recall and precision of conditions in prose")
    parser.add_argument("--differences", action="store_true", help="print what is missed and what is too much")
    parser.add_argument("--from", dest="sources", nargs=2, metavar=("REPOSITORY", "DIR"), action="append", default=[])
    parser.add_argument("projects", nargs="*")
    arguments = parser.parse_args()
    directories = dict(arguments.sources)
    totals = [0, 0, 0]
    patterns = ("repositories/*.yaml",) if directories else ("*.yaml", "family/*.yaml")
    for file in (file for pattern in patterns for file in sorted(TRUTH.glob(pattern))):
        truth = yaml.safe_load(file.read_text(encoding="utf-8"))
        named = {truth["project"], truth.get("half")}
        if arguments.projects and not named & set(arguments.projects):
            continue
        repository = truth.get("repository")
        if repository is not None and repository not in directories:
            print(f"{truth['project']}: give a directory with {repository} at {truth['commit']}")
            continue
        source = directories[repository] if repository else f"{truth['project']}=={truth['release']}"
        right, read_ = expected(truth), found(source, truth.get("chapters"))
        if truth.get("statuses_only"):
            read_ = set(filter(_of_a_status, read_))
        name = truth["project"]
        if unlike := truth.get("unlike"):
            read_ = new_ones(read_, name, truth["release"], unlike)
            name += f" {truth['release']}"
        right, read_ = ({_as_named(fact, truth.get("same", {})) for fact in facts} for facts in (right, read_))
        both = len(right & read_)
        totals = [totals[0] + both, totals[1] + len(right), totals[2] + len(read_)]
        print(f"{name}: {both} of {len(right)} found, {len(read_) - both} too much")
        if arguments.differences:
            for kind, facts in (("missed", right - read_), ("too much", read_ - right)):
                print(*(f"  {kind}: {fact}" for fact in sorted(facts, key=repr)), sep="\n")
    both, right_, all_ = totals
    print(f"recall {_share(both, right_)} ({both} of {right_}), precision {_share(both, all_)} ({both} of {all_})")


def _share(part: int, whole: int) -> str:
    return f"{part / whole:.3f}" if whole else "not defined"


if __name__ == "__main__":
    main()
