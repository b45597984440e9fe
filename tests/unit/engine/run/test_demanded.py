"""Without a description, a field that a refusal demands is given from then on, if that helps."""

import threading
from dataclasses import replace

import pytest
from boats import LIST, MAKE, SHOW, SINK, boats, results
from fake_cloud import fake_cloud
from widgets import row, sample, spec

from conformance.engine.api.service import ServiceDescription
from conformance.engine.provision.demanded import Demanded
from specs.microversion import Microversion
from specs.model import Request

V1, V2, V3 = Microversion(1, 1), Microversion(1, 2), Microversion(1, 3)
HULL = row("hull", location="body")
WORDS = {"message": "{'name': 'n'} is not valid: 'hull' is a required property"}


def making(*more, shown):
    rows = (*MAKE.request.parameters, *more)
    return replace(MAKE, request=Request(rows, (sample({"boat": {"name": "n", **shown}}),)))


def of_boats(tmp_path, make, demand, words=WORDS):
    """The verdicts of a run on boats of which the service demands something."""
    with fake_cloud() as fake:
        boats(fake)
        serve = fake.default

        def demanding(asked):
            inner = asked.json.get("boat") if asked.method == "POST" and isinstance(asked.json, dict) else None
            return (400, words) if isinstance(inner, dict) and not demand(inner) else serve(asked)

        fake.default = demanding
        specs = (replace(spec(LIST, SHOW, make, SINK), service="boating"),)
        found, _ = results(fake, tmp_path, specs)
        posts = [asked for asked in fake.asked if asked.method == "POST" and asked.path.endswith("/boats")]
        sent = [asked.json.get("boat") for asked in posts if isinstance(asked.json, dict)]
    return {result.case.partition(".")[2]: result for result in found}, [one for one in sent if isinstance(one, dict)]


@pytest.mark.parametrize("rows", [(HULL,), ()], ids=["optional", "shown by the sample alone"])
def test_a_field_that_a_refusal_demands_is_given(tmp_path, rows):
    found, sent = of_boats(tmp_path, making(*rows, shown={"hull": "oak"}), lambda inner: inner.get("hull") == "oak")
    verdicts = {name: one.verdict for name, one in found.items()}
    for operation in (SHOW, MAKE, SINK):
        name = operation.id.partition(".")[2]
        assert [v for case, v in verdicts.items() if case.startswith(f"{name}/normal")][:1] == ["pass"], name
    lacking = [inner for inner in sent if isinstance(inner.get("name"), str) and "hull" not in inner]
    assert 1 <= len(lacking) < len(sent) / 2  # those that lanes had begun when the first one was answered


def test_a_field_that_does_not_help_is_not_given_again(tmp_path):
    found, sent = of_boats(tmp_path, making(HULL, shown={"hull": "oak"}), lambda inner: False)
    assert found["post-boats/normal/201"].verdict == "inconclusive"
    assert sum("hull" in inner for inner in sent) < len(sent)


def test_words_that_demand_nothing_are_not_heeded(tmp_path):
    words = {"message": "hull"}
    _, sent = of_boats(tmp_path, making(HULL, shown={"hull": "oak"}), lambda inner: "hull" in inner, words)
    plain = [inner for inner in sent if set(inner) == {"name"} and isinstance(inner["name"], str)]
    assert len(plain) > 2


@pytest.mark.parametrize(
    ("words", "field", "named"),
    [
        ("Must specify a boat type as none is configured.", "boat_type_id", True),
        ("'hull' is a required property", "hull", True),
        ("'hulls' is a required property", "hull", False),
        ("Specify a type.", "boat_type_id", False),
    ],
)
def test_a_field_is_named_by_its_words(words, field, named):
    make = making(row(field), shown={field: "oak"})
    demanded = Demanded(ServiceDescription(described=False))
    answers = iter([(400, {"boat": {"name": "n"}}, {"m": words}), (201, {}, {})])
    first = next(answers)
    demanded.heeded(make, V1, first, lambda one: one, lambda: next(answers))
    assert (demanded.of(make, V1) == {("boat", field): "oak"}) is named
    assert (demanded.lacking(make, V1, {"boat": {"name": "n"}}) == [field]) is named
    assert demanded.lacking(make, V1, {"boat": {field: "elm"}}) == []


def test_a_field_that_two_lanes_give_in_vain_at_a_time_is_forgotten():
    make, refused = making(HULL, shown={"hull": "oak"}), (400, {"boat": {"name": "n"}}, WORDS)
    demanded = Demanded(ServiceDescription(described=False))
    in_vain = (400, {"boat": {"name": "n", "hull": "oak"}}, WORDS)
    ended = threading.Event()

    def later():
        ended.wait(10)
        return in_vain

    other = threading.Thread(target=lambda: demanded.heeded(make, V1, refused, lambda one: one, later))

    def sooner():
        other.start()
        return in_vain

    demanded.heeded(make, V1, refused, lambda one: one, sooner)
    ended.set()
    other.join()
    assert demanded.of(make, V1) == {}


def test_a_service_with_a_description_says_itself_what_its_requests_need():
    make = making(HULL, shown={"hull": "oak"})
    demanded = Demanded(ServiceDescription())
    refused = (400, {"boat": {"name": "n"}}, WORDS)
    assert demanded.heeded(make, V1, refused, lambda one: one, lambda: (201, {}, {})) == refused
    assert demanded.of(make, V1) == {}


def test_what_one_version_demands_another_may_not_know():
    make = making(HULL, row("keel"), shown={"hull": "oak", "keel": "elm"})
    demanded = Demanded(ServiceDescription(described=False))

    def asked(version, *answers):
        sent, replies = [], iter(answers)

        def once():
            body = demanded.added(make, version, {"boat": {"name": "n"}})
            sent.append(sorted(body["boat"]))
            status, words = next(replies)
            return status, body, {"m": words}

        status = demanded.heeded(make, version, once(), lambda one: one, once)[0]
        return status, sent

    assert asked(V2, (400, "'hull' is required"), (201, "")) == (201, [["name"], ["hull", "name"]])
    old = (406, "no hull"), (400, "'keel' is required"), (201, "")
    assert asked(V1, *old) == (201, [["hull", "name"], ["name"], ["keel", "name"]])
    assert asked(V1, (201, "")) == (201, [["keel", "name"]])
    assert asked(V2, (201, "")) == (201, [["hull", "name"]])
    assert asked(V3, (406, "no"), (406, "no")) == (406, [["hull", "name"], ["name"]])
    assert demanded.lacking(make, V3, {"boat": {}}) == ["hull"]
