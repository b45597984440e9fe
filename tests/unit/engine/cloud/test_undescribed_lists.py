"""Things of a kind that no description lists are found by their names, where the list shows all of them."""

import pytest

from conformance.engine.cloud.search import search

LIST = "/v2.1/gadgets"


@pytest.fixture
def gadget(cloud):
    """The intent to make a gadget, which was never answered."""
    name = cloud.journal.rand_name("gadget")
    cloud.journal.intend("gadgets", name)
    return name


def found(cloud):
    return search(cloud, cloud.journal, cloud.journal.entries())


@pytest.mark.parametrize(
    "more", [{}, {"links": {"next": None, "self": "here"}}, {"links": [{"href": "x"}]}, {"count": 1}]
)
def test_a_thing_with_the_name_is_found(fake, cloud, gadget, more):
    mine, other = {"id": "g-1", "name": gadget}, {"id": "g-2", "name": "somebody's"}
    fake.routes["GET", LIST] = (200, {"gadgets": [other, mine], **more})
    outcome = found(cloud)
    assert ([thing.path for thing in outcome.things], outcome.lost) == (["/gadgets/g-1"], ())
    assert cloud.journal.owns("g-1")


def test_a_thing_that_the_whole_list_does_not_show_was_never_made(fake, cloud, gadget):
    fake.routes["GET", LIST] = (200, {"gadgets": [{"id": "g-2", "name": "somebody's"}]})
    outcome = found(cloud)
    assert (outcome.things, outcome.lost) == ((), ())
    assert cloud.journal.entries()[0].settled


@pytest.mark.parametrize(
    ("answer", "why"),
    [
        ((200, {"gadgets": [], "gadgets_links": [{"rel": "next"}]}), "shows only the first page of the list"),
        ((200, {"gadgets": [], "links": {"next": "there"}}), "shows only the first page of the list"),
        ((200, {"gadgets": [], "next": "/there"}), "shows only the first page of the list"),
        ((200, {"gadgets": [], "gears": []}), "shows no list"),
        ((200, [{"id": "g-1"}]), "shows no list"),
        ((404, {"itemNotFound": {"message": "no such route"}}), "gave 404 (no such route)"),
    ],
)
def test_what_a_list_does_not_show_stays_open(fake, cloud, gadget, answer, why):
    fake.routes["GET", LIST] = answer
    outcome = found(cloud)
    assert outcome.things == ()
    (lost,) = outcome.lost
    assert lost.startswith(f"gadgets {gadget}: no description lists things of the kind gadgets, and GET /gadgets {why}")
    assert lost.endswith(f"look yourself for names that begin with {cloud.journal.prefix}")
    assert not cloud.journal.entries()[0].settled


def test_nothing_without_a_name_of_the_run_is_taken_for_its_own(fake, cloud, gadget):
    cloud.journal.intend("gadgets", "")
    fake.routes["GET", LIST] = (200, {"gadgets": [{"id": "g-1", "name": ""}, {"id": "g-2"}]})
    outcome = found(cloud)
    assert outcome.things == ()
    (lost,) = outcome.lost
    assert lost.startswith(
        "gadgets: no description lists things of the kind gadgets, and this one was asked for without"
    )
