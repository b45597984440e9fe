"""The files of a description: read with their lines, joined, and held against the schema and the specs."""

from __future__ import annotations

import json
from dataclasses import fields, replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from shipped import specs_of

import specs
from conformance.engine.api import strictness
from conformance.engine.api.description import Description, DescriptionError, read_folder, read_texts, services
from conformance.engine.api.load import load_service, understood
from conformance.engine.api.service import ServiceDescription
from conformance.engine.api.stateful import StatefulResource
from conformance.engine.api.strictness import check_against, schema, validate
from conformance.engine.cloud.profile import Profile
from conformance.engine.model.case import REASONS

SHIPPED = sorted(services())

WHOLE = """\
format: 1
kinds: {widget: {unknown: no-such-widget}}
resources: {widget: {identifier: widget_id, initial_status: IDLE, stable_statuses: [IDLE, SPINNING]}}
by_provider_choice: [widgets.polish]
bindings:
- {operation: widgets.spin, parameter: axle, resource: widget, relation: fresh, plain: 7}
- {operation: widgets.spin, parameter: axles, value: [{id: {resource: widget}}]}
"""


def told(text):
    """The sentence that a description is refused with."""
    with pytest.raises(DescriptionError) as error:
        understood(read_texts([("widgets/all.yaml", text)]))
    assert "\n" not in str(error.value)
    return str(error.value)


@pytest.fixture(scope="module")
def shipped():
    return {name: specs_of(name) for name in SHIPPED}


def test_the_services_are_the_folders():
    root = Path(specs.__file__).parents[1] / "conformance" / "services"
    assert sorted(path.parent.name for path in root.glob("*/service.yaml")) == SHIPPED


def test_a_service_without_a_folder_knows_nothing_beyond_its_reference():
    assert load_service("nobody's") == ServiceDescription(profile=Profile("nobody's"), described=False)


def test_the_description_is_one_whatever_its_files():
    whole = read_texts([("all.yaml", WHOLE)])
    head, section, tail = WHOLE.partition("bindings:")
    parts = read_texts([("one.yaml", f"format: 1\n{section}{tail}"), ("two.yaml", head)])
    assert understood(parts) == understood(whole)
    assert parts.place(("bindings", 1, "value")) == "one.yaml:4"
    assert parts.place(("kinds", "widget", "nothing")) == "two.yaml:2"


@pytest.mark.parametrize(
    ("right", "wrong", "sentence"),
    [
        (
            "by_provider_choice",
            "by_choise",
            "widgets/all.yaml:4: there is no section by_choise; did you mean by_provider_choice?",
        ),
        ("fresh", "frsh", "widgets/all.yaml:6: there is no relation frsh; did you mean fresh?"),
        ("plain", "plian", "widgets/all.yaml:6: there is no key plian in bindings; did you mean plain?"),
        (
            "resource: widget,",
            "resource: wigdet,",
            "widgets/all.yaml:6: there is no kind of thing wigdet; did you mean widget?",
        ),
        (
            "{resource: widget}",
            "{resource: wigdet}",
            "widgets/all.yaml:7: there is no kind of thing wigdet; did you mean widget?",
        ),
        (
            "{resource: widget}",
            "{resource: widget, relaton: any}",
            "widgets/all.yaml:7: there is no key relaton in bindings.value.id; did you mean relation?",
        ),
        (
            "{resource: widget}",
            "{resuorce: widget}",
            "widgets/all.yaml:7: there is no key resuorce in bindings.value.id; did you mean resource?",
        ),
        (
            "- {operation: widgets.spin, parameter: axles",
            "- {operation: widgets.spin, resource: widget, parameter: axles",
            "widgets/all.yaml:7: the keys resource and value exclude each other; remove one of them",
        ),
        (", parameter: axle,", ",", "widgets/all.yaml:6: there is no key parameter in bindings; add it"),
        (
            "resource: widget, relation",
            "value: widget, relation",
            "widgets/all.yaml:6: the key relation needs resource beside it; add it",
        ),
        ("[widgets.polish]", "[7]", "widgets/all.yaml:4: by_provider_choice: 7 is not of type 'string'; correct it"),
        ("kinds:", "yes:", "widgets/all.yaml:2: the key yes is no text; put it in quotes"),
        (
            "bindings:",
            "kinds:",
            "widgets/all.yaml:5: the key kinds stands in widgets/all.yaml:2 too; keep one of the two",
        ),
        ("format: 1\n", "", "widgets/all.yaml:1: this is no file of a description; begin it with `format: 1`"),
        ("format: 1", "format: 2", "widgets/all.yaml:1: format: 1 was expected; correct it"),
        ("bindings:", "bindings: [", "widgets/all.yaml:6: this is not YAML (did not find expected node content)"),
    ],
)
def test_whatever_is_wrong_is_one_sentence_with_its_place_and_the_nearest_right_word(right, wrong, sentence):
    assert right in WHOLE
    assert told(WHOLE.replace(right, wrong)).startswith(sentence)


