"""Things of a kind that no description lists are found by their names, where the list shows all of them."""

import pytest

from conformance.engine.api.load import load_service
from conformance.engine.cloud.cleanup import cleanup
from conformance.engine.cloud.exchange import Ask
from conformance.engine.cloud.journal import Journal
from conformance.engine.cloud.roles import Role
from conformance.engine.cloud.search import search
from conformance.engine.cloud.target import Target, connect

LIST = "/v2.1/gadgets"
PROFILE = load_service("compute").profile


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


def test_a_list_may_be_shown_by_an_old_and_a_new_key(fake, cloud, gadget):
    fake.routes["GET", LIST] = (200, {name: [{"uuid": "g-1", "name": gadget}] for name in ("gadgets", "gears")})
    assert [thing.path for thing in found(cloud).things] == ["/gadgets/g-1"]


def test_the_address_of_a_thing_names_it_where_no_field_does(fake, cloud, gadget):
    shown = {"gadget_ref": "https://cloud.example/v1/gadgets/g-1", "maker": "https://cloud.example/makers/m-1"}
    theirs = {"name": "x", "other": "https://cloud.example/gears/g-2"}
    fake.routes["GET", LIST] = (200, {"gadgets": [{"name": gadget, **shown}, theirs]})
    assert [thing.path for thing in found(cloud).things] == ["/gadgets/g-1"]


NEXT = "https://cloud.example/v9/gadgets?limit=1&marker="


@pytest.mark.parametrize(
    "named",
    [
        lambda last: {"next": NEXT + last},
        lambda last: {"links": {"next": NEXT + last, "self": "here"}},
        lambda last: {"links": {"next": {"href": NEXT + last}}},
        lambda last: {"gadgets_links": [{"rel": "next", "href": NEXT + last}, {"rel": "previous", "href": "there"}]},
    ],
)
def test_the_pages_of_a_list_are_followed_to_the_end(fake, cloud, gadget, named):
    """At the path of the list, wherever a proxy has the service."""
    ids = ["g-2", "g-3", "g-1"]

    def page(asked):
        at = ids.index(asked.query["marker"]) + 1 if "marker" in asked.query else 0
        more = named(ids[at]) if at + 1 < len(ids) else {"gadgets_links": [{"rel": "previous", "href": "there"}]}
        return 200, {"gadgets": [{"id": ids[at], "name": gadget if ids[at] == "g-1" else "x"}], **more}

    fake.routes["GET", LIST] = page
    outcome = found(cloud)
    assert ([thing.path for thing in outcome.things], outcome.lost) == (["/gadgets/g-1"], ())
    assert [one.path for one in fake.asked if one.path == LIST] == [LIST] * 3


def test_a_list_that_never_ends_is_left_after_a_hundred_pages(fake, cloud, gadget):
    count = iter(range(10_000))
    fake.routes["GET", LIST] = lambda _: (200, {"gadgets": [{"id": f"g-{next(count)}"}], "next": f"{NEXT}x"})
    (lost,) = found(cloud).lost
    assert "shows only a part of the list" in lost
    assert next(count) == 100


def test_a_page_that_shows_nothing_new_leads_nowhere(fake, cloud, gadget):
    fake.routes["GET", LIST] = (200, {"gadgets": [{"id": "g-2"}], "next": f"{NEXT}g-2"})
    (lost,) = found(cloud).lost
    assert "shows only a part of the list" in lost
    assert len(fake.asked) == 2


def test_a_name_in_capitals_finds_a_thing_as_well(fake, cloud):
    name = "CUSTOM_" + cloud.journal.rand_name("gadget").upper().replace("-", "_")
    cloud.journal.intend("gadgets", name)
    fake.routes["GET", LIST] = (200, {"gadgets": [{"id": "g-2", "name": "CUSTOM_OTHER"}, {"id": "g-1", "name": name}]})
    assert [thing.path for thing in found(cloud).things] == ["/gadgets/g-1"]


def test_what_is_below_a_thing_of_the_run_goes_with_it(cloud):
    """Nobody needs to look for it, where no list might show it."""
    cloud.journal.made(cloud.journal.intend("gadgets", "g"), "g-1", "/gadgets/g-1")
    cloud.journal.intend(cloud.profile.kind_at("/gadgets/g-1/notes").name, "")
    cloud.journal.intend(cloud.profile.kind_at("/gadgets/g-2/notes").name, "")
    (lost,) = found(cloud).lost
    assert lost.startswith("gadgets/g-2/notes: no description lists")


