"""Sentences are found by their words, and all other text stays as it is."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from parsers.document import Block
from parsers.masked import bare, masked, masked_block, masked_description
from parsers.prose.descriptions import blocks_of
from parsers.prose.sentences import DECLARED, in_blocks, split

WET = "A boat that is wet must not be painted."


def masks_gone(text: str) -> list[str]:
    """The sentences of a text without those that are masked."""
    return [part for part in split(text) if part != DECLARED]


@pytest.mark.parametrize(
    "written",
    [
        "A boat that is ``wet`` must *not* be\n   painted.",
        "A **boat** that is `wet` must not be painted.",
        "A :term:`boat` that is `wet <https://example.org/wet>`_ must not be painted.",
        "A `boat`__ that is wet must\u200b not be\u00a0painted.",
    ],
)
def test_markup_and_ends_of_lines_do_not_count(written: str) -> None:
    assert bare(written) == WET


def test_forms_of_quotation_marks_and_dashes_do_not_count() -> None:
    assert bare("A \u201cwet\u201d boat\u2019s sail \u2013 if any\u2026") == bare('A "wet" boat\'s sail -- if any...')


@pytest.mark.parametrize("other", ["A boat that is wet must be painted.", "a boat that is wet must not be painted."])
def test_another_sentence_is_another(other: str) -> None:
    assert bare(other) != WET
    assert masked(f"{other} Else not.", {WET}).found == ()


def test_the_sentences_around_keep_their_lines() -> None:
    text = "Paints a boat. A boat that\nis wet must not\nbe painted. It is red\nthen, v. 2.10 etc."
    found = masked(text, {WET})
    assert found.found == ((WET, 0),)
    assert found.text == f"Paints a boat. {DECLARED}\n{DECLARED}\n{DECLARED} It is red\nthen, v. 2.10 etc."


def test_several_sentences_may_be_declared_as_one() -> None:
    text = f"{WET} Else 409 is\nreturned. {WET}"
    both = bare(f"{WET} Else 409 is returned.")
    assert masks_gone(masked(text, {both}).text) == [WET]
    assert masked(text, {WET, both}).found == ((both, 0), (WET, 0))


def test_a_sentence_behind_etc_is_found() -> None:
    assert masks_gone(masked(f"Boats, ships, etc.  {WET}", {WET}).text) == ["Boats, ships, etc."]


def test_the_cells_of_a_table_hold_sentences_of_their_rows() -> None:
    block = Block(f"Name | Meaning\nx | {WET} Or so.\ny | none", 7, "table", lines=(7, 9, 11))
    found, places = masked_block(block, {WET})
    assert places == ((WET, 9),)
    assert found.text == f"Name | Meaning\nx | {DECLARED} Or so.\ny | none"


@pytest.mark.parametrize("kind", ["literal", "heading", "parameters"])
def test_some_blocks_hold_no_sentences(kind: str) -> None:
    block = Block(WET, 7, kind)
    assert masked_block(block, {WET}) == (block, ())


@pytest.mark.parametrize(
    ("description", "others"),
    [
        (f"The boat.\n\n- {WET} So.\n- A ship.\n", ["The boat.", "So.", "A ship."]),
        (f"The boat.\n\n.. note:: {WET}\n\n   It dries.\n", ["The boat.", "It dries."]),
        ("A boat that is `wet\n<https://example.org>`_ must not be painted. So.\n\n  Next.\n", ["So.", "Next."]),
        (
            "A boat. A boat that is wet must not be\npainted.\n\n::\n\n  A literal. One.\n\nNext.\n",
            ["A boat.", ":", "Next."],
        ),
        ("The boat::\n\n  A literal.\n\n" + WET, ["The boat:"]),
        (f"{WET}\n", []),
    ],
)
def test_a_description_keeps_its_other_sentences_and_lines(description: str, others: list[str]) -> None:
    found = masked_description(description, {WET})
    assert found is not None
    assert [key for key, _ in found.found] == [WET]
    assert [s.text for s in in_blocks(blocks_of(found.text)) if s.text != DECLARED] == others
    before = [block.line for block in blocks_of(description)]
    assert [block.line for block in blocks_of(found.text)] == before


def test_a_literal_block_below_a_masked_sentence_is_no_prose() -> None:
    found = masked_description("A boat is so::\n\n  A literal. One.\n\nNext.\n", {"A boat is so:"})
    assert found is not None
    assert [s.text for s in in_blocks(blocks_of(found.text))] == ["Declared ``(reading)``:", "Next."]


WORDS = st.lists(
    st.sampled_from(["boat", "*wet*", "``A. B``", "is", "e.g.", "2.10", "(so)", "\u201cred\u201d"]), min_size=1
)
SENTENCE = WORDS.map(lambda words: f"The {' '.join(words)}.")
GAP = st.sampled_from([" ", "\n", "  ", " \n", "\u200b "])


@given(st.lists(SENTENCE, min_size=1, max_size=5), st.data())
def test_only_the_wanted_sentence_is_masked(sentences: list[str], data: st.DataObject) -> None:
    words = [word for sentence in sentences for word in sentence.split(" ")]
    text = words[0] + "".join(data.draw(GAP) + word for word in words[1:])
    parts = split(text)
    chosen = bare(data.draw(st.sampled_from(parts)))
    found = masked(text, {chosen})
    assert masks_gone(found.text) == [part for part in parts if bare(part) != chosen]
    assert found.text.count("\n") == text.count("\n")
    assert {key for key, _ in found.found} == {chosen}


@given(st.text(alphabet="ab .!?:`*\n\\|<>_\u2019-", max_size=60))
def test_any_text_is_masked_sentence_by_sentence(text: str) -> None:
    for part in split(text):
        key = bare(part)
        found = masked(text, {key})
        assert found.text.count("\n") == text.count("\n")
        assert key in {one for one, _ in found.found}
    assert bare(bare(text)) == bare(text)
    assert masked(text, set()).text == text
    assert re.search(r"[`*]", bare(text)) is None
