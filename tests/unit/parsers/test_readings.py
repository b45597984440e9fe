"""The file of readings: what it may hold, and the sentence with which anything else is refused."""

from __future__ import annotations

from pathlib import Path
from textwrap import dedent

import pytest
from checkout import ROOT
from hypothesis import given
from hypothesis import strategies as st

from parsers.errors import DocumentError
from parsers.readings import load, loads
from specs.beside import READINGS
from specs.load import load_directory
from specs.model import Condition
from specs.refusals import Cause, Refusal
from specs.schema import schema, whole

HEAD = "format: 1\nreadings:\n"


def refused(text: str) -> str:
    """The sentence with which a file is refused."""
    with pytest.raises(DocumentError) as raised:
        loads(text)
    return str(raised.value)


def of_facts(text: str) -> str:
    """The sentence with which the facts of an entry are refused."""
    return refused(f"{HEAD}- sentence: A boat is wet.\n  facts:\n    {text}\n")


def test_an_entry_has_the_facts_of_its_sentence() -> None:
    (one,) = loads(
        HEAD
        + "- sentence: The *fleet* must\n    be ``IDLE``.\n  path: a.inc\n  operations: [a.sell, a.lend]\n  facts:\n"
        "    preconditions: [{kind: status, resource: fleet, any_of: [IDLE], when: {max: '2.4'}}]\n"
        "    postconditions: [{kind: effect, resource: fleet, effect: deleted}]\n"
        "    refusals: [{code: 409, cause: {used_by: [boat], has: {flag: false}}}]\n"
        "    request: {name: {max_length: 30, enum: [a, 2], refusals: [{cause: {invalid: [name]}}]}}\n"
        "    response: {name: {blanks: [{kind: 'null', always: true}]}}\n"
    )
    assert (one.sentence, one.where, one.path) == ("The fleet must be IDLE.", "readings.yaml:3", "a.inc")
    assert one.operations == ("a.sell", "a.lend")
    (before,) = one.preconditions
    assert (before.kind, before.any_of, before.declared) == ("status", ("IDLE",), True)
    assert before.when is not None
    assert before.when.max == "2.4"
    assert one.postconditions == (Condition("effect", "fleet", 0, effect="deleted", declared=True),)
    assert one.refusals == (Refusal(Cause(used_by=("boat",), has=(("flag", False),)), 409, declared=True),)
    request, response = one.constraints
    assert dict(request.fields)["enum"] == ("a", 2)
    assert [refusal.declared for refusal in dict(request.fields)["refusals"]] == [True]
    assert [blank.kind for blank in dict(response.fields)["blanks"]] == ["null"]


