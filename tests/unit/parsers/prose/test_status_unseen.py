"""Forms of statements about a status that were met in references for which no rule had been written."""

import pytest
from prose_forms import CONTEXT, facts, operation, read

from parsers.document import Block
from parsers.prose.owners import owner_of
from parsers.prose.rules import Failure, Post, Pre, Refused, Scope, resources_of
from specs.model import Condition, When
from specs.refusals import Cause, Refusal


def needs(*any_of, **more):
    return Pre(Condition("status", "share", 10, any_of=any_of, **more))


def becomes(*values, **more):
    return Post(Condition("status", "share", 10, becomes=values, **more))


def passes(*values):
    return Post(Condition("status", "share", 10, transient=values))


def refused(*values, code=None):
    return Refused(Refusal(Cause(resource="share", status=values), code, 10))


def stated(text, **more):
    return [fact for fact in facts(text, **more) if isinstance(fact, Pre | Post | Refused | Failure)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("The share must be switched off (status ``IDLE``) for this call to succeed.", needs("IDLE")),
        ("This operation requires that the share be in the ``IDLE`` state.", needs("IDLE")),
        ("For this request to succeed, the share must be in a ``status`` of ``IDLE``.", needs("IDLE")),
        ("The share must currently be ``IDLE``.", needs("IDLE")),
        ("The share's current status must be ``IDLE``.", needs("IDLE")),
        ("Valid share states for this operation are ``IDLE`` and ``READY``.", needs("IDLE", "READY")),
        ("This operation is supported only in the ``IDLE`` state.", needs("IDLE")),
        ("It is only possible to grow a share that is in state ``IDLE``.", needs("IDLE")),
        ("Only applicable if the kind of the moon is ``red`` and the status of the share is ``IDLE``.", needs("IDLE")),
        ("You must wait until the share is in the ``IDLE`` state before you grow it.", needs("IDLE")),
        ("Shares that are not ``IDLE`` cannot be grown.", needs("IDLE")),
        ("The share must not be in any state other than ``IDLE``.", needs("IDLE")),
        ("A 409 is returned if the share is not in the ``IDLE`` state.", needs("IDLE", code=409)),
        ("Returns 409 if the share is not ``IDLE``.", needs("IDLE", code=409)),
        ("The request fails with 409 unless the share is in the ``IDLE`` state.", needs("IDLE", code=409)),
        ("Rules cannot be added when the share is sinking (is in ``SINK`` state).", refused("SINK")),
        ("The share can't have a status of ``SINK`` or ``LOST``.", refused("SINK", "LOST")),
        ("Requests to grow a share in the ``SINK`` state fail with 409.", refused("SINK", code=409)),
        ("Growing a ``SINK`` share is not permitted.", refused("SINK")),
        (
            "If the share is in the ``SINK`` or ``LOST`` state when you call this, a 400 error is returned.",
            refused("SINK", "LOST", code=400),
        ),
        ("Growing a share will change the share status to ``TALL``.", becomes("TALL")),
        ("While the share is being grown, it switches to a ``GROW`` state.", passes("GROW")),
        ("During the process, the share goes into a ``GROW`` state.", passes("GROW")),
        ("The share remains in the ``GROW`` state until it is tall.", passes("GROW")),
        ("The share is put into a ``GROW`` state and switches back to ``IDLE`` once it is tall.",
         becomes("IDLE", transient=("GROW",))),
        ("The share status goes from ``IDLE`` to ``GROW`` and then to ``TALL``.",
         becomes("TALL", transient=("GROW",), when=When(status=("IDLE",)))),
        ("If the share state is ``IDLE``, the share is put into the ``GROW`` state.",
         becomes("GROW", when=When(status=("IDLE",)))),
        ("The share will have a status of ``TALL``.", becomes("TALL")),
        ("If the request is accepted, the share ``status`` will be set to ``deleting``.", passes("deleting")),
        ("Querying the share will show that its ``status`` will now be set to ``moving``.", passes("moving")),
        ("This request grows a share, resulting in its ``status`` becoming ``tall`` and ``tall_at`` being set.",
         becomes("tall")),
        ("Status will move to updating and return to active when done.", becomes("active", transient=("updating",))),
        ("The share status is ``QUEUED`` initially.", becomes("QUEUED")),
        ("The ``status`` of all shares associated with the specified red kite box become ``IDLE``.", becomes("IDLE")),
        ("The share must be owned by you and be in the ``idle`` state.", needs("idle")),
        ("The share must be in a terminal status (``lost`` or ``found``).", needs("lost", "found")),
        ("This request grows a ``queued`` or ``running`` share.", needs("queued", "running")),
        ("Shares already in a terminal state (``lost``, ``found``) cannot be cancelled.", refused("lost", "found")),
        ("The growth cannot begin if the red kite or the share has a ``status`` of ``SINK``.", refused("SINK")),
        ("The newly created share will be in the ``TALL`` state.", becomes("TALL")),
    ],
)  # fmt: skip
def test_a_status_is_read(text, expected):
    assert stated(text) == [expected]


