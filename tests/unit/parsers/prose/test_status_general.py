"""The general rule for statuses: what it makes of sentences that no other rule reads, and what it leaves alone."""

import pytest
from prose_forms import CONTEXT, facts, operation, read

from parsers.prose.rules import Code, Post, Pre, Refused, Scope
from parsers.prose.status_clauses import clauses_of
from parsers.prose.status_general import read_title
from specs.model import Condition
from specs.refusals import Cause, Refusal


def needs(*any_of, code=None, **more):
    return Pre(Condition("status", "share", 10, any_of=any_of, code=code, **more))


def becomes(*values):
    return Post(Condition("status", "share", 10, becomes=values))


def passes(*values):
    return Post(Condition("status", "share", 10, transient=values))


def refused(*values, code=None):
    return Refused(Refusal(Cause(resource="share", status=values), code, 10))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("The share must be in the Locked-Disabled state.", needs("Locked-Disabled")),
        ("The share is expected to be in IDLE, ERROR or READY status.", needs("IDLE", "ERROR", "READY")),
        ("A share can be moved provided that its status is ``idle``.", needs("idle")),
        ("This call is answered as long as the share is in ``idle`` or ``ready`` state.", needs("idle", "ready")),
        ("Only shares in the available state can be moved.", needs("available")),
        ("A share can be moved only when its status is **idle** or **ready**.", needs("idle", "ready")),
        ("When the copy has completed, the share status changes to ``ready``.", becomes("ready")),
        ("Once the request is accepted, the share enters the ``moving`` state.", passes("moving")),
        ("The share must not be in the ``busy`` state.", refused("busy")),
        ("Once the share is in ``busy`` state, it cannot be moved.", refused("busy")),
        ("Users may not move shares in the ``busy`` state.", refused("busy")),
    ],
)  # fmt: skip
def test_a_sentence_tells_of_statuses(text, expected):
    assert facts(text) == (expected,)


def test_a_code_belongs_to_the_need():
    found = facts("If the share is not in the ``ready`` state, the service returns 409.")
    assert [fact for fact in found if not isinstance(fact, Code)] == [needs("ready", code=409)]


@pytest.mark.parametrize(
    "text",
    [
        "When the share status changes to ``ready``, the file is registered.",
        "If this parameter is set to ``false``, shares cannot be moved when the share status is ``busy``.",
        "A share can be moved even if its status is ``busy``.",
        "For example, a share can be moved only when its status is **idle**.",
        "Lists the shares in the Available state.",
        "The answer shows a share in the ``ready`` state.",
        "The share must be in a good state.",
    ],
)
def test_what_is_no_plain_statement_of_a_status_is_left_alone(text):
    assert [fact for fact in facts(text) if isinstance(fact, Pre | Post | Refused)] == []


def test_a_title_may_state_the_need():
    moves = operation(title="Moves a share that is in the Available state")
    assert read_title(moves, Scope(CONTEXT, moves)) == (Pre(Condition("status", "share", 5, any_of=("Available",))),)
    assert read(title=moves.title).preconditions == (Condition("status", "share", 5, any_of=("Available",)),)
    lists = operation(title="Lists shares that are in the Available state")
    assert read_title(lists, Scope(CONTEXT, lists)) == ()


def test_clauses_do_not_overlap_and_hold_their_place():
    text = "The status of the share must be ``a``, and its power state is not ``b``."
    found = list(clauses_of(text))
    assert [(clause.attribute, clause.values, clause.negated) for clause in found] == [
        ("status", ("a",), False),
        ("power state", ("b",), True),
    ]
    assert all(text[clause.start : clause.end] for clause in found)
