"""Nothing of a run stays unnoticed on a service without a description: all documented lists are looked through."""

import pytest
from ended import Ended

from conformance.engine.cloud.journal import Journal
from conformance.engine.cloud.roles import Role

GONE = (404, {"itemNotFound": {"message": "no such thing"}})
LOCK = "5a5c0d9f-4b5f-4a0e-8a37-0a2b1b1c7f10"
GEAR = "0d0c0d9f-4b5f-4a0e-8a37-0a2b1b1c7f11"
OTHER = "7e5c0d9f-4b5f-4a0e-8a37-0a2b1b1c7f12"


@pytest.fixture
def run(fake, tmp_path):
    """A run that has made a gear, of which it knows the wrong path, and whoever cleans up after it."""
    ended = Ended(fake, tmp_path)
    ended.lists(("/gears", "/gears/detail", True), ("/locks", "/locks", True), ("/logs", "/logs", False))
    ended.had("gears", GEAR, f"/adopted/{GEAR}")
    ended.route("DELETE", f"/adopted/{GEAR}", GONE)
    ended.route("GET", "/locks", (200, {"locks": []}))
    ended.route("GET", "/gears/detail", (200, {"gears": []}))
    return ended


def test_a_thing_that_was_removed_at_a_wrong_path_is_removed_where_its_list_shows_it(run):
    run.route("GET", "/gears/detail", (200, {"gears": [{"id": GEAR}]}), (200, {"gears": []}))
    run.route("DELETE", f"/gears/{GEAR}", (202, None))
    assert run.cleanup().removed == (f"gears {GEAR}",)
    assert run.deleted == [f"/adopted/{GEAR}", f"/gears/{GEAR}"]


def test_a_thing_that_a_list_still_shows_is_told_of(run):
    run.route("GET", "/gears/detail", (200, {"gears": [{"id": GEAR}]}))
    why = "a list still shows it, though its removal was answered as if it were gone"
    assert run.cleanup().left == (f"gears {GEAR}: {why}",)


@pytest.mark.parametrize("field", ["uuid", "id"])
def test_a_thing_with_a_name_of_the_run_is_removed(run, field):
    mine = {field: LOCK, "name": "conformance-1-lock"}
    theirs = {field: OTHER, "name": "somebody's"}
    run.route("GET", "/locks", (200, {"locks": [theirs, mine]}), (200, {"locks": [theirs]}))
    run.route("DELETE", f"/locks/{LOCK}", (204, None))
    assert run.cleanup().removed == (f"locks {LOCK}",)


def test_a_name_of_the_run_that_stands_within_an_object_of_a_thing_shows_whose_it_is(run):
    mine = {"id": LOCK, "meta": {"name": "conformance-1-lock"}, "name": None}
    theirs = {"id": OTHER, "meta": {"name": "x"}, "text": "conformance-1-lock"}
    run.route("GET", "/locks", (200, {"locks": [theirs, mine]}), (200, {"locks": [theirs]}))
    run.route("DELETE", f"/locks/{LOCK}", (204, None))
    report = run.cleanup()
    assert (report.removed, report.left) == ((f"locks {LOCK}",), ())


def test_the_further_pages_of_a_list_are_read(run):
    there = [True]

    def page(asked):
        if "marker" not in asked.query:
            return 200, {"locks": [{"id": OTHER}], "next": f"https://elsewhere/locks?marker={OTHER}"}
        return 200, {"locks": [{"id": LOCK, "name": "conformance-1-lock"}] if there else []}

    run.fake.routes["GET", "/v2.1/locks"] = page
    run.fake.routes["DELETE", f"/v2.1/locks/{LOCK}"] = lambda _: (204, there.clear())
    report = run.cleanup()
    assert (report.removed, report.left) == ((f"locks {LOCK}",), ())


def test_what_was_made_on_the_side_in_the_project_of_the_run_is_removed(run, monkeypatch):
    """A thing that names a gear of the run which is gone. One in another project is told of, and left."""
    owned = {"id": LOCK, "resource": {"id": GEAR}, "project_id": "p-1"}
    theirs = {"id": OTHER, "resource": {"id": GEAR}, "project_id": "p-2"}
    run.route("GET", "/locks", (200, {"locks": [owned, theirs]}), (200, {"locks": [theirs]}))
    run.route("DELETE", f"/locks/{LOCK}", (204, None))
    run.projects = {Role.MEMBER: "p-1"}
    report = run.cleanup()
    assert report.removed == (f"locks {LOCK}",)
    why = f"it names {GEAR}, which the run made, and nothing shows who made it; if nobody else did, remove it with"
    assert report.left == (f"locks {OTHER}: {why} DELETE /locks/{OTHER}",)
    assert f"/locks/{OTHER}" not in run.deleted


def test_what_names_a_thing_of_the_run_that_is_still_there_is_left_to_it(run):
    run.route("DELETE", f"/adopted/{GEAR}", (403, {"forbidden": {"message": "kept"}}))
    run.route("GET", "/locks", (200, {"locks": [{"id": LOCK, "gear_id": GEAR, "project_id": "p-1"}]}))
    run.projects = {Role.MEMBER: "p-1"}
    assert run.cleanup().left == (f"gears {GEAR}: DELETE /adopted/{GEAR} gave 403 (kept)",)


def test_what_keeps_a_thing_of_the_run_from_going_is_removed_if_a_user_of_the_run_made_it(run):
    """As a lock that was made on the side of another request."""
    held = (403, {"forbidden": {"message": "locked"}})
    run.route("DELETE", f"/adopted/{GEAR}", held, held, (204, None))
    lock, other = ({"id": id_, "gear": GEAR, "user_id": user} for id_, user in ((LOCK, "u-1"), (OTHER, "u-2")))
    run.route("GET", "/locks", (200, {"locks": [lock, other]}), (200, {"locks": [other]}))
    run.route("DELETE", f"/locks/{LOCK}", (204, None))
    run.users = {Role.MEMBER: "u-1"}
    report = run.cleanup()
    assert report.removed == (f"gears {GEAR}", f"locks {LOCK}")
    assert f"/locks/{OTHER}" not in run.deleted


