"""Values that a reference implies: names of the run, elements of other collections, requests that join two things."""

from __future__ import annotations

import pytest
from widgets import KNOWLEDGE, plain, row, sample, spec

from conformance.engine.api.needs import Needs
from conformance.engine.api.producers import Producers
from conformance.engine.api.references import field_names, singular, with_references
from conformance.engine.api.service import ServiceDescription
from conformance.engine.model.binding import ADDRESS, Binding
from specs.microversion import Microversion

NAME = Binding("name", "value", "new")
MADE = {"samples": (sample({"car": {"name": "Beetle"}}),), "normal": (201,)}
CARS = (
    plain("GET", "/cars"),
    plain("POST", "/cars", row("car", "object", True), **MADE),
    plain("GET", "/cars/{car_id}"),
    plain("DELETE", "/cars/{car_id}"),
)
GARAGES = (
    plain(
        "POST", "/garages", row("garage", "object", True), samples=(sample({"garage": {"name": "g"}}),), normal=(201,)
    ),
    plain("GET", "/garages/{garage_id}"),
    plain("GET", "/garages/{garage_id}/cars"),
    plain("PUT", "/garages/{garage_id}/cars/{car_id}", normal=(204,)),
    plain("DELETE", "/garages/{garage_id}/cars/{car_id}", normal=(204,)),
)
EVERY = (*CARS, *GARAGES)


def implied(*operations, service=None):
    return with_references(service or ServiceDescription(), [spec(*operations)])


def needs(operation, *operations):
    service = implied(*operations)
    return Needs.of(operation, service, Producers(operations), Microversion(1, 0))


def test_a_thing_that_is_made_or_renamed_gets_a_name_of_the_run():
    rename = plain("PATCH", "/cars/{car_id}", row("car", "object"), samples=(sample({"car": {"name": "Mini"}}),))
    service = implied(*CARS, rename)
    assert service.binding(CARS[1], "name") == service.binding(rename, "name") == (True, NAME)
    several = plain("POST", "/cars", samples=(sample({"cars": [{"name": "a"}, {"name": "b"}]}),))
    assert implied(several).binding(several, "name") == (True, NAME)


def test_the_name_of_another_thing_in_a_body_stays():
    ask = plain("POST", "/trips", samples=(sample({"trip": {"driver": {"name": "default"}}}),))
    assert implied(ask).binding(ask, "name") == (False, None)


def test_a_field_that_names_an_element_of_a_collection_has_one_as_its_value():
    assert implied(*EVERY).binding(GARAGES[0], "car_id") == (True, Binding("/cars"))
    assert implied(*EVERY).binding(GARAGES[0], "wheel_id") == (False, None)


def test_without_a_description_more_fields_name_things_of_the_cloud():
    drive = plain("POST", "/trips", row("driver"), row("car_uuid"))
    drivers = (plain("GET", "/drivers"), plain("GET", "/drivers/{driver_name}"))
    bare = ServiceDescription(described=False)
    alone = implied(*CARS, *drivers, drive, service=bare)
    assert alone.binding(drive, "driver") == (True, Binding("/drivers", "driver_name", "listed"))
    assert alone.binding(drive, "car_uuid") == (True, Binding("/cars"))
    described = implied(*CARS, *drivers, drive)
    assert described.binding(drive, "driver") == described.binding(drive, "car_uuid") == (False, None)
    made = implied(*drivers, plain("PUT", "/drivers/{driver_name}", normal=(201,)), drive, service=bare)
    assert made.binding(drive, "driver") == (False, None)


def test_without_a_description_a_placeholder_and_a_list_of_ids_tell_of_a_collection_too():
    one = "6d85703a-565d-469a-96ce-30b6de53079d"
    cars = (*CARS[:2], plain("GET", "/cars/{road_car_id}"), plain("DELETE", "/cars/{road_car_id}"))
    shown = sample({"trip": {"road_car_id": one, "road_cars": [one], "toll_cars": [one], "car_names": ["a"]}})
    drive = plain("POST", "/trips", samples=(shown,))
    alone = implied(*cars, drive, service=ServiceDescription(described=False))
    assert alone.binding(drive, "road_car_id") == (True, Binding("/cars"))
    assert alone.binding(drive, "road_cars") == (True, [Binding("/cars")])
    assert alone.binding(drive, "toll_cars") == alone.binding(drive, "car_names") == (False, None)
    assert implied(*cars, drive).binding(drive, "road_cars") == (False, None)


