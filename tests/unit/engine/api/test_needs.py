"""The needs of a request: how the element that a placeholder names is made, and whether the run has to make it."""

from dataclasses import replace

import pytest
from widgets import TOP, plain
from workshop import EVERY, KNOWN, PULL, SHOW, SPIN, TEETH

from conformance.engine.api.needs import PROJECT, Needs
from conformance.engine.api.producers import Producers

PRODUCERS = Producers(EVERY)


def placeholders(operation, service=KNOWN, producers=PRODUCERS):
    return Needs.of(operation, service, producers, TOP).placeholders


def test_a_placeholder_names_an_element_of_what_stands_before_it():
    gear, tooth = placeholders(PULL)
    assert [(one.name, one.element.collection) for one in (gear, tooth)] == [
        ("gear_id", "/gears"),
        ("tooth_id", "/gears/{gear_id}/teeth"),
    ]
    assert gear.element.producer.name == "gear_id"
    assert gear.value is None


@pytest.mark.parametrize(
    ("operation", "made"),
    [(SHOW, [False]), (PULL, [True, True]), (TEETH, [True]), (SPIN, [True])],
    ids=["read", "removed", "a list of what the run may have to make", "changed"],
)
def test_the_run_makes_what_a_request_changes_or_holds_what_it_changes(operation, made):
    assert [one.made for one in placeholders(operation)] == made


def test_the_run_makes_what_holds_an_element_that_it_has_to_make():
    noted = plain("GET", "/gears/{gear_id}/teeth/{tooth_id}", normal=(200,))
    assert [one.made for one in placeholders(noted)] == [True, False]


def test_the_description_may_want_everything_made_or_made_with_some_fields():
    (gear,) = placeholders(SHOW, replace(KNOWN, always_made=True))
    assert gear.made
    (gear,) = placeholders(SHOW, replace(KNOWN, elements_made_with=((SHOW.id, "/gears", {"colour": "red"}),)))
    assert (gear.made, gear.element.fields) == (True, {"colour": "red"})


def test_a_factory_makes_elements_of_a_collection_at_the_top_alone():
    service = replace(KNOWN, made_by_factory={"jobs": "job"})
    (job,) = placeholders(plain("GET", "/jobs/{job_id}"), service)
    assert (job.element.factory, job.element.can_be_made) == ("job", True)
    assert not placeholders(plain("GET", "/jobs/{job_id}"))[0].element.can_be_made
    _, below = placeholders(plain("GET", "/gears/{gear_id}/jobs/{job_id}"), service)
    assert below.element.factory is None, "a collection of that name below another"


@pytest.mark.parametrize(
    ("path", "values", "expected"),
    [
        ("/limits/{tenant_id}", {}, PROJECT),
        ("/limits/{tenant_id}", {"tenant_id": "t"}, "t"),
        ("/limits/{tenant_id}", {"limits.tenant_id": "l", "tenant_id": "t"}, "l"),
        ("/gears/{project_id}", {}, None),
        ("/limits/{kind}", {}, None),
    ],
    ids=["the project", "an entry", "an entry for one collection", "an element of a collection", "nothing known"],
)
def test_the_description_or_the_project_gives_the_value_of_a_placeholder_that_names_no_element(path, values, expected):
    (placeholder,) = placeholders(plain("GET", path), replace(KNOWN, placeholder_values=values))
    assert placeholder.value == expected