def test_a_status_is_a_stable_one():
    ways = "transitions: [{operation: widgets.spin, from: [IDLE], to: SPINING}]"
    whole = WHOLE.replace("initial_status: IDLE,", f"initial_status: IDLE, {ways},")
    assert told(whole) == "widgets/all.yaml:3: there is no stable status SPINING; did you mean SPINNING?"


def test_a_new_resource_is_ready_in_a_stable_status():
    whole = WHOLE.replace("{unknown: no-such-widget}", "{unknown: no-such-widget, status: {ready: [IDEL]}}")
    assert told(whole) == "widgets/all.yaml:2: there is no stable status IDEL; did you mean IDLE?"


def test_a_misspelt_key_comes_before_the_statuses_that_it_hides():
    whole = WHOLE.replace("stable_statuses", "stable_statusses")
    sentence = "there is no key stable_statusses in resources.widget; did you mean stable_statuses?"
    assert told(whole) == f"widgets/all.yaml:3: {sentence}"


def test_right_words_are_listed_where_none_is_near():
    sentence = told(WHOLE.replace("fresh", "zzz"))
    known = "any, free, fresh, attached, own, other, new, ambiguous, shown, other-shown, answered, spent"
    assert sentence.endswith(f"there are {known}")


def test_two_files_that_set_the_same_section_are_named_both():
    with pytest.raises(DescriptionError) as error:
        read_texts([("a.yaml", WHOLE), ("b.yaml", "format: 1\n\nkinds: {}\n")])
    assert str(error.value) == "b.yaml:3: the section kinds stands in a.yaml:2 too; keep one of the two"


def test_files_are_read_in_the_order_of_their_names(tmp_path):
    (tmp_path / "b.yaml").write_text("format: 1\nkinds: {}\n")
    (tmp_path / "a.yaml").write_text("format: 1\nresource: widget\n")
    (tmp_path / "notes.txt").write_text("no description")
    (tmp_path / "expected").mkdir()
    (tmp_path / "expected" / "c.yaml").write_text("no: description\n")
    read = read_folder(tmp_path)
    assert list(read.data) == ["format", "resource", "kinds"]
    assert read.place(("kinds",)) == f"{tmp_path / 'b.yaml'}:2"


@given(st.text(alphabet="[]{}:,-&* \n'\"#ab1", max_size=60))
def test_any_text_is_a_description_or_is_refused_in_one_sentence(text):
    said = "any.yaml"
    try:
        understood(read_texts([("any.yaml", f"format: 1\n{text}")]))
    except DescriptionError as error:
        said = str(error)
    assert said.startswith("any.yaml")
    assert "\n" not in said


def test_values_that_hold_themselves_are_refused():
    assert "nested too deeply" in told("format: 1\nkinds: &a {b: *a}\n")


@pytest.mark.parametrize("name", SHIPPED)
def test_the_shipped_descriptions_name_operations_that_their_release_has(name, shipped):
    description = read_folder(services()[name])
    validate(description)
    assert check_against(description, shipped[name], whole=True) == ()
    assert description.data["reference"].keys() == {"package", "version"}


def test_no_fault_is_looked_for_if_the_reference_has_all_that_a_description_names(shipped, monkeypatch):
    gone_through = []
    problems = strictness._problems
    monkeypatch.setattr(strictness, "_problems", lambda *given: gone_through.append(given) or problems(*given))
    description = read_folder(services()["placement"])
    validate(description)
    check_against(description, shipped["placement"], whole=True)
    assert not gone_through
    with pytest.raises(DescriptionError):
        check_against(description, shipped["placement"][:1], whole=True)
    assert len(gone_through) == 1, "it tells the place"


def described(text, **reference):
    given_for = f"reference: {json.dumps(reference)}\n" if reference else ""
    return read_texts([("servers.yaml", f"format: 1\n{given_for}{text}")])


LINE = 'run_exclusively: ["servers-actions.*", {}]\n'