def test_an_entry_without_facts_promises_nothing() -> None:
    (one,) = loads(HEAD + "- {sentence: A boat is wet., facts: {}}\n")
    assert not one.promises
    assert loads("format: 1\nreadings: []\n") == ()


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", "readings.yaml:1: None is not of type 'object'; correct it by specs/schemas/readings-1.json."),
        ("format: 1\nreadings: [", ": this is not YAML"),
        ("format: 2\nreadings: []\n", "readings.yaml:1: 1 was expected"),
        ("format: 1\nreadings: []\nreading: []\n", "'reading' was unexpected"),
        (HEAD + "- facts: {}\n", "readings.yaml:3: 'sentence' is a required property"),
        (HEAD + "- sentence: A boat is wet.\n", "readings.yaml:3: 'facts' is a required property"),
        (
            HEAD + "- sentence: A boat is wet.\n  facts:\n",
            "readings.yaml:4: the entry does not say yet which facts the sentence states; name them, or write "
            "`facts: {}` if there are none.",
        ),
        (
            HEAD + "- {sentence: '* ``', facts: {}}\n",
            "readings.yaml:3: the sentence has no word; write it as it stands",
        ),
        (HEAD + "- {sentence: ' ', facts: {}}\n", "readings.yaml:3: sentence: ' ' does not match"),
        (HEAD + "- {sentence: A., operations: [], facts: {}}\n", "operations: [] should be non-empty"),
        (
            HEAD + "- {sentence: A., facts: {}, facts: {}}\n",
            "readings.yaml:3: the key facts stands in readings.yaml:3 too",
        ),
        (HEAD + "- {sentence: A., facts: {promises: []}}\n", "readings.yaml:3: facts: Additional properties are not"),
        (HEAD + "- " * 99, "readings.yaml"),
        (HEAD + "- " + "[" * 500, "readings.yaml: brackets are nested too deeply"),
    ],
)
def test_a_file_of_another_form_is_refused_with_its_line(text: str, sentence: str) -> None:
    found = refused(text)
    assert found.startswith("readings.yaml")
    assert sentence in found
    assert "\n" not in found


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        (
            "preconditions: [{kind: status, resource: boat}]",
            "readings.yaml:5: facts.preconditions.0: 'any_of' is a req",
        ),
        ("preconditions: [{kind: status, resource: boat, any_of: []}]", "facts.preconditions.0.any_of: [] should be"),
        ("preconditions: [{kind: effect, resource: boat}]", "'effect' is not one of ['exists', 'status'"),
        ("preconditions: [{kind: exists}]", "'resource' is a required property"),
        ("preconditions: [{kind: exists, resource: boat, line: 4}]", "('line' was unexpected)"),
        ("preconditions: [{kind: exists, resource: boat, becomes: [A]}]", "('becomes' was unexpected)"),
        ("preconditions: [{kind: exists, resource: boat, when: {maximum: 1}}]", "('maximum' was unexpected)"),
        ("preconditions: [{kind: exists, resource: boat, code: 20}]", "20 is less than the minimum of 100"),
        ("postconditions: [{kind: status, resource: boat}]", "facts.postconditions.0"),
        ("postconditions: [{kind: effect, resource: boat}]", "'effect' is a required property"),
        ("postconditions: [{kind: status, resource: boat, any_of: [A]}]", "('any_of' was unexpected)"),
        ("refusals: [{code: 409}]", "'cause' is a required property"),
        ("refusals: [{code: 409, cause: {}}]", "facts.refusals.0.cause: {} should be non-empty"),
        ("refusals: [{code: 409, cause: {reason: cold}}]", "('reason' was unexpected)"),
        ("refusals: [{code: 409, cause: {status: WET}}]", "'WET' is not of type 'array'"),
        ("request: {name: {}}", "facts.request.name: {} should be non-empty"),
        ("request: {name: {max_length: long}}", "'long' is not of type 'integer', 'null'"),
        ("request: {name: {min: 2.10}}", "facts.request.name.min: 2.1"),
        ("request: {name: {type: string}}", "('type' was unexpected)"),
    ],
)
def test_facts_that_no_spec_may_hold_are_refused_with_their_line(text: str, sentence: str) -> None:
    found = of_facts(text)
    assert found.startswith("readings.yaml:5: ")
    assert sentence in found
    assert found.endswith("; correct it by specs/schemas/readings-1.json.")


@pytest.mark.parametrize(
    ("value", "read"), [("2020-01-01", "2020-01-01"), ("0x1f", 31), ("null", None), ("[a]", ["a"])]
)
def test_values_are_those_of_json(value: str, read: object) -> None:
    text = f"{HEAD}- {{sentence: A., facts: {{refusals: [{{cause: {{has: {{colour: {value}}}}}}}]}}}}\n"
    assert loads(text)[0].refusals[0].cause.has == (("colour", read),)


@pytest.mark.parametrize(("value", "shown"), [(".nan", "nan"), ("-.inf", "-inf"), ("!!binary aGk=", "b'hi'")])
def test_a_value_that_json_does_not_have_is_refused(value: str, shown: str) -> None:
    assert of_facts(f"refusals:\n    - cause:\n        has:\n          colour: {value}") == (
        f"readings.yaml:8: JSON has no value {shown}; write it as a text, in quotes."
    )


PIECES = [
    "format: 1\n",
    "readings:\n",
    "- ",
    "sentence: A boat.",
    "\n",
    "  ",
    "facts:",
    " {}",
    "[",
    "]",
    "{",
    "}",
    "&a",
    "*a",
    ": ",
]


@given(st.lists(st.sampled_from(PIECES), max_size=25).map("".join))
def test_any_text_is_read_or_refused_in_one_sentence(text: str) -> None:
    try:
        found: object = loads(text)
    except DocumentError as error:
        found = str(error)
    if isinstance(found, str):
        assert "\n" not in found
        assert found.startswith(READINGS)
    else:
        assert isinstance(found, tuple)


