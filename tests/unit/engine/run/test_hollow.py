"""No promise holds at an address where something else answers: 404, 401 or 200 for every request."""

from dataclasses import replace

import pytest
from boats import LIST, MAKE, NOBODY, SHOW, SINK, SPECS, TOKEN, boats, results
from fake_cloud import fake_cloud
from widgets import row, spec

from specs.model import Request


def test_promises_of_a_service_hold(tmp_path):
    with fake_cloud() as fake:
        boats(fake)
        found, accepted = results(fake, tmp_path)
    assert accepted
    passed = {result.case for result in found if result.verdict == "pass"}
    for operation in SPECS[0].operations:
        assert any(case.startswith(f"{operation.id}/normal") for case in passed), operation.id
        assert any(case.startswith(f"{operation.id}/error/401") for case in passed), operation.id
    assert not [result for result in found if result.verdict in ("error", "inconclusive")]


def echoed(asked):
    return 404, {"message": f"Cannot {asked.method} {asked.path}"}


def taken_by_token(asked):
    return (200, {}) if asked.token == TOKEN else NOBODY


def lacking_by_token(asked):
    return (404, {}) if asked.token == TOKEN else NOBODY


@pytest.mark.parametrize(
    "everything",
    [
        (404, {"error": {"code": 404, "message": "The resource could not be found."}}),
        (404, b"<h1>Not Found</h1>", {"Content-Type": "text/html"}),
        echoed,
        (401, {"error": {"code": 401, "message": "no"}}),
        (403, {}),
        (400, {"message": "no"}),
        (200, {}),
        (201, {"boat": {"id": "b", "name": "n"}, "boats": []}),
        (204, None),
        (503, {}),
        taken_by_token,
        lacking_by_token,
    ],
    ids=lambda one: getattr(one, "__name__", str(one)),
)
def test_no_promise_holds_where_everything_is_answered_in_one_way(tmp_path, everything):
    with fake_cloud() as fake:
        fake.default = everything
        found, _ = results(fake, tmp_path)
    assert found
    assert [(result.case, result.observed) for result in found if result.verdict in ("pass", "fail")] == []
    assert all(result.reason for result in found)


SORTED = replace(LIST, request=Request((row("sort", location="query", enum=("asc", "desc")),), ()))


@pytest.mark.parametrize(("known", "verdict"), [(("sort",), "pass"), (("sort", "conformance"), "inconclusive")])
def test_a_query_is_shown_to_be_known_only_where_not_any_is_accepted(tmp_path, known, verdict):
    with fake_cloud() as fake:
        boats(fake)
        serve = fake.default

        def strict(asked):
            strange = asked.token == TOKEN and set(asked.query) - set(known)
            return (400, {"message": "no such parameter"}) if strange else serve(asked)

        fake.default = strict
        found, _ = results(fake, tmp_path, (replace(spec(SORTED, SHOW, MAKE, SINK), service="boating"),))
    verdicts = {result.case.partition(".")[2]: result.verdict for result in found}
    assert {name: one for name, one in verdicts.items() if "[sort-" in name and "normal" in name} == {
        "get-boats/normal/200[sort-asc]": verdict,
        "get-boats/normal/200[sort-desc]": verdict,
    }