def test_a_thing_that_the_whole_list_does_not_show_was_never_made(fake, cloud, gadget):
    fake.routes["GET", LIST] = (200, {"gadgets": [{"id": "g-2", "name": "somebody's"}]})
    outcome = found(cloud)
    assert (outcome.things, outcome.lost) == ((), ())
    assert cloud.journal.entries()[0].settled


@pytest.mark.parametrize(
    ("answer", "why"),
    [
        ((200, {"gadgets": [], "gadgets_links": [{"rel": "next"}]}), "shows only a part of the list"),
        ((200, {"gadgets": [], "links": {"next": "there"}}), "shows only a part of the list"),
        ((200, {"gadgets": [], "next": "/there"}), "shows only a part of the list"),
        ((200, {"gadgets": [], "gears": [{"id": "g-1"}]}), "shows no list"),
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
        "gadgets: no description lists things of the kind gadgets, and this one was asked for at /gadgets without a"
    )


@pytest.fixture
def free(fake, tmp_path):
    """A client that may change all things."""
    target = Target(url=fake.url, tokens={Role.MEMBER: "member-token"})
    made = connect(target, Journal(tmp_path / "journal.jsonl"), profile=PROFILE, allow_disruptive=True)
    fake.asked.clear()
    yield made
    made.close()


@pytest.mark.parametrize("answer", [500, 503])
def test_of_one_without_a_name_the_things_before_and_after_tell_what_may_have_come(fake, free, answer):
    shown = [{"id": "g-1", "name": None}]
    fake.routes["GET", LIST] = lambda asked: (200, {"gadgets": shown})
    fake.routes["POST", LIST] = (answer, {})
    for _ in range(2):
        intent = free.journal.intend("gadgets", "")
        assert free.send(Ask("POST", "/gadgets", body={"gadget": {"name": {}}}, intent=intent)).status == answer
    assert found(free).lost == (), "nothing has come"
    assert all(entry.settled for entry in free.journal.entries())
    intent = free.journal.intend("gadgets", "")
    free.send(Ask("POST", "/gadgets", body={"gadget": {"name": {}}}, intent=intent))
    shown.append({"id": "g-2", "name": "{}"})
    (lost,) = found(free).lost
    assert lost.startswith("gadgets: g-2 may be the run's, but nothing shows who made it")
    assert fake.asked[0].headers["X-OpenStack-Nova-API-Version"] == "2.104"


def test_what_its_parts_keep_is_removed_after_them(fake, free):
    """No description tells that a gadget has parts."""
    there = {"/v2.1/gadgets/g", "/v2.1/parts/p"}

    def remove(asked):
        if asked.path.endswith("/g") and "/v2.1/parts/p" in there:
            return 403, {"forbidden": {"message": "it has parts"}}
        there.discard(asked.path)
        return 204, None

    for kind, id_ in (("gadgets", "g"), ("parts", "p")):
        free.journal.there(kind, id_, f"/{kind}/{id_}")
        fake.routes["DELETE", f"/v2.1/{kind}/{id_}"] = remove
    report = cleanup(free.journal.path.parent, free, timeout=0.5)
    assert (sorted(report.removed), report.left) == (["gadgets g", "parts p"], ())


def test_what_may_never_be_removed_is_named_with_its_address(fake, free):
    free.journal.there("gadgets", "g", "/gadgets/g")
    fake.routes["DELETE", "/v2.1/gadgets/g"] = (403, {"forbidden": {"message": "never"}})
    report = cleanup(free.journal.path.parent, free, timeout=0.5)
    assert report.left == ("gadgets g: DELETE /gadgets/g gave 403 (never)",)


@pytest.mark.parametrize(("views", "gone"), [([200, 200, 404], True), ([200] * 99, False), ([], True)])
def test_what_is_removed_in_the_background_is_looked_at_until_it_is_gone(fake, free, views, gone):
    free.journal.there("gadgets", "g", "/gadgets/g")
    fake.routes["DELETE", "/v2.1/gadgets/g"] = (202, None)
    left = iter(views)
    fake.routes["GET", "/v2.1/gadgets/g"] = lambda asked: (next(left, 404), {"gadget": {"id": "g"}})
    report = cleanup(free.journal.path.parent, free, timeout=2.0)
    assert [entry.settled for entry in free.journal.entries()] == [gone]
    if not gone:
        (trouble,) = report.left
        assert trouble.startswith("gadgets g: GET /gadgets/g still shows it ")
