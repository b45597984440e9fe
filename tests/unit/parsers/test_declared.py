"""A declared sentence is read as its user says: from the reference to specs, their check, and the list of cases."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import yaml
from click.testing import CliRunner, Result
from reference_files import DOCUMENT, PARAMETERS, section, write

from conformance.cli import main
from parsers import commands
from parsers.errors import DocumentError
from parsers.readings import load
from specs.beside import READINGS
from specs.load import load_directory
from specs.model import Condition, Operation
from specs.refusals import Cause, Refusal
from specs.schema import validate

GIBBER = "Gibbers the *frobnicated* quux whenever\ntwo moons are full."
PAINTED = DOCUMENT.replace("Paints a thing.", f"Paints a thing. {GIBBER}")
DRY = """\
- sentence: Gibbers the frobnicated quux whenever two moons are full.
  facts:
    preconditions: [{kind: status, resource: thing, any_of: [DRY]}]
    postconditions: [{kind: status, resource: thing, becomes: [WET], transient: [DRIPPING]}]
    refusals: [{code: 409, cause: {used_by: [boat]}}]
"""
LIKED = PARAMETERS.replace("Its colour.", "Its colour, which moons must like.\n    Whatever that means.")
NOTHING = "- sentence: Gibbers the frobnicated quux whenever two moons are full.\n  facts: {}\n"


@pytest.fixture(autouse=True)
def _cache(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("APIREF_CONFORMANCE_CACHE", str(tmp_path_factory.mktemp("cache")))


class Project:
    """A reference, and the directory of its specs with readings."""

    def __init__(self, path: Path) -> None:
        self.reference = path / "r"
        self.specs = path / "out"
        self.specs.mkdir()

    def document(self, text: str, **others: str) -> None:
        """Write the document of the reference."""
        write(self.reference, {"index.rst": text, **others})

    def readings(self, entries: str) -> None:
        """Write the readings."""
        (self.specs / READINGS).write_text(f"format: 1\nreadings:\n{entries}")

    def build(self, **more: object) -> commands.BuildResult:
        """Build the specs."""
        return commands.build(self.reference, "things", output=self.specs, **more)  # type: ignore[arg-type]

    def operations(self) -> dict[str, Operation]:
        """Build the specs, check them by their schema, and return the operations."""
        self.build()
        held = load_directory(self.specs)
        for path in held.paths:
            validate(path)
        return {operation.id: operation for operation in held.operations}

    def paint(self) -> Operation:
        """Build the specs, and return the only operation."""
        (operation,) = self.operations().values()
        return operation

    def refused(self) -> str:
        """The sentence with which a build is refused."""
        with pytest.raises(DocumentError) as raised:
            self.build()
        return str(raised.value).removeprefix(f"{self.specs}/")

    def conformance(self, *arguments: object) -> Result:
        """Run a command."""
        return CliRunner().invoke(main, [str(one) for one in arguments])


@pytest.fixture
def project(tmp_path: Path) -> Project:
    made = Project(tmp_path)
    made.document(PAINTED)
    return made


def test_a_declared_sentence_states_its_facts_at_its_line(project: Project) -> None:
    assert project.paint().unread == (14,)
    project.readings(DRY)
    paint = project.paint()
    assert paint.unread == ()
    assert paint.preconditions == (
        Condition("status", "thing", 14, any_of=("DRY",), declared=True),
        Condition("exists", "thing", 19),
    )
    assert paint.postconditions == (
        Condition("status", "thing", 14, becomes=("WET",), transient=("DRIPPING",), declared=True),
    )
    assert paint.refusals == (Refusal(Cause(used_by=("boat",)), 409, 14, declared=True),)
    assert "line: 14, declared: true}" in (project.specs / "index.yaml").read_text()


def test_the_passage_of_a_declared_sentence_counts_as_read(project: Project) -> None:
    before = project.build()
    project.readings(NOTHING)
    after = project.build()
    assert (before.unread, after.unread, before.blocks) == (1, 0, after.blocks)
    assert not any(value for value in vars(project.paint()).values() if value == "declared")


def test_without_readings_nothing_changes(project: Project) -> None:
    project.build()
    before = (project.specs / "index.yaml").read_bytes()
    project.readings("")
    (project.specs / READINGS).write_text("format: 1\nreadings: []\n")
    project.build()
    assert (project.specs / "index.yaml").read_bytes() == before
    assert b"declared" not in before


def test_a_sentence_that_the_grammar_reads_is_read_as_declared(project: Project) -> None:
    project.document(DOCUMENT.replace("The thing must exist.", "The thing must be in status ``DRY``, we hope. So."))
    assert [(c.kind, c.any_of) for c in project.paint().preconditions] == [("status", ("DRY",))]
    project.readings("- {sentence: 'The thing must be in status DRY, we hope.', facts: {}}\n")
    assert project.paint().preconditions == ()


def test_a_new_reading_is_no_unchanged_build(project: Project) -> None:
    assert [project.build().unchanged, project.build().unchanged] == [False, True]
    project.readings(NOTHING)
    assert [project.build().unchanged, project.build().unchanged] == [False, True]
    project.readings(DRY)
    assert [project.build().unchanged, project.build().unchanged] == [False, True]
    (project.specs / READINGS).unlink()
    assert [project.build().unchanged, project.build().unchanged] == [False, True]


TWO = (
    DOCUMENT.replace(
        "Things are made and kept here.", "Things are made and kept here. You cannot gibber two quuxes at once."
    )
    + "\n"
    + section("Wash a thing", f".. rest_method:: POST /things/{{thing_id}}/wash\n\nWashes a thing. {GIBBER}")
    + "\n"
    + section("Dry a thing", f".. rest_method:: POST /things/{{thing_id}}/dry\n\nDries a thing. {GIBBER}")
)


def test_a_reading_may_hold_for_some_operations_alone(project: Project) -> None:
    project.document(TWO)
    project.readings(DRY.replace("  facts:", "  operations: [index.wash-a-thing]\n  facts:"))
    found = project.operations()
    assert [c.declared for c in found["index.wash-a-thing"].preconditions] == [True]
    assert found["index.wash-a-thing"].unread == ()
    assert found["index.dry-a-thing"].preconditions == ()
    assert found["index.dry-a-thing"].unread == (56,)


def test_a_reading_holds_wherever_its_sentence_stands(project: Project) -> None:
    project.document(TWO)
    project.readings(DRY)
    lines = {name: [c.line for c in o.preconditions if c.declared] for name, o in project.operations().items()}
    assert lines == {"index.paint": [], "index.wash-a-thing": [48], "index.dry-a-thing": [56]}


def test_a_reading_may_hold_in_one_file_alone(project: Project) -> None:
    other = section("Wash a thing", f".. rest_method:: POST /things/{{thing_id}}/wash\n\n{GIBBER}")
    project.document(PAINTED + "\n.. include:: wash.inc\n", **{"wash.inc": other})
    project.readings(DRY.replace("  facts:", "  path: api-ref/source/wash.inc\n  facts:"))
    found = project.operations()
    assert len(found["wash.wash-a-thing"].refusals) == 1
    assert found["index.paint"].refusals == ()


def test_a_sentence_outside_of_operations_is_about_those_that_are_named(project: Project) -> None:
    project.document(TWO)
    sentence = "- sentence: You cannot gibber two quuxes at once.\n"
    assert project.build().unread == 3
    project.readings(f"{sentence}  facts: {{}}\n")
    assert project.build().unread == 2
    project.readings(f"{sentence}  facts: {{request: {{colour: {{max_length: 30}}}}}}\n")
    assert "the sentence stands outside of operations" in project.refused()
    facts = "  facts: {refusals: [{cause: {status: [DARK]}}]}\n"
    project.readings(sentence + facts)
    assert project.refused() == (
        "readings.yaml:3: the sentence stands outside of operations (api-ref/source/index.rst:7): its facts are of none"
        "; name the operations that it is about in `operations`, or another file in `path`."
    )
    project.readings(f"{sentence}  operations: [index.paint, index.dry-a-thing]\n{facts}")
    found = {name: [r.line for r in operation.refusals] for name, operation in project.operations().items()}
    assert found == {"index.paint": [7], "index.wash-a-thing": [], "index.dry-a-thing": [7]}


def test_a_sentence_at_the_head_of_a_file_is_not_read_for_its_operations_either(project: Project) -> None:
    project.document(DOCUMENT.replace("kept here.", "kept here. Available since microversion 2.10."))
    assert project.paint().microversions.min == "2.10"
    project.readings("- {sentence: Available since microversion 2.10., facts: {}}\n")
    assert project.paint().microversions.min is None


def test_the_line_is_that_of_a_document_that_had_to_be_repaired(project: Project, tmp_path: Path) -> None:
    damaged = "\n".join(line.strip() for line in PAINTED.split("\n") if line.strip())
    (tmp_path / "things.txt").write_text(damaged)
    (tmp_path / "known.yaml").write_text(PARAMETERS)
    project.readings(DRY)
    commands.build(tmp_path / "things.txt", "things", tmp_path / "known.yaml", project.specs)
    (paint,) = load_directory(project.specs).operations
    (line,) = {condition.line for condition in (*paint.preconditions, *paint.postconditions) if condition.declared}
    assert damaged.split("\n")[line - 1].startswith("Paints a thing. Gibbers")


def test_constraints_of_parameters_join_their_rows(project: Project) -> None:
    project.readings(NOTHING.replace("{}", "{request: {colour: {max_length: 30, enum: [red, blue]}}}"))
    colour = next(p for p in project.paint().request.parameters if p.name == "colour")
    assert (colour.max_length, colour.enum, colour.declared, colour.min) == (30, ("red", "blue"), True, "2.10")


def test_refusals_of_several_sentences_about_a_parameter_are_all_there(project: Project) -> None:
    project.document(DOCUMENT, **{"parameters.yaml": LIKED})
    entry = "- sentence: {}\n  facts: {{request: {{colour: {{refusals: [{{code: {}, cause: {{used_by: [{}]}}}}]}}}}}}\n"
    said = {"Its colour, which moons must like.": (409, "boat"), "Whatever that means.": (404, "sail")}
    project.readings("".join(entry.format(sentence, *facts) for sentence, facts in said.items()))
    assert [one.code for row in project.paint().request.parameters for one in row.refusals] == [409, 404]


def test_a_sentence_in_the_description_of_a_parameter_is_about_its_operations(project: Project) -> None:
    project.document(DOCUMENT, **{"parameters.yaml": LIKED})
    assert project.build().unread == 1
    project.readings(
        "- sentence: Its colour, which moons must like.\n  path: api-ref/source/parameters.yaml\n  facts:\n"
        "    preconditions: [{kind: status, resource: thing, any_of: [DRY], when: {present: [colour]}}]\n"
        "    request: {colour: {max_length: 30}}\n"
    )
    paint = project.paint()
    assert project.build().unread == 0
    assert [(c.line, c.declared) for c in paint.preconditions] == [(18, False), (31, True)]
    assert [p.name for p in paint.request.parameters if p.declared] == ["colour"]


def test_a_sentence_that_odd_markup_hides_in_a_description_is_told(project: Project) -> None:
    parameters = PARAMETERS.replace("    Its colour.", "    `a\n    <b>`_ .. code::\n      1. 1. \n")
    project.document(DOCUMENT, **{"parameters.yaml": parameters})
    project.readings("- {sentence: 'a .. code:', facts: {}}\n")
    with pytest.raises(DocumentError) as raised:
        project.build()
    assert str(raised.value) == (
        "api-ref/source/parameters.yaml:15: the markup of this description is such that a declared sentence in it "
        "cannot be told apart; simplify it, or take the sentence out of readings.yaml."
    )


@pytest.mark.parametrize(
    ("entry", "sentence"),
    [
        ("- {sentence: Nobody gibbers., facts: {}}", 'the reference does not say "Nobody gibbers."'),
        (
            "- {sentence: Nobody gibbers., path: api-ref/source/index.rst, operations: [index.paint], facts: {}}",
            'the reference does not say in api-ref/source/index.rst of index.paint "Nobody gibbers."',
        ),
        (
            NOTHING.replace("  facts", "  operations: [index.wash]\n  facts"),
            "the reference has no operation index.wash",
        ),
        (
            NOTHING.replace("  facts", "  path: index.rst\n  facts"),
            "the reference has no file index.rst with operations or their parameters",
        ),
        (
            NOTHING.replace("{}", "{response: {colour: {nullable: true}}}"),
            "no response has the parameter colour where the reference says "
            '"Gibbers the frobnicated quux whenever two moons are full."',
        ),
        (
            f"- sentence: {'Nobody gibbers at all, ' * 5}ever.\n  facts: {{}}",
            f'the reference does not say "{("Nobody gibbers at all, " * 5)[:77]}..."',
        ),
    ],
)
def test_a_lost_reading_stops_a_build_and_is_told_by_a_check(project: Project, entry: str, sentence: str) -> None:
    project.build()
    before = {path: path.read_bytes() for path in project.specs.glob("index.*")}
    project.readings(f"{entry}\n")
    told = f"readings.yaml:3: {sentence}; correct the entry by the present text of the reference, or remove it."
    assert project.refused() == told
    assert {path: path.read_bytes() for path in project.specs.glob("index.*")} == before
    found = commands.check(project.specs, project.reference)
    assert (found.status, found.lost) == (1, (f"{project.specs}/{told}",))


def test_of_a_sentence_that_one_operation_has_lost_the_operation_is_told(project: Project) -> None:
    project.document(TWO)
    project.readings(NOTHING.replace("  facts", "  operations: [index.wash-a-thing, index.paint]\n  facts"))
    assert project.refused().startswith(
        'readings.yaml:3: the text of index.paint does not say "Gibbers the frobnicated'
    )


def test_an_entry_is_lost_beside_another_one_of_its_line(project: Project) -> None:
    held = "{sentence: Gibbers the frobnicated quux whenever two moons are full., facts: {}}"
    (project.specs / READINGS).write_text(
        f"format: 1\nreadings: [{held}, {{sentence: Nobody gibbers., facts: {{}}}}]\n"
    )
    assert project.refused().startswith('readings.yaml:2: the reference does not say "Nobody gibbers."')


def test_a_build_that_keeps_going_tells_every_lost_reading(project: Project) -> None:
    project.readings("- {sentence: Nobody gibbers., facts: {}}\n- {sentence: Nobody sings., facts: {}}\n" + NOTHING)
    assert project.refused().startswith(
        'readings.yaml:3: the reference does not say "Nobody gibbers." (and 1 more such reading); correct the entry'
    )
    for _ in range(2):  # a build that has told something is made again
        result = project.build(keep_going=True)
        assert [sentence.partition(": ")[0] for sentence in result.lost] == [
            f"{project.specs}/readings.yaml:{line}" for line in (3, 4)
        ]
        assert (result.unread, result.unchanged) == (0, False)


def test_a_spec_of_the_name_of_the_readings_replaces_none(project: Project) -> None:
    project.readings(NOTHING)
    own = section("Wash a thing", ".. rest_method:: POST /things/{thing_id}/wash\n\nWashes a thing.")
    project.document(PAINTED + "\n.. include:: readings.inc\n", **{"readings.inc": own})
    assert project.refused().startswith(
        "readings.yaml: a file of the reference has a spec of the name of your readings"
    )
    assert load(project.specs)
    (project.specs / READINGS).unlink()
    project.build()
    assert len(load_directory(project.specs).paths) == 2
    assert project.build().unchanged
    assert load(project.specs) == ()


def test_the_report_gives_each_unread_sentence_as_an_entry(project: Project, tmp_path: Path) -> None:
    project.document(TWO)
    report = tmp_path / "unread.yaml"
    project.build(report=report)
    text = report.read_text()
    content = yaml.safe_load(text)
    assert [(one["sentence"], one["facts"]) for one in content["readings"]] == [
        ("You cannot gibber two quuxes at once.", None),
        ("Gibbers the *frobnicated* quux whenever two moons are full.", None),
    ]
    assert [one.get("operations") for one in content["readings"]] == [None, ["index.wash-a-thing", "index.dry-a-thing"]]
    assert "# api-ref/source/index.rst:7, outside of operations\n" in text
    (project.specs / READINGS).write_text(text)
    assert "the entry does not say yet which facts the sentence states" in project.refused()
    (project.specs / READINGS).write_text(text.replace("facts:\n", "facts: {}\n"))
    assert project.build(report=report).unread == 0
    assert yaml.safe_load(report.read_text())["readings"] == []


def test_every_form_of_the_report_gives_the_sentences(project: Project, tmp_path: Path) -> None:
    project.build(report=tmp_path / "a.txt")
    told = "Gibbers the *frobnicated* quux whenever two moons are full."
    assert (tmp_path / "a.txt").read_text().startswith(f"api-ref/source/index.rst:14: index.paint: {told}\n")
    project.build(report=tmp_path / "a.json")
    assert [line["sentences"] for line in json.loads((tmp_path / "a.json").read_text())["lines"]] == [[told]]


def test_the_whole_way_by_the_command_line(project: Project) -> None:
    build = ("build", project.reference, "--service", "things", "--output", project.specs)
    project.readings(DRY)
    first = project.conformance(*build)
    assert (first.exit_code, first.stderr) == (0, "")
    assert "0 of 9 passages of prose were not understood" in first.stdout
    check = project.conformance("check", project.specs, "--against", project.reference)
    assert (check.exit_code, check.stdout) == (0, "1 files match the reference\n")
    listed = project.conformance("list", "--spec", project.specs)
    assert "\nindex.paint/precondition/status  api-ref/source/index.rst:14 (declared)  " in listed.stdout
    assert "index.paint/precondition/exists-thing  api-ref/source/index.rst:19  " in listed.stdout

    project.document(PAINTED.replace("two moons", "three moons"))
    told = (
        f'{project.specs}/readings.yaml:3: the reference does not say "Gibbers the frobnicated quux whenever two moons'
    )
    again = project.conformance(*build)
    assert (again.exit_code, again.stdout) == (2, "")
    assert again.stderr.startswith(f"conformance: {told}")
    check = project.conformance("check", project.specs, "--against", project.reference)
    assert check.exit_code == 1
    assert check.stderr.startswith(told)
    assert "-  - {kind: status, resource: thing, any_of: [DRY], line: 14, declared: true}" in check.stdout
    going = project.conformance(*build, "--keep-going")
    assert going.exit_code == 0
    assert going.stderr.startswith(told)


def test_a_declared_sentence_leaves_the_headers_of_other_sentences(tmp_path: Path) -> None:
    project = Project(tmp_path)
    project.document(PAINTED.replace("thing. G", "thing. Requests must include the ``X-Paint-Trial: yes`` header. G"))
    project.readings(DRY)
    paint = project.paint()
    assert [(one.name, one.value) for one in paint.request.headers] == [("X-Paint-Trial", "yes")]
    assert paint.refusals
