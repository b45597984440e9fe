"""Which operations make what paths name: by the reference alone."""

from __future__ import annotations

import pytest
from widgets import action, becomes, plain, row, sample

from conformance.engine.api.producers import (
    Producers,
    collection_of,
    element_in,
    form,
    last_version,
    listed_by,
    placeholders,
)
from specs.model import Deprecation, Removal, Versions

GEAR = sample({"gear": {"id": "g-1", "name": "first"}})
MAKE = plain("POST", "/gears", answered=(GEAR,))
LIST = plain("GET", "/gears")
SHOW = plain("GET", "/gears/{gear_id}")
DROP = plain("DELETE", "/gears/{id}")
BADGE = plain("PUT", "/gears/{gear_id}/badges/{badge}", normal=(201, 204))
NOTE = plain("PUT", "/gears/{gear_id}/notes/{key}", samples=(sample({"note": {"colour": "red"}}),), normal=(200,))
RENAME = plain("PUT", "/gears/{gear_id}", row("gear", "object", True), normal=(200,))


def of(collection, *operations):
    return Producers(operations).of(collection)


@pytest.mark.parametrize(("address", "found"), [("/v1/gears/{gear_id}", True), ("/v1/wheels/1", False), ("/", False)])
def test_a_documented_answer_may_hold_the_address_of_what_was_made_alone(address, found):
    make = plain("POST", "/gears", answered=(sample({"gear_ref": f"https://{{host}}{address}"}),), normal=(202,))
    producer = of("/gears", make, SHOW)
    assert (producer is not None) is found


def test_a_path_names_elements_of_collections():
    path = "/gears/{gear_id}/notes/{key}"
    assert placeholders(path) == ["gear_id", "key"]
    assert placeholders("/gears") == []
    assert (collection_of(path, "gear_id"), collection_of(path, "key")) == ("/gears", "/gears/{gear_id}/notes")
    assert form(path) == form("/gears/{id}/notes/{name}")
    assert form(path) != form("/gears/{id}")


def test_what_is_posted_to_a_collection_is_its_element_with_all_that_concerns_it():
    found = of("/gears", MAKE, LIST, SHOW, DROP, RENAME)
    assert (found.operation, found.chosen) == (MAKE, False)
    assert (found.lister, found.reader, found.remover) == (LIST, SHOW, DROP)


def test_what_concerns_it_may_be_missing():
    found = of("/gears", MAKE, RENAME)
    assert (found.lister, found.reader, found.remover) == (None, None, None)


def test_a_collection_is_found_by_whatever_its_parents_are_called():
    post = plain("POST", "/gears/{id}/teeth", answered=(sample({"tooth": {"id": "1"}}),))
    drop = plain("DELETE", "/gears/{gear_id}/teeth/{tooth_id}")
    assert of("/gears/{any}/teeth", post, drop).remover is drop


@pytest.mark.parametrize(
    "answer",
    [
        {"answered": (sample({"gear": {"id": "g-1"}}),)},
        {"answered": (sample({"gear": {"gearId": "g-1"}}),)},
        {"answered": (sample({"gear": {"uuid": "g-1"}}),)},
        {"answered": (sample({"gear": {"size": 1}}), GEAR)},
        {"answers": (row("Location", location="header"),)},
        {"answers": (row("location", location="header"),)},
    ],
)
def test_the_documented_answer_names_what_was_made(answer):
    assert of("/gears", plain("POST", "/gears", **answer), SHOW) is not None


@pytest.mark.parametrize(
    "answer",
    [
        {},
        {"answered": (sample({"gear": {"size": 1}}),)},
        {"answered": (sample({"gears": [{"id": "g-1"}]}),)},
        {"answers": (row("location", location="body"),)},
    ],
)
def test_an_answer_that_does_not_name_it_makes_no_producer(answer):
    assert of("/gears", plain("POST", "/gears", **answer), SHOW) is None


def test_a_sample_that_is_no_json_names_nothing():
    broken = type(GEAR)(GEAR.file, GEAR.line, None, GEAR.body, valid=False)
    assert of("/gears", plain("POST", "/gears", answered=(broken,)), SHOW) is None


def test_a_collection_of_which_no_path_names_an_element_has_no_producer():
    assert of("/gears", MAKE) is None