def test_without_a_description_a_thing_has_a_hardware_address_and_a_name_of_its_own():
    body = {
        "car": {"name": "n", "car_id": "vin-7", "address": "11:11:11:11:11:11", "radio": {"mac": "0a:1b:2c:3d:4e:5f"}}
    }
    make = plain("POST", "/cars", samples=(sample(body),), normal=(201,))
    drive = plain("POST", "/trips", samples=(sample({"trip": {"car_id": "vin-7", "address": "11:11:11:11:11:11"}}),))
    alone = implied(make, *CARS[2:], drive, service=ServiceDescription(described=False))
    assert alone.binding(make, "address") == alone.binding(make, "mac") == (True, Binding("mac"))
    assert alone.binding(make, "car_id") == (True, NAME)
    assert alone.binding(drive, "car_id") == (True, Binding("/cars"))
    assert alone.binding(drive, "address") == (False, None)
    assert implied(make, *CARS[2:], drive).binding(make, "address") == (False, None)


@pytest.mark.parametrize(
    ("shown", "form"), [("FAST_CAR_1", "FAST_{}"), ("FAST", "value"), ("Fast_Car", "value"), ("", "value")]
)
def test_without_a_description_a_name_has_the_form_of_that_of_the_sample(shown, form):
    make = plain("POST", "/cars", samples=(sample({"car": {"name": shown}}),), normal=(201,))
    alone = implied(make, *CARS[2:], service=ServiceDescription(described=False))
    assert alone.binding(make, "name") == (True, Binding("name", form, "new"))
    assert implied(make, *CARS[2:]).binding(make, "name") == (True, NAME)


def test_without_a_description_a_type_tells_which_thing_is_named_beside_it():
    shown = {"lock": {"part_id": "1", "part_type": "car", "road_id": "2", "road_type": "dirt", "car_id": "3"}}
    lock = plain("POST", "/locks", samples=(sample(shown),), normal=(201,))
    alone = implied(*CARS, lock, service=ServiceDescription(described=False))
    assert alone.binding(lock, "part_id") == (True, Binding("/cars", relation="other"))
    assert alone.binding(lock, "road_id") == (False, None)
    assert alone.binding(lock, "car_id") == (True, Binding("/cars"))
    assert implied(*CARS, lock).binding(lock, "part_id") == (False, None)


def test_without_a_description_an_address_in_a_sample_is_that_of_a_thing_of_the_run():
    """Of another collection; in a list as well."""
    shown = {
        "parts": [{"car_ref": "https://{host}/v1/cars/{car}"}],
        "own": "https://x/trips/1",
        "see": "https://x/help",
    }
    trip = plain("POST", "/trips", samples=(sample(shown),), normal=(201,))
    trips = (trip, plain("GET", "/trips/{trip_id}"))
    alone = implied(*CARS, *trips, service=ServiceDescription(described=False))
    assert alone.binding(trip, "car_ref") == (True, Binding("/cars", ADDRESS))
    assert alone.binding(trip, "own") == alone.binding(trip, "see") == (False, None)
    assert implied(*CARS, *trips).binding(trip, "car_ref") == (False, None)


@pytest.mark.parametrize(
    ("name", "shown", "bound"),
    [
        ("expiration", "2015-12-28T19:14:44.180394", (True, "2096-12-28T19:14:44.180394")),
        ("valid_until", "2016-02-29", (True, "2096-02-29")),
        ("expires_at", None, (False, None)),
        ("expires", "never", (False, None)),
        ("created_at", "2015-12-28T19:14:44", (False, None)),
    ],
)
def test_without_a_description_a_time_at_which_a_thing_ends_is_to_come(name, shown, bound):
    make = plain("POST", "/cars", samples=(sample({"car": {name: shown}}),), normal=(201,))
    assert implied(make, *CARS[2:], service=ServiceDescription(described=False)).binding(make, name) == bound
    assert implied(make, *CARS[2:]).binding(make, name) == (False, None)


ORDER = {"type": "car", "meta": {"name": "Beetle", "doors": 2}, "parts": [{"name": "wheel"}], "car": {"name": "x"}}


