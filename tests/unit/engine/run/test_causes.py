"""A query that is accepted shows something only where its parameter is heeded, with a description as without one."""

from types import SimpleNamespace

import pytest
from shelf import LIST
from widgets import KNOWLEDGE, case, suite

from conformance.engine.derive.situations import UNKNOWN
from conformance.engine.model.evidence import Evidence, Judgement
from conformance.engine.run.causes import Causes

SUITE = suite(LIST)
SORTED = case(SUITE, "list/normal/200[sort_key-size]")
BAD = case(SUITE, "list/error/400[sort_key-enum]")
ODD = case(SUITE, "list/situation/query[unknown]")
PLAIN = case(SUITE, "list/normal/200")
BY_SIZE = case(SUITE, "list/list/sort_key[size]")
PASS = Judgement("pass", "200", None, status=200)


def causes():
    cloud = SimpleNamespace(seen=SimpleNamespace(of=lambda _: []))
    context = SimpleNamespace(service=KNOWLEDGE, cloud=cloud, producers=None)
    return Causes(context, SUITE, SimpleNamespace())  # type: ignore[arg-type]  # stand-ins


def noted(*seen):
    known = causes()
    for one, status, verdict in seen:
        evidence = Evidence(one.trial, status=status)
        known.note([(one, evidence, Judgement(verdict, str(status), None, status=status))])
    return known


@pytest.mark.parametrize(
    ("seen", "shown"),
    [
        ([], False),
        ([(ODD, 200, "inapplicable")], False),
        ([(ODD, 400, "inapplicable")], True),
        ([(ODD, 200, "inapplicable"), (BAD, 400, "pass")], True),
        ([(ODD, 200, "inapplicable"), (BAD, 200, "fail")], False),
        ([(ODD, 200, "inapplicable"), (BY_SIZE, 200, "pass")], True),
        ([(ODD, 200, "inapplicable"), (BY_SIZE, 200, "fail")], False),
    ],
)
def test_that_a_query_is_accepted_shows_something_only_if_its_parameter_is_heeded(seen, shown):
    known = noted(*seen)
    why = known.missing(SORTED, Evidence(SORTED.trial, status=200), PASS)
    assert (why is None) is shown
    if why is not None:
        assert known.undecided(SORTED, PASS, why).verdict == "inapplicable"


def test_a_request_without_a_query_shows_what_it_shows():
    assert UNKNOWN in ODD.trial.request.query
    assert noted((ODD, 200, "inapplicable")).missing(PLAIN, Evidence(PLAIN.trial, status=200), PASS) is None
