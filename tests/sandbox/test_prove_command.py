"""``conformance prove``, from the specs to the page."""

import json
from pathlib import Path

from conformance.prove.commands import prove
from conformance.prove.ledger import NAME
from specs.proof import validate

FLAVORS = Path(__file__).parents[2] / "specs" / "compute" / "flavors.yaml"


def test_a_proof_leaves_a_score_and_is_continued(tmp_path, sandbox):
    said = []
    assert prove(FLAVORS, sample=3, kind="error", seed=1, output=tmp_path, workers=2, say=said.append) == 0
    first = json.loads((tmp_path / "proof.json").read_text())
    validate(first, "proof.json")
    assert first["total"]["caught"] == 3
    assert first["head"]["taken_over"] == 0
    # Of one seed, a larger sample holds the smaller; a line that was cut is as if it had never been.
    lines = (tmp_path / NAME).read_text().splitlines(keepends=True)
    outcomes = [line for line in lines if '"fate"' in line]
    (tmp_path / NAME).write_text(lines[0] + "".join(outcomes[:2]) + outcomes[2][:30])
    said.clear()
    assert prove(FLAVORS, sample=4, kind="error", seed=1, output=tmp_path, workers=2, say=said.append) == 0
    assert said[0].endswith("; 2 of them were tried before")
    second = json.loads((tmp_path / "proof.json").read_text())
    assert second["head"]["taken_over"] == 2
    assert {o["breakage"] for o in first["outcomes"]} < {o["breakage"] for o in second["outcomes"]}
    assert "4 of 4 broken promises were caught" in (tmp_path / "proof.html").read_text()
    assert "100.0" in (tmp_path / "proof.txt").read_text()
