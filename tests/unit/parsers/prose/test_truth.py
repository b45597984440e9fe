"""The truth that the grammar is judged by: whole, in the model's words, and without a sentence of a reference."""

from dataclasses import fields

import pytest
import yaml
from checkout import ROOT

from specs.model import Condition, When
from specs.refusals import Cause, Refusal

TRUTH = ROOT / "tests/truth"
CONDITIONS = sorted((TRUTH / "conditions").rglob("*.yaml"))
FILES = sorted(set(TRUTH.rglob("*.yaml")) - set(CONDITIONS))
KEYS = set("path line normal error preconditions postconditions microversions policy deprecated removed body".split())  # noqa: SIM905 (a list of words reads better so)


def load(file):
    return yaml.safe_load(file.read_text(encoding="utf-8"))


def test_sixty_operations_and_twenty_of_other_projects():
    counts = {f.stem: len(load(f)["operations"]) for f in TRUTH.glob("*.yaml")}
    assert counts["nova"] == 40
    assert sum(counts.values()) == 60


@pytest.mark.parametrize("file", FILES, ids=lambda f: str(f.relative_to(TRUTH)))
def test_a_truth_speaks_the_words_of_the_model(file):
    conditions, when = {f.name for f in fields(Condition)}, {f.name for f in fields(When)}
    for entry in load(file)["operations"]:
        assert set(entry) <= KEYS
        for data in entry.get("preconditions", []) + entry.get("postconditions", []):
            assert set(data) <= conditions
            assert set(data.get("when", {})) <= when
            assert isinstance(data["line"], int)


def strings(value):
    if isinstance(value, dict):
        for part in value.values():
            yield from strings(part)
    elif isinstance(value, list):
        for part in value:
            yield from strings(part)
    elif isinstance(value, str):
        yield value


@pytest.mark.parametrize("file", FILES, ids=lambda f: str(f.relative_to(TRUTH)))
def test_a_truth_holds_no_sentence(file):
    assert all(len(text.split()) <= 3 for text in strings(load(file)))


@pytest.mark.parametrize("file", CONDITIONS, ids=lambda f: f.name)
def test_the_conditions_of_a_service_speak_the_words_of_the_model(file):
    condition = {f.name for f in fields(Condition)} - {"kind"} | {"of", "path", "kind"}
    refusal = {f.name for f in (*fields(Cause), *fields(Refusal))} - {"cause"} | {"path", "kind"}
    held = load(file)
    assert isinstance(held["facts"], list)  # empty for a reference that states none, which shows facts made up
    assert {"project", "release"} <= set(held) or {"project", "repository", "commit", "half"} <= set(held)
    for fact in held["facts"]:
        assert set(fact) <= (refusal if fact["kind"] == "refusal" else condition)
        assert all(len(text.split()) <= 4 for text in strings(fact))
