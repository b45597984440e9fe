"""The dialect's structure: each trap of real references, in small."""

from __future__ import annotations

from pathlib import Path

import pytest
from reference_files import DOCUMENT, PARAMETERS, operations, read, section, write

from specs.model import Versions


def test_one_operation_comes_out_whole(tmp_path: Path) -> None:
    reading, specs = read(tmp_path)
    (spec,) = specs.values()
    (operation,) = spec.operations
    assert reading.flaws == []
    assert spec.reference.package == "things"
    assert spec.reference.version == "1.2.3"
    assert spec.reference.path == "api-ref/source/index.rst"
    assert spec.reference.parameters_path == "api-ref/source/parameters.yaml"
    assert operation.id == "index.paint"
    assert (operation.method, operation.path, operation.action) == ("POST", "/things/{thing_id}/action", "paint")
    assert operation.line == DOCUMENT.split("\n").index("============================") + 1
    assert [parameter.name for parameter in operation.request.parameters] == ["thing_id", "paint", "colour"]
    (sample,) = operation.request.samples
    assert sample.body == {"paint": {"colour": "red"}}
    assert sample.microversion == "2.45"
    assert sample.file == "api-ref/samples/paint.json"


def test_the_parameter_file_of_a_spec_is_the_one_that_gives_most_of_its_rows(tmp_path: Path) -> None:
    """A reference may have a parameter file for each document."""
    table = ".. rest_method:: GET /{0}\n\n.. rest_parameters:: {1}\n\n   - name: name\n   - size: size"
    both = ".. rest_method:: GET /c\n\n.. rest_parameters:: b.yaml\n\n   - name: name\n\n" + (
        ".. rest_parameters:: a.yaml\n\n   - name: name\n   - size: size"
    )
    definition = "{0}:\n  description: A {0}.\n  in: body\n  required: true\n  type: string\n"
    texts = {
        "index.rst": ".. include:: a.inc\n.. include:: b.inc\n.. include:: c.inc\n.. include:: d.inc\n",
        "a.inc": section("A", table.format("a", "a.yaml")),
        "b.inc": section("B", table.format("b", "b.yaml")),
        "c.inc": section("C", both),
        "d.inc": section("D", ".. rest_method:: GET /d"),
        **dict.fromkeys(("a.yaml", "b.yaml"), definition.format("name") + definition.format("size")),
    }
    _, specs = read(tmp_path, texts)
    used = {spec.operations[0].path: spec.reference.parameters_path for spec in specs.values()}
    first, second = "api-ref/source/a.yaml", "api-ref/source/b.yaml"
    assert used == {"/a": first, "/b": second, "/c": first, "/d": first}


def test_versions_are_strings_as_written(tmp_path: Path) -> None:
    _, specs = read(tmp_path)
    colour = specs["index"].operations[0].request.parameters[2]
    assert (colour.min, colour.max) == ("2.10", "2.100")
    assert colour.type == "string"  # in lower case
    assert colour.line == PARAMETERS.split("\n").index("colour:") + 1


def test_method_and_url_may_stand_on_the_next_line_with_options(tmp_path: Path) -> None:
    text = section("Old", ".. rest_method::\n   GET  /v1/things?all=true\n   min_version: 2.3\n   max_version: 2.20")
    (operation,) = operations(tmp_path, text)
    assert (operation.method, operation.path) == ("GET", "/v1/things?all=true")
    assert operation.microversions == Versions("2.3", "2.20", 6)


def test_zero_width_spaces_are_no_part_of_a_url(tmp_path: Path) -> None:
    (operation,) = operations(tmp_path, section("Old", ".. rest_method:: GET /v1/\u200bthings"))
    assert operation.path == "/v1/things"


def test_a_warning_may_stand_before_the_method(tmp_path: Path) -> None:
    text = section("Old", ".. warning:: Beware.\n\n.. rest_method:: GET /things\n\nLists things.")
    reading, _ = read(tmp_path, {"index.rst": text})
    blocks = reading.files[0].operations[0].blocks
    assert [(block.kind, block.line) for block in blocks] == [("admonition:warning", 4), ("paragraph", 8)]


def test_comments_run_over_blank_lines_while_indented(tmp_path: Path) -> None:
    text = section("Old", ".. rest_method:: GET /things\n\n..\n  hidden\n\n  Error response codes: 418\n\nShown.")
    reading, specs = read(tmp_path, {"index.rst": text})
    assert [block.text for block in reading.files[0].operations[0].blocks] == ["Shown."]
    assert specs["index"].operations[0].responses.error == ()