def test_without_a_description_the_name_of_what_is_made_may_stand_further_within():
    """Not in a list, and not in an object that is called like another thing: these are about other things."""
    bare = ServiceDescription(described=False)
    order = plain("POST", "/orders", samples=(sample(ORDER),), normal=(201,))
    orders = (order, plain("GET", "/orders/{order_id}"))
    assert implied(*CARS, *orders, service=bare).binding(order, "name") == (True, NAME)
    assert implied(*CARS, *orders).binding(order, "name") == (False, None)
    for within in ({"car": {"name": "x"}}, {"a": {"name": "x"}, "b": {"name": "y"}}, {"a": [{"name": "x"}]}):
        other = plain("POST", "/orders", samples=(sample({"type": "car", **within}),), normal=(201,))
        assert implied(*CARS, other, *orders[1:], service=bare).binding(other, "name") == (False, None)
    asked = plain("POST", "/orders/ask", samples=(sample(ORDER),))
    assert implied(*CARS, asked, service=bare).binding(asked, "name") == (False, None), "it makes nothing"


def test_a_description_goes_before_what_is_implied():
    bound = implied(*CARS, service=KNOWLEDGE)
    assert bound.bindings[: len(KNOWLEDGE.bindings)] == KNOWLEDGE.bindings


def test_a_placeholder_names_an_element_of_the_collection_that_has_it():
    garage, car = needs(GARAGES[3], *EVERY).placeholders
    assert (garage.element.collection, garage.lent) == ("/garages", False)
    assert (car.element.collection, car.lent) == ("/cars", True)


def test_a_placeholder_that_its_own_collection_lists_stays_there():
    shown = plain("GET", "/garages/{garage_id}/cars/{car_id}")
    _, car = needs(shown, *CARS, *GARAGES[:3], shown).placeholders
    assert (car.element.collection, car.lent) == ("/garages/{garage_id}/cars", False)


def test_a_request_that_joins_goes_before_those_that_need_it():
    (step,) = needs(GARAGES[4], *EVERY).before
    assert step.operation == GARAGES[3].id
    assert needs(GARAGES[3], *EVERY).before == ()
    assert needs(CARS[3], *EVERY).before == ()


def test_several_elements_made_at_once_are_elements_of_the_collection():
    many = plain(
        "POST",
        "/cars",
        samples=(sample({"cars": [{"name": "a"}]}),),
        normal=(201,),
        answered=(sample({"cars": [{"id": 1}]}),),
        name="several",
    )
    found = needs(many, *CARS, many)
    assert found.producer is None
    assert found.several is not None
    assert found.several.operation == CARS[1]
    assert needs(CARS[1], *CARS, many).several is None


@pytest.mark.parametrize(
    ("word", "one"),
    [("policies", "policy"), ("addresses", "address"), ("boxes", "box"), ("networks", "network"), ("status", "statu")],
)
def test_the_singular_of_a_word(word, one):
    assert singular(word) == one


def test_the_fields_that_name_an_element():
    assert field_names("/qos/policies") == ("policy_id", "qos_policy_id")
    assert field_names("/security-groups") == ("security_group_id",)


OPEN = plain("POST", "/cars/{car_id}/open", row("key", "string", True))
ANSWERED = sample({"car": {"id": "1", "name": "Beetle", "key": "k"}})


@pytest.mark.parametrize(
    ("made", "shown", "found"),
    [
        ({"car": {"name": "Beetle"}}, {"car": {"id": "1"}}, True),
        ({"car": {"name": "Beetle", "key": "k"}}, {"car": {"id": "1"}}, False),
        ({"car": {"name": "Beetle"}}, {"car": {"id": "1", "key": "k"}}, False),
    ],
)
def test_what_only_the_answer_shows_that_made_a_thing_is_what_a_request_about_it_demands(made, shown, found):
    make = plain("POST", "/cars", samples=(sample(made),), normal=(201,), answered=(ANSWERED,))
    show = plain("GET", "/cars/{car_id}", answered=(sample(shown),))
    key = Binding("/cars", "car.key", "answered") if found else None
    assert implied(make, show, OPEN).binding(OPEN, "key") == (found, key)


def test_a_field_that_may_be_left_out_demands_nothing():
    make = plain("POST", "/cars", samples=(sample({"car": {}}),), normal=(201,), answered=(ANSWERED,))
    wash = plain("POST", "/cars/{car_id}/wash", row("key"))
    assert implied(make, CARS[2], wash).binding(wash, "key") == (False, None)