@pytest.mark.parametrize(
    "name", ["servers-actions.confirmResise", "servers-acton.confirmResize", '"*.confirmResise*"', '"os-servces.*"']
)
def test_an_operation_that_the_specs_lack_is_an_error_with_the_nearest_right_one(name, shipped):
    description = described(LINE.format(name))
    validate(description)
    with pytest.raises(DescriptionError) as error:
        check_against(description, shipped["compute"], whole=True)
    assert str(error.value).startswith(f"servers.yaml:2: there is no operation {name.strip(chr(34))}; ")
    assert "confirmResize?" in str(error.value) or "did you mean os-services." in str(error.value)


def test_nothing_follows_where_only_some_of_the_files_are_at_hand(shipped):
    description = described("environment_satisfied: [servers-actions.rescueMe]\n")
    assert check_against(description, shipped["compute"][:3], whole=False) == ()
    with pytest.raises(DescriptionError, match="rescueMe"):
        check_against(description, shipped["compute"][:3], whole=True)


def test_in_another_release_it_may_be_missing_and_that_is_told(shipped):
    actions = [spec for spec in shipped["compute"] if spec.reference.path.endswith("/servers-actions.inc")]
    older = [replace(spec, reference=replace(spec.reference, version="31.3.1")) for spec in actions]
    description = described(LINE.format("servers-actions.rescueMe"), package="nova", version="34.0.0")
    (sentence,) = check_against(description, older, whole=True)
    assert sentence == "there is no operation servers-actions.rescueMe in nova 31.3.1 (servers.yaml:3)"
    with pytest.raises(DescriptionError):
        check_against(description, actions, whole=True)


PATHS = """\
producers: {"/servers": servers.create-server}
effects: [{resource: server, effects: [created], path: "/servers", resource_field: id}]
steps_before: [{operation: "*", step: "/servers/{id}/metadata"}]
"""


@pytest.mark.parametrize(
    ("right", "wrong", "sentence"),
    [
        ('{"/servers"', '{"/serves"', "2: there is no collection /serves; did you mean /servers?"),
        ('path: "/servers"', 'path: "/server"', "3: there is no path /server; did you mean /servers?"),
        ("{id}/metadata", "{id}/metdata", "4: there is no operation or collection /servers/{id}/metdata; "),
    ],
)
def test_paths_and_collections_are_those_of_the_reference(right, wrong, sentence, shipped):
    assert check_against(described(PATHS), shipped["compute"], whole=True) == ()
    assert right in PATHS
    with pytest.raises(DescriptionError) as error:
        check_against(described(PATHS.replace(right, wrong)), shipped["compute"], whole=True)
    assert str(error.value).startswith(f"servers.yaml:{sentence}")


def keys(node, path=""):
    """Every key that the schema knows, with its own schema."""
    if isinstance(node, dict):
        for key, inner in node.get("properties", {}).items():
            if isinstance(inner, dict):
                yield f"{path}.{key}", inner
        for key, inner in node.items():
            yield from keys(inner, f"{path}.{key}")


def test_every_key_of_the_schema_is_described_and_no_object_takes_others():
    defined = schema()["$defs"]
    for name, node in keys(dict(schema())):
        referred = defined[node["$ref"].rpartition("/")[2]] if "$ref" in node else {}
        if ".then." not in name and ".else." not in name:
            assert node.get("description") or referred.get("description"), name
        if "properties" in node:
            assert node["additionalProperties"] is False, name


def test_a_section_and_the_attribute_that_holds_it_bear_one_name():
    """Of the rest, ``profile`` holds what the client must know, and the release is for the check against specs."""
    elsewhere = {"format", "reference", "versions", "token_check", "guard", "removal", "shared"}
    elsewhere |= {"project_limits", "missing_parts", "plain_kinds", "nameless_kinds", "parts_of_kinds"}
    assert {field.name for field in fields(ServiceDescription)} == {
        *schema()["properties"],
        "profile",
        "described",
        "under_test",
        "unsafe_gets",
    } - elsewhere
    of_one = schema()["properties"]["resources"]["additionalProperties"]["properties"]
    held = {field.name for field in fields(StatefulResource)} - {"kind", "unlock", "lock_shown_by"}
    assert held == set(of_one)


def test_the_reasons_of_the_schema_are_those_of_promises_without_a_case():
    rules = schema()["properties"]["value_rules"]["items"]["properties"]
    assert rules["reason"]["enum"] == list(REASONS)


def test_an_empty_description_has_a_place_for_what_is_wrong():
    with pytest.raises(DescriptionError, match="the description:1: there is no section format"):
        validate(Description())