@pytest.mark.parametrize("operation", [BADGE, NOTE])
def test_what_is_put_under_a_name_of_the_clients_is_made(operation):
    """Where the answer is documented to say so (201), or the body holds the name that the path holds."""
    found = of(collection_of(operation.path, placeholders(operation.path)[-1]), operation)
    assert (found.operation, found.chosen, found.name) == (operation, True, placeholders(operation.path)[-1])


def test_what_changes_an_element_makes_none():
    assert of("/gears", RENAME, SHOW) is None


def test_what_is_posted_goes_before_what_is_put():
    put = plain("PUT", "/gears/{gear_id}", normal=(201,))
    assert of("/gears", put, MAKE).operation is MAKE


def test_what_was_removed_and_an_action_make_nothing():
    gone = plain("POST", "/gears", answered=(GEAR,), removed=Removal(44))
    act = action("gears", path="/gears", answered=(GEAR,))
    assert of("/gears", gone, act, SHOW) is None


def test_an_operation_knows_whether_it_is_a_producer():
    producers = Producers([MAKE, LIST, SHOW, DROP, BADGE, RENAME])
    assert producers.made_by(MAKE).operation is MAKE
    assert producers.made_by(BADGE).operation is BADGE
    for other in (LIST, SHOW, DROP, RENAME, action("spin", path="/gears")):
        assert producers.made_by(other) is None


def test_the_list_of_a_collection_is_the_one_with_its_path():
    operations = {o.id: o for o in (MAKE, LIST, SHOW)}
    assert listed_by(operations, "/gears") is LIST
    assert listed_by(operations, "/teeth") is None
    teeth = plain("GET", "/gears/{gear_id}/teeth")
    assert listed_by({"t": teeth}, "/gears/{id}/teeth") is teeth


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ({"gears": [{"id": "1"}, {"id": "2"}]}, True),
        ({"gears": [{"gear": {"id": "2"}}]}, True),
        ({"gears": [{"id": "1", "name": "2"}]}, True),
        ({"gears": ["1", "2"]}, True),
        ({"notes": {"1": "a", "2": "b"}}, True),
        ({"gears": [{"id": "1"}]}, False),
        ({"notes": {"1": "2"}}, False),
        ({"gears": []}, False),
        ("2", False),
        (None, False),
    ],
)
def test_a_list_shows_an_element_by_its_name(body, expected):
    assert element_in(body, "gear_id", "2") is expected


def test_the_last_version_is_the_operations_own():
    assert last_version(LIST) is None
    assert str(last_version(plain("GET", "/gears", microversions=Versions(max="2.7")))) == "2.7"


def superseded(replacement, since="2.9", path="/gears/all", **more):
    return last_version(plain("GET", path, deprecated=Deprecation(7, since, replacement), **more))


def test_an_operation_whose_replacement_takes_over_its_path_ends_before_it():
    assert str(superseded("GET /gears/{gear_id}")) == "2.8"
    assert str(superseded("GET /gears/all")) == "2.8"


@pytest.mark.parametrize(
    ("replacement", "since"),
    [
        ("PUT /gears/{gear_id}", "2.9"),
        ("GET /teeth/{tooth_id}", "2.9"),
        ("GET /gears/{gear_id}/all", "2.9"),
        (None, "2.9"),
        ("GET /gears/{gear_id}", "7.0.0"),
        ("GET /gears/{gear_id}", None),
    ],
)
def test_an_operation_that_is_merely_deprecated_goes_on(replacement, since):
    assert superseded(replacement, since) is None


def test_its_own_last_version_counts_more_than_its_replacements_first():
    assert str(superseded("GET /gears/{gear_id}", microversions=Versions(max="2.12"))) == "2.12"


def test_a_post_to_a_name_makes_what_its_path_names():
    make = plain("POST", "/gears/{gear_id}/teeth/{tooth}", normal=(201,))
    known = Producers([make])
    assert known.of("/gears/{gear_id}/teeth") == known.made_by(make)
    assert known.made_by(make).chosen


def test_a_producer_leads_to_the_statuses_that_the_reference_promises():
    make = plain("POST", "/gears", normal=(201,), answers=(row("location", location="header"),),
                 postconditions=(becomes("pending", resource="gear"),))  # fmt: skip
    assert Producers([make, plain("GET", "/gears/{gear_id}")]).of("/gears").leads_to == {"pending"}
