"""Parameter files: what is read leniently, and what is kept as a flaw."""

from __future__ import annotations

from pathlib import Path

import pytest

from parsers.errors import ReferenceError  # noqa: A004 (the project's own)
from parsers.files import Root
from parsers.parameters import read_parameters, read_statuses


def _read(tmp_path: Path, text: str):
    (tmp_path / "p.yaml").write_text(text)
    return read_parameters(Root(tmp_path), "p.yaml", where="p.yaml")


@pytest.mark.parametrize(
    ("lines", "required"),
    [
        ("required: true", True),
        ("required: false", False),
        ("required: no", False),
        ('required: "false"', True),  # the tool chain takes only a plain false
        ("required:", True),
        ("requered: true", False),
        ("type: string", False),
    ],
)
def test_only_a_plain_false_or_nothing_is_optional(tmp_path: Path, lines: str, required: bool) -> None:
    assert _read(tmp_path, f"a:\n  in: body\n  {lines}\n").entries["a"].required is required


def test_keys_are_kept_with_their_lines(tmp_path: Path) -> None:
    found = _read(tmp_path, "a:\n  in: body\n  requered: true\nb:\n  in: path\n")
    assert found.entries["a"].keys == (("in", 2), ("requered", 3))
    assert found.entries["b"].line == 4


def test_merges_are_resolved_even_of_merges(tmp_path: Path) -> None:
    text = "a: &a\n  in: body\n  type: integer\nb: &b\n  <<: *a\n  required: true\nc:\n  <<: *b\n  required: false\n"
    entry = _read(tmp_path, text).entries["c"]
    assert (entry.location, entry.type, entry.required) == ("body", "integer", False)


def test_a_merge_with_itself_ends(tmp_path: Path) -> None:
    assert _read(tmp_path, "a: &a\n  <<: *a\n  in: body\n").entries["a"].location == "body"


def test_a_name_defined_twice_counts_as_its_last(tmp_path: Path) -> None:
    found = _read(tmp_path, "a:\n  in: body\na:\n  in: path\n")
    assert found.entries["a"].location == "path"
    assert [(flaw.rule, flaw.line) for flaw in found.flaws] == [("duplicate-parameter", 3)]


def test_the_line_of_a_description_is_that_of_its_text(tmp_path: Path) -> None:
    found = _read(tmp_path, "a:\n  description: |\n\n    Text.\n  in: body\nb:\n  description: Text.\n")
    assert found.entries["a"].description_line == 4
    assert found.entries["b"].description_line == 7


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("a: [1\nb: 2", "this is not YAML"),
        ("- a\n- b\n", "the parameter file is not a mapping"),
        ("a: *nothing\n", "alias *nothing has no anchor"),
        ("a:\n---\nb:\n", "more than one YAML document"),
        ("[" * 5000, "nested too deeply"),
        ("- " * 5000, "nested too deeply"),
        ("a: \0\n", "NUL"),
    ],
)
def test_what_is_no_parameter_file_is_one_sentence(tmp_path: Path, text: str, said: str) -> None:
    with pytest.raises(ReferenceError) as caught:
        _read(tmp_path, text)
    assert said in str(caught.value)
    assert "p.yaml:" in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_bomb_of_aliases_is_not_expanded(tmp_path: Path) -> None:
    lines = ["a0: &a0 [x, x]"] + [f"a{n}: &a{n} [*a{n - 1}, *a{n - 1}, *a{n - 1}]" for n in range(1, 60)]
    lines += ["h:", "  description: *a59", "  in: body"]
    assert _read(tmp_path, "\n".join(lines)).entries["h"].description == ""


def test_python_objects_are_never_made(tmp_path: Path) -> None:
    found = _read(tmp_path, f"a: !!python/object/apply:pathlib.Path.touch [{tmp_path}/made]\n")
    assert found.entries == {}
    assert not (tmp_path / "made").exists()


def test_status_files(tmp_path: Path) -> None:
    (tmp_path / "s.yaml").write_text("200:\n  default: Good.\nodd:\n  default: Not a code.\n")
    assert read_statuses(Root(tmp_path), "s.yaml", where="s.yaml").reasons == {200: {"default": "Good."}}


def test_what_others_build_upon_is_known(tmp_path: Path) -> None:
    found = _read(tmp_path, "a: &a\n  in: body\nb: &b\n  <<: *a\nc:\n  <<: [*b]\nd:\n  in: path\n")
    assert found.merged == {"a", "b"}
