"""The table of pairs whose equality is judged."""

from __future__ import annotations

import pytest
from record_builder import result
from widgets import plain, row, sample, spec

from specs.dump import dump
from tests.equal import Table, lines, main, outcome, table

SHOWN = sample({"gear": {"id": "g", "name": "n", "mark": "m"}})
ROWS = (row("name", required=True), row("mark"), row("lost"))
MAKE = plain("POST", "/gears", row("gear", "object", required=True), *ROWS, samples=(SHOWN,), name="make",
             normal=(201,), answers=(row("id"), *ROWS), answered=(SHOWN,))  # fmt: skip
NAME, MARK = "widgets.make/equality/name", "widgets.make/equality/mark"


def test_each_pair_is_judged_or_has_a_reason() -> None:
    found = table([spec(MAKE)])
    assert {NAME, MARK} <= set(found.judged)
    assert set(found.judged.values()) == {"not tried"}
    assert not set(found.judged) & set(found.left)


@pytest.mark.parametrize(
    ("verdicts", "said"),
    [
        ((), "not tried"),
        (("pass",), "equal"),
        (("pass", "fail"), "differ"),
        (("inapplicable", "pass"), "equal"),
        (("inapplicable",), "not shown"),
        (("inconclusive", "inapplicable"), "not decided"),
        (("error",), "not decided"),
    ],
)
def test_of_several_cases_the_worst_counts(verdicts: tuple[str, ...], said: str) -> None:
    assert outcome([result(NAME, verdict, kind="equality") for verdict in verdicts]) == said


def test_a_pair_that_differs_is_named_with_whether_it_was_examined() -> None:
    differs = result(NAME, "fail", kind="equality")
    found = table([spec(MAKE)], [differs])
    assert found.judged[NAME] == "differ"
    shown = list(lines(Table("s", {NAME: "differ", MARK: "equal"}, {"x": "it says that no one gives y a value"},
                             {"a!b!c": False, "d!e!f": True})))  # fmt: skip
    assert shown[:3] == [
        "# s: 3 pairs, 2 judged, 1 not",
        "judged: 1 differ, 1 equal",
        "     1 not judged: it says that no one gives the field a value",
    ]
    assert shown[3:5] == ["  NOT EXPECTED: a!b!c", "  expected: d!e!f"]


def test_every_pair_is_printed_on_request(tmp_path, capsys) -> None:
    (tmp_path / "widgets.yaml").write_text(dump(spec(MAKE)))
    assert main([str(tmp_path), "--list"]) == 0
    assert f"  {NAME}: not tried" in capsys.readouterr().out
