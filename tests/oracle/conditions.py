"""Recall and precision of the conditions and refusals that the grammar reads in the prose of other services.

``tests/truth/conditions`` holds all of them for some releases, read by eye before a rule was written for these
references. A fact counts as found if all that can be checked is equal, its line included.

Usage: ``python -m tests.oracle.conditions [--differences] [project ...]``; releases come from the package index.
"""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

import yaml

from parsers.commands import read
from specs.codec import to_plain
from specs.model import Condition, Refusal

TRUTH = Path(__file__).parent.parent / "truth/conditions"
_NOT_COMPARED = frozenset({"as_written", "min", "max", "line"})


def _frozen(value: Any) -> Any:
    if isinstance(value, dict):
        return tuple(sorted((key, _frozen(inner)) for key, inner in value.items()))
    return tuple(map(_frozen, value)) if isinstance(value, list) else value


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


def found(project: str, release: str) -> set[Any]:
    """The facts that are read; those of a parameter's description are left out, and so are locks and quotas."""
    _, specs = read(f"{project}=={release}", keep_going=True)
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
    return facts


def _bare(fact: Condition | Refusal) -> dict[str, Any]:
    plain = to_plain(fact)
    return {**plain.pop("cause", {}), **plain}


def main() -> None:
    """Print recall and precision of each project and of all."""
    parser = argparse.ArgumentParser(description="recall and precision of conditions in prose")
    parser.add_argument("--differences", action="store_true", help="print what is missed and what is too much")
    parser.add_argument("projects", nargs="*")
    arguments = parser.parse_args()
    totals = [0, 0, 0]
    for file in sorted(TRUTH.glob("*.yaml")):
        truth = yaml.safe_load(file.read_text(encoding="utf-8"))
        if arguments.projects and truth["project"] not in arguments.projects:
            continue
        right, read_ = expected(truth), found(truth["project"], truth["release"])
        both = len(right & read_)
        totals = [totals[0] + both, totals[1] + len(right), totals[2] + len(read_)]
        print(f"{truth['project']}: {both} of {len(right)} found, {len(read_) - both} too much")
        if arguments.differences:
            for name, facts in (("missed", right - read_), ("too much", read_ - right)):
                print(*(f"  {name}: {fact}" for fact in sorted(facts, key=repr)), sep="\n")
    both, right_, all_ = totals
    print(f"recall {_share(both, right_)} ({both} of {right_}), precision {_share(both, all_)} ({both} of {all_})")


def _share(part: int, whole: int) -> str:
    return f"{part / whole:.3f}" if whole else "not defined"


if __name__ == "__main__":
    main()