@pytest.mark.parametrize("removed", [True, False])
@pytest.mark.parametrize("id_", ["7", "colour-of-all"])
def test_an_id_that_may_come_again_names_no_thing_of_the_run_elsewhere(run, id_, removed):
    """Others count from one, too, and a size may be the same number; and others use the words of a reference."""
    run.had("gears", id_, f"/adopted/{id_}")
    run.route("DELETE", f"/adopted/{id_}", (204 if removed else 403, None))
    run.route("DELETE", f"/adopted/{GEAR}", (204, None))
    run.route("GET", "/locks", (200, {"locks": [{"id": LOCK, "size": id_, "user_id": "u-1"}, {"id": id_}]}))
    run.users = {Role.MEMBER: "u-1"}
    run.cleanup()
    assert set(run.deleted) == {f"/adopted/{id_}", f"/adopted/{GEAR}"}


def test_what_no_request_removes_is_told_of_alone(run):
    run.route("GET", "/logs", (200, {"logs": [{"id": LOCK, "name": "conformance-1-log"}, {"id": OTHER}]}))
    assert run.cleanup().left == (f"logs {LOCK}: the run made it, and no documented request removes it",)
    assert run.deleted == [f"/adopted/{GEAR}"]


def test_a_run_without_things_and_a_list_without_an_answer(run, tmp_path):
    run.cleanup()
    assert {"/v2.1/gears/detail", "/v2.1/locks"} <= set(run.fake.paths())
    assert Journal(tmp_path / "journal-other.jsonl", service="other").lists == ()


def test_the_lists_are_those_of_the_service(tmp_path):
    one, other = (Journal(tmp_path / f"journal-{name}.jsonl", service=name) for name in ("one", "other"))
    one.may_look_at([("/gears", "/gears", True)])
    assert one.lists == (("/gears", "/gears", True),)
    assert other.lists == ()


def by_role(run, method, path, **answers):
    """Answer by the role that asks; all others do not see the thing."""
    answers = {f"{role}-token": answer for role, answer in answers.items()}
    run.fake.routes[method, f"/v2.1{path}"] = lambda asked: answers.get(asked.token, GONE)


@pytest.mark.parametrize("role", ["admin", "alt"])
def test_a_thing_that_its_maker_sees_no_more_is_removed_by_who_sees_it(run, role):
    """An accepted request may have given it to another project, with all that hangs on it."""
    run.tokens[Role.ALT] = "alt-token"
    run.route("DELETE", f"/adopted/{GEAR}", (204, None))
    run.had("locks", LOCK, f"/locks/{LOCK}")
    there = [True]

    def asked(method):
        def answer(one):
            if one.token != f"{role}-token" or not there:
                return GONE
            if method == "DELETE":
                there.clear()
            return (204, None) if method == "DELETE" else (200, {"lock": {"id": LOCK}})

        run.fake.routes[method, f"/v2.1/locks/{LOCK}"] = answer

    asked("GET")
    asked("DELETE")
    report = run.cleanup()
    assert set(report.removed) == {f"gears {GEAR}", f"locks {LOCK}"}
    assert not there
    assert report.left == ()


def test_a_thing_that_somebody_else_calls_the_same_is_left(run):
    run.route("DELETE", f"/adopted/{GEAR}", (204, None))
    run.had("keys", "sample", "/keys/sample")
    by_role(run, "GET", "/keys/sample", admin=(200, {"key": {"id": "sample"}}))
    by_role(run, "DELETE", "/keys/sample", admin=(204, None))
    assert run.cleanup().already_gone == ("keys sample",)
    assert [one for one in run.fake.changes if one.token == "admin-token"] == []


def test_what_another_role_sees_and_nobody_can_remove_is_as_gone_as_before(run):
    """A service may show what it has removed."""
    run.route("DELETE", f"/adopted/{GEAR}", GONE)
    by_role(run, "GET", f"/adopted/{GEAR}", admin=(200, {"gear": {"id": GEAR}}))
    assert run.cleanup().already_gone == (f"gears {GEAR}",)


def test_the_lists_of_roles_that_may_have_got_a_thing_are_looked_through(run):
    run.tokens[Role.ALT] = "alt-token"
    shown = [True]

    def removed(one):
        shown.clear()
        return (204, None)

    run.fake.routes["GET", "/v2.1/gears/detail"] = lambda one: (
        (200, {"gears": [{"id": GEAR}]}) if shown and one.token == "alt-token" else (200, {"gears": []})
    )
    run.fake.routes["DELETE", f"/v2.1/gears/{GEAR}"] = lambda one: removed(one) if one.token == "alt-token" else GONE
    assert run.cleanup().removed == (f"gears {GEAR}",)


def test_what_was_in_doubt_and_has_gone_by_the_look_through_the_lists_is_not_told(run):
    """A lock without a name was asked for, and never answered; it bears a name of the run elsewhere."""
    run.journal.before(run.journal.intend("locks", ""), [])
    mine = {"id": LOCK, "meta": {"name": "conformance-1-lock"}}
    there = [True]
    run.fake.routes["GET", "/v2.1/locks"] = lambda _: (200, {"locks": [mine] if there else []})
    run.fake.routes["DELETE", f"/v2.1/locks/{LOCK}"] = lambda _: (204, there.clear())
    report = run.cleanup()
    assert (report.removed, report.left) == ((f"locks {LOCK}",), ())
