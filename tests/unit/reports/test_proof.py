"""The page of a proof, and the schema of what it is a view of."""

import copy
import json
from html.parser import HTMLParser

import pytest

from conformance.prove.outcome import DECIDED, FATES, Outcome
from conformance.prove.score import Score
from reports import proof as report
from specs.proof import ProofFileError, validate

HEAD = {
    "release": "34.0.0",
    "started": "2026-03-01T12:00:05.000000Z",
    "breakages": 11028,
    "tried": 6,
    "taken_over": 0,
    "seed": 3,
    "kind": None,
    "workers": 4,
    "seconds": 312.0,
}


def outcome(name, fate, observed="", by=(), alarms=(), kind="normal"):
    requirement = f"op.{name}/{kind}/202"
    return Outcome(f"{requirement}#500", requirement, kind, f"op.{name}", "500", fate, by, alarms, observed)


OUTCOMES = (
    outcome("a", "caught", by=("op.a/normal/202",)),
    outcome("b", "caught by another", "op.b/body/x: missing", by=("op.b/body/x",), kind="body"),
    outcome("c", "missed", "op.c/normal/202[x]: pass: 202 <script>alert(1)</script>"),
    outcome("d", "not reached"),
    outcome("e", "unseen", "no answer of the API shows a password"),
    outcome("f", "void", "the unbroken cloud refuses", alarms=("op.g/error/404",)),
)
SCORE = Score(OUTCOMES, ("op.h!contradiction!403",), {"op.i/body/empty": "HTTP allows no body with a 204"}, HEAD)


@pytest.fixture
def proof():
    return json.loads(json.dumps(SCORE.to_json()))


class Reader(HTMLParser):
    def __init__(self):
        super().__init__()
        self.tags, self.ids, self.links, self.parts = [], [], [], []

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))
        self.ids += [value for name, value in attrs if name == "id"]
        self.links += [value for name, value in attrs if tag == "a" and name == "href"]

    def handle_data(self, data):
        self.parts.append(data)


def read(page):
    reader = Reader()
    reader.feed(page)
    reader.close()
    reader.text = " ".join(" ".join(reader.parts).split())
    return reader


def test_what_a_proof_writes_fits_its_schema(proof, tmp_path):
    validate(proof, "proof.json")
    file = tmp_path / "proof.json"
    file.write_text(json.dumps(proof))
    assert report.read(file) == proof


def test_an_empty_proof_fits_too():
    validate(json.loads(json.dumps(Score((), head=HEAD).to_json())), "proof.json")


@pytest.mark.parametrize(
    ("change", "where"),
    [
        (lambda p: p.pop("total"), "total"),
        (lambda p: p["outcomes"][0].update(fate="lucky"), "lucky"),
        (lambda p: p["outcomes"][0].update(breakage="no mutation"), "breakage"),
        (lambda p: p["by_kind"][0].update(percent=101), "percent"),
        (lambda p: p["head"].pop("release"), "release"),
        (lambda p: p.update(more=1), "more"),
    ],
)
def test_what_is_none_is_refused_in_one_sentence(proof, change, where):
    broken = copy.deepcopy(proof)
    change(broken)
    with pytest.raises(ProofFileError, match=where) as error:
        validate(broken, "proof.json")
    assert "\n" not in str(error.value)


def test_a_file_that_cannot_be_read(tmp_path):
    (tmp_path / "proof.json").write_text("{")
    for name in ("proof.json", "none.json"):
        with pytest.raises(ProofFileError, match=name):
            report.read(tmp_path / name)


def test_the_page_says_what_was_caught_and_lists_what_was_not(proof):
    text = read(report.page(proof)).text
    for words in (
        "1 of 4 broken promises was caught by the broken requirement itself: 25.0 %.",
        "The suite has not passed. To pass, it needs at least 95 %",
        "the sandbox: release 34.0.0",
        "6 of 11,028 breakages, chosen with the seed 3",
        "5 min 12 s, 4 breakages at a time",
        "op.c/normal/202#500 op.c/normal/202[x]: pass: 202 <script>alert(1)</script>",
        "caught by op.b/body/x",
        "op.d/normal/202#500",
        "no answer of the API shows a password op.e/normal/202#500",
        "op.f/normal/202#500 op.g/error/404",
        "HTTP allows no body with a 204 op.i/body/empty",
        "op.h!contradiction!403",
    ):
        assert words in text, words


def test_the_service_that_was_broken_is_named_as_the_proof_names_it(proof):
    proof["head"]["cloud"] = "widgets 7.0.0"
    validate(proof, "proof.json")
    assert "the sandbox: widgets 7.0.0" in read(report.page(proof)).text


def test_a_part_of_a_proof_that_was_continued_names_its_own_time(proof):
    proof["head"]["taken_over"] = 4
    assert "5 min 12 s for the last 2; the others were tried before" in read(report.page(proof)).text


def test_a_proof_without_a_miss():
    caught = Score(OUTCOMES[:1], (), {}, HEAD | {"tried": 1})
    text = read(report.page(json.loads(json.dumps(caught.to_json())))).text
    assert "The suite has passed." in text
    assert "Every breakage that could be decided was caught by its own requirement." in text
    assert "No requirement failed without cause." in text


def test_nothing_of_a_cloud_becomes_markup_and_no_request_leaves_the_page(proof):
    reader = read(report.page(proof))
    assert [tag for tag, _ in reader.tags].count("script") == 1
    assert not [tag for tag, given in reader.tags if given.get("src") or tag in ("link", "img", "iframe", "object")]


def test_every_link_has_its_target(proof):
    reader = read(report.page(proof))
    assert len(set(reader.ids)) == len(reader.ids)
    assert {link.removeprefix("#") for link in reader.links} <= set(reader.ids)


def test_the_fates_are_those_of_the_proof():
    assert set(report.MEANING) == set(FATES) == set(report.LOOKS)
    assert set(DECIDED) == set(list(report.MEANING)[: len(DECIDED)])