def test_a_refusal_for_another_reason_leaves_room_for_a_status():
    assert refused("SINK") in stated("A share cannot be grown if its status is ``SINK`` or it is referenced by a kite.")


def test_a_thing_of_three_letters_is_named_by_its_last_word():
    text = "If the job state is ``IDLE`` the job is marked and put into the ``STOP`` state."
    found = stated(text, path="/entities-jobs/{id}/stop", title="Stop Entities Job")
    assert found == [Post(Condition("status", "job", 10, becomes=("STOP",), when=When(status=("IDLE",))))]


def test_a_list_below_must_holds_the_needs():
    lead, first, second = Block("The share must:", 10), "have a ``status`` of ``IDLE``", "not be ``SINK``"
    items = (Block(first, 12, "item", parent=0), Block(second, 13, "item", parent=0))
    found = read(lead, *items)
    assert [(c.line, c.any_of) for c in found.preconditions] == [(12, ("IDLE",))]


def test_the_initial_status_is_one_of_an_operation_that_makes_a_thing():
    text = "Its initial ``status`` is ``creating`` and changes to ``active`` once it is ready."
    made = Post(Condition("status", "share", 10, becomes=("active",), transient=("creating",)))
    assert stated(text, path="/shares", title="Create Share") == [made]
    assert stated(text) == []


def test_the_status_after_a_failure_is_no_outcome():
    text = "If the growth succeeds, the status changes to ``TALL``; if it fails, the status changes to ``LOST``."
    assert stated(text) == [becomes("TALL"), Failure("share", None, ("LOST",), 10)]
    text = "The share status changes to ``TALL``, or to ``LOST`` if the growth fails."
    assert stated(text)[-1] == Failure("share", None, ("LOST",), 10)


def test_a_later_sentence_of_a_paragraph_tells_of_the_end():
    found = read("The share goes into a ``GROW`` state. Once the growth is complete, its status is ``TALL``.")
    assert found.postconditions == (Condition("status", "share", 10, becomes=("TALL",), transient=("GROW",)),)


@pytest.mark.parametrize(
    "text",
    [
        "The ``marker`` and ``end_marker`` values must be URL-encoded before you send the request.",
        "If ``force`` is true, the share may be in ``IDLE`` state.",
        "Wait until the share is in the ``IDLE`` state.",
        "Valid states of the share are ``IDLE`` and ``TALL``.",
        "The share must be sold (to a user).",
        "A 409 is returned if the moon is red.",
        "Otherwise, the share status will be ``LOST``.",
        "The IP address of a PTR share cannot be changed.",
        "Shares of a kite in the ``IDLE`` state or no state (``IDLE``) are listed.",
        "Attempting to add a page to a share that is not in ``IDLE`` state will result in a 409.",
        "Only information other than the name can be updated when the share is in the ``IDLE`` state.",
    ],
)
def test_what_states_no_status(text):
    assert [fact for fact in stated(text) if "status" in repr(fact) and "Condition" in repr(fact)] == []


@pytest.mark.parametrize(
    ("phrase", "path", "title", "owner"),
    [
        ("the HA instance", "/ha/{ha_id}/action", "Restart an HA instance", "ha"),
        ("the instance", "/ha/{ha_id}/action", "Restart an HA instance", "instance"),
        ("the kite group", "/kitegroups/{id}", "Grow", "kitegroup"),
        ("the RDS instance", "/instances/{id}", "Resizing a DDM Instance", "rds instance"),
        ("the DDM instance", "/instances/{id}", "Resizing a DDM Instance", "instance"),
        ("the RDS instance", "/instances/{id}", "Resizing an Instance", "instance"),
    ],
)
def test_the_thing_of_a_phrase(phrase, path, title, owner):
    assert owner_of(phrase, Scope(CONTEXT, operation(path=path, title=title))) == owner


def test_a_path_in_camel_case_names_things_of_words():
    assert resources_of("/streamSessions/{sessionId}/redKites") == ("stream session", "red kite")
    assert resources_of("/os-shares/{id}") == ("share",)


def test_a_need_in_the_row_of_a_table_holds_for_its_field():
    text = "Name | Type | Text\nvolume_id | string | The volume status must be ``IDLE``."
    table = Block(text, 10, "table", lines=(11, 13))
    assert [(c.resource, c.when) for c in read(table).preconditions] == [("volume", When(present=("volume_id",)))]
    assert read(table, method="GET").preconditions == ()