def entry(**keys: str) -> str:
    """An entry of a sentence, with further keys."""
    return "".join(
        [f"- sentence: {keys.pop('sentence', 'A boat is wet.')}\n", *(f"  {k}: {v}\n" for k, v in keys.items())]
    )


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ({}, {}),
        ({}, {"sentence": "A ``boat`` is *wet*."}),
        ({}, {"path": "a.inc"}),
        ({"operations": "[a.x]"}, {"path": "a.inc"}),
        ({"operations": "[a.x, a.y]"}, {"operations": "[a.y, a.z]"}),
    ],
)
def test_a_sentence_that_is_declared_twice_is_refused(first: dict[str, str], second: dict[str, str]) -> None:
    found = refused(HEAD + entry(**first, facts="{}") + entry(**second, facts="{}"))
    line = 3 + 2 + len([key for key in first if key != "sentence"])
    assert found == (
        f"readings.yaml:{line}: the sentence is declared in readings.yaml:3 too: A boat is wet.; keep one of the two, "
        "or give each its own `path` or `operations`."
    )


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ({}, {"sentence": "A boat is dry."}),
        ({"path": "a.inc"}, {"path": "b.inc"}),
        ({"operations": "[a.x]"}, {"operations": "[a.y]"}),
    ],
)
def test_entries_of_other_places_may_have_the_same_sentence(first: dict[str, str], second: dict[str, str]) -> None:
    assert len(loads(HEAD + entry(**first, facts="{}") + entry(**second, facts="{}"))) == 2


def test_the_example_of_the_documentation_is_read() -> None:
    page = (ROOT / "docs/readings-format.rst").read_text("utf-8")
    example = page.partition(".. code-block:: yaml\n\n")[2].partition("\n\nAn entry")[0]
    assert [one.promises for one in loads(dedent(example))] == [True, True, False]


def test_a_directory_without_such_a_file_has_no_readings(tmp_path: Path) -> None:
    assert load(tmp_path) == ()


def test_a_file_that_cannot_be_read_is_refused(tmp_path: Path) -> None:
    path = tmp_path / READINGS
    path.write_bytes(b"\xff")
    with pytest.raises(DocumentError, match="the file is not UTF-8; save it as UTF-8"):
        load(tmp_path)
    path.write_bytes(b"#" * (8 * 1024 * 1024 + 1))
    with pytest.raises(DocumentError, match="the file is larger than 8,388,608 bytes"):
        load(tmp_path)
    path.unlink()
    path.mkdir()
    with pytest.raises(DocumentError, match="the file cannot be read"):
        load(tmp_path)


def test_readings_are_no_spec(tmp_path: Path) -> None:
    spec = (
        "format: 1\nservice: boats\nreference: {package: null, version: null, path: a.inc, sha256: x}\noperations: []\n"
    )
    (tmp_path / "a.yaml").write_text(spec)
    (tmp_path / READINGS).write_text("format: 1\nreadings: []\n")
    assert [path.name for path in load_directory(tmp_path).paths] == ["a.yaml"]
    (tmp_path / READINGS).write_text(spec.replace("a.inc", "readings.inc"))  # a reference may have a file of this name
    assert [path.name for path in load_directory(tmp_path).paths] == ["a.yaml", READINGS]


@pytest.mark.parametrize(
    ("name", "definition", "without"),
    [
        ("refusal", "refusal", {"line", "declared"}),
        ("blank", "blank", {"line"}),
        ("parameter", "parameter", {"name", "in", "type", "ref", "line", "declared"}),
    ],
)
def test_the_facts_have_all_keys_of_a_spec(name: str, definition: str, without: set[str]) -> None:
    own = whole("readings-1.json")["$defs"][name]["properties"]
    assert own.keys() | without == schema()["$defs"][definition]["properties"].keys()


def test_a_condition_has_all_keys_of_a_spec_before_or_after() -> None:
    parts = whole("readings-1.json")["$defs"]
    own = {*parts["precondition"]["properties"], *parts["postcondition"]["properties"]}
    assert own | {"line", "declared"} == schema()["$defs"]["condition"]["properties"].keys()