def test_a_bold_block_ends_at_the_codes(tmp_path: Path) -> None:
    reading, _ = read(tmp_path)
    blocks = reading.files[0].operations[0].blocks
    assert [(block.kind, block.block) for block in blocks] == [
        ("paragraph", None),
        ("heading", None),
        ("paragraph", "preconditions"),
        ("codes", None),
        ("codes", None),
        ("heading", None),
        ("paragraph", None),
    ]
    assert [block.section for block in blocks][-2:] == ["request", "response"]


@pytest.mark.parametrize("heading", ["Preconditions", "Preconditions:", "**Preconditions**", "**Preconditions:**"])
def test_preconditions_are_a_heading_however_written(tmp_path: Path, heading: str) -> None:
    text = section("Old", f".. rest_method:: GET /things\n\n{heading}\n\nText.\n\n**Troubleshooting**\n\nMore.")
    reading, _ = read(tmp_path, {"index.rst": text})
    named = [block.block for block in reading.files[0].operations[0].blocks]
    assert named == [None, "preconditions", None, "troubleshooting"]


def test_items_know_what_introduces_them(tmp_path: Path) -> None:
    body = ".. rest_method:: GET /things\n\nOne of:\n\n* ``A``\n\n  * inner\n\n* ``B``\n\nAfter.\n\n* free"
    reading, _ = read(tmp_path, {"index.rst": section("Old", body)})
    blocks = reading.files[0].operations[0].blocks
    assert [(block.text, block.kind, block.parent, block.depth) for block in blocks] == [
        ("One of:", "paragraph", None, 0),
        ("``A``", "item", 0, 1),
        ("inner", "item", 1, 2),
        ("``B``", "item", 0, 1),
        ("After.", "paragraph", None, 0),
        ("free", "item", None, 1),
    ]


def test_inline_markup_is_kept_and_references_are_their_text(tmp_path: Path) -> None:
    body = (
        ".. rest_method:: GET /things\n\n"
        "A ``literal``, *SOFT*, **bold**, `quoted`, :ref:`a place <place>`, :odd-doc:`text <x>`, `link <http://x/>`__."
    )
    reading, _ = read(tmp_path, {"index.rst": section("Old", body)})
    (block,) = reading.files[0].operations[0].blocks
    assert block.text == "A ``literal``, *SOFT*, **bold**, `quoted`, a place, text, link."


def test_unknown_directives_keep_their_text(tmp_path: Path) -> None:
    body = ".. rest_method:: GET /things\n\n.. strange:: argument\n   :option: 1\n\n   Content."
    reading, _ = read(tmp_path, {"index.rst": section("Old", body)})
    assert [block.text for block in reading.files[0].operations[0].blocks] == ["argument", "Content."]


def test_version_directives_are_blocks(tmp_path: Path) -> None:
    body = ".. rest_method:: GET /things\n\n.. versionadded:: 1.10\n   It came.\n\n.. versionchanged:: 1.11 Changed."
    reading, _ = read(tmp_path, {"index.rst": section("Old", body)})
    assert [(b.kind, b.text) for b in reading.files[0].operations[0].blocks] == [
        ("versionadded", "1.10\nIt came."),
        ("versionchanged", "1.11\nChanged."),
    ]


def test_status_tables_give_codes(tmp_path: Path) -> None:
    body = (
        ".. rest_method:: GET /things\n\n.. rest_status_code:: success status.yaml\n\n  - 200\n\n"
        ".. rest_status_code:: error status.yaml\n\n  - 404: gone\n  - 400\n"
    )
    reading, specs = read(tmp_path, {"index.rst": section("Old", body)})
    responses = specs["index"].operations[0].responses
    assert [(code.code, code.line) for code in responses.normal] == [(200, 8)]
    assert [(code.code, code.line) for code in responses.error] == [(404, 12), (400, 13)]
    statuses = reading.files[0].operations[0].statuses
    assert [(row.reason, row.own_reason) for row in statuses] == [
        ("All went well.", False),
        ("It was there once.", True),
        ("", False),
    ]


def test_headings_bound_what_stands_below_them(tmp_path: Path) -> None:
    body = (
        ".. rest_method:: GET /things\n\nResponse (microversions 2.20 - )\n"
        "--------------------------------\n\n.. rest_parameters:: parameters.yaml\n\n  - colour: colour\n"
        "\nResponse (1.1 - 2.19)\n---------------------\n\n.. rest_parameters:: parameters.yaml\n\n  - name: name\n"
    )
    (operation,) = operations(tmp_path, section("Old", body))
    assert [(p.name, p.min, p.max) for p in operation.response.parameters] == [
        ("colour", "2.20", "2.100"),
        ("name", "1.1", "2.19"),
    ]


def test_paths_resolve_against_the_including_document(tmp_path: Path) -> None:
    part = section("Old", ".. rest_method:: GET /things\n\n.. rest_parameters:: ../parameters.yaml\n\n  - name: name")
    reading, specs = read(
        tmp_path, {"index.rst": "Top\n===\n", "v3/index.rst": ".. include:: ../parts/old.inc", "parts/old.inc": part}
    )
    assert reading.flaws == []
    assert specs["parts--old"].operations[0].request.parameters[0].type == "string"


def test_a_file_included_twice_is_read_once_and_remembers_both_places(tmp_path: Path) -> None:
    index = "Top\n===\n\n.. include:: old.inc\n\nDeprecated\n==========\n\nDo not use.\n\n.. include:: old.inc\n"
    part = section("Group", "Introduction.\n\n" + section("Old", ".. rest_method:: GET /things", "-"))
    reading, specs = read(tmp_path, {"index.rst": index, "old.inc": part})
    assert [operation.id for operation in specs["old"].operations] == ["old.old"]
    file = next(file for file in reading.files if file.context.path.endswith("old.inc"))
    assert [block.text for block in file.context.including] == ["Top", "Deprecated", "Do not use."]
    assert [block.text for block in file.operations[0].preamble] == ["Group", "Introduction."]
    assert [block.text for block in file.context.blocks] == ["Group", "Introduction."]


def test_an_introduction_beside_the_operations_governs_them_too(tmp_path: Path) -> None:
    part = "Group\n=====\n\nIntroduction.\n\n" + section("Old", ".. rest_method:: GET /things")
    reading, _ = read(tmp_path, {"index.rst": "Top\n***\n\n.. include:: old.inc\n", "old.inc": part})
    file = next(file for file in reading.files if file.context.path.endswith("old.inc"))
    assert [block.text for block in file.operations[0].preamble] == ["Group", "Introduction."]


def test_repeated_titles_get_numbered_ids(tmp_path: Path) -> None:
    text = "Top\n***\n\n" + "".join(section("Same", f".. rest_method:: GET /{n}\n") for n in range(3))
    assert [operation.id for operation in operations(tmp_path, text)] == ["index.same", "index.same~2", "index.same~3"]


def test_parameters_outside_of_operations_are_common(tmp_path: Path) -> None:
    text = "Ids\n***\n\n**Request**\n\n.. rest_parameters:: parameters.yaml\n\n  - name: name\n\n" + section(
        "Old", ".. rest_method:: GET /things"
    )
    _, specs = read(tmp_path, {"index.rst": text})
    assert [p.name for p in specs["index"].common.request] == ["name"]


@pytest.mark.parametrize(
    ("row", "name", "ref"),
    [
        ("- OS-DCF:diskConfig: name", "OS-DCF:diskConfig", "name"),
        ("- flavor.links: name", "flavor.links", "name"),
        ("- name : name", "name", "name"),
        ("- on: name", "on", "name"),
        ("- 'quoted: name': name", "quoted: name", "name"),
        ("- name: name  # a remark", "name", "name"),
        ("- 2.10: name", "2.10", "name"),
    ],
)
def test_rows_are_names_and_references_as_written(tmp_path: Path, row: str, name: str, ref: str) -> None:
    body = f".. rest_method:: GET /things\n\n.. rest_parameters:: parameters.yaml\n\n  {row}\n"
    (operation,) = operations(tmp_path, section("Old", body))
    assert [(p.name, p.ref, p.type) for p in operation.request.parameters] == [(name, ref, "string")]


def test_only_documents_of_the_reference_are_read(tmp_path: Path) -> None:
    write(tmp_path, {"excluded/other.rst": section("Other", ".. rest_method:: GET /other")})
    (tmp_path / "api-ref/source/conf.py").write_text("exclude_patterns = ['excluded']\n")
    reading, _ = read(tmp_path, {"conf.py": "exclude_patterns = ['excluded']\n"})
    assert reading.layout.documents == ("api-ref/source/index.rst",)


def test_documents_follow_their_tables_of_contents(tmp_path: Path) -> None:
    index = "Top\n===\n\n.. toctree::\n   :maxdepth: 1\n\n   z\n   The first <a>\n\n" + section(
        "Old", ".. rest_method:: GET /things"
    )
    reading, _ = read(tmp_path, {"index.rst": index, "a.rst": "A\n=\n", "z.rst": "Z\n=\n", "b.rst": "B\n=\n"})
    assert [path.rsplit("/", 1)[1] for path in reading.layout.documents] == ["index.rst", "z.rst", "a.rst", "b.rst"]
