"""Whose status a sentence is about, and the frames that make a clause a need, a refusal or an outcome."""

import pytest
from prose_forms import CONTEXT, facts, operation, read

from parsers.document import Block
from parsers.prose.owners import owner_of
from parsers.prose.rules import Post, Pre, Refused, Scope
from specs.model import Condition, When
from specs.refusals import Cause, Refusal

ATTACHMENTS = "/gateway-attachments/{attachment_id}"


def needs(*any_of, resource="share", **more):
    return Pre(Condition("status", resource, 10, any_of=any_of, **more))


def becomes(*values, **more):
    return Post(Condition("status", "share", 10, becomes=values, **more))


def passes(*values):
    return Post(Condition("status", "share", 10, transient=values))


def refused(*values, resource="share"):
    return Refused(Refusal(Cause(resource=resource, status=values), None, 10))


def stated(text, **more):
    return [fact for fact in facts(text, **more) if isinstance(fact, Pre | Post | Refused)]


@pytest.mark.parametrize(
    ("phrase", "path", "title", "owner"),
    [
        ("it", ATTACHMENTS, "Grow", "gateway attachment"),
        ("the gateway attachment", ATTACHMENTS, "Grow", "gateway attachment"),
        ("the attachment", ATTACHMENTS, "Grow", "gateway attachment"),
        ("the GA", ATTACHMENTS, "Grow", "gateway attachment"),
        ("the source attachment", ATTACHMENTS, "Grow", "gateway attachment"),
        ("tasks", "/jobs/batch-pause-tasks", "Pausing Tasks in Batches", "task"),
        ("the virtual kite's", ATTACHMENTS, "Grow", "virtual kite"),
        ("all associated kites", ATTACHMENTS, "Grow", "kite"),
        ("the request", ATTACHMENTS, "Grow", None),
        ("all associated resources", ATTACHMENTS, "Grow", None),
        ("the old", ATTACHMENTS, "Grow", None),
        ("a kite deleted", ATTACHMENTS, "Grow", None),
        ("kites which", ATTACHMENTS, "Grow", None),
        ("one very long red kite", ATTACHMENTS, "Grow", None),
    ],
)
def test_the_thing_that_a_phrase_names(phrase, path, title, owner):
    assert owner_of(phrase, Scope(CONTEXT, operation(path=path, title=title))) == owner


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("The red kite must be in ``FLYING`` state.", needs("FLYING", resource="red kite")),
        ("Only kites in WHOLE state can be torn.", needs("WHOLE", resource="kite")),
        ("A share can't be grown until it has reached an ``IDLE`` status.", needs("IDLE")),
        ("You can only grow a share that's in the ``idle`` state.", needs("idle")),
        ("You can only use this call with a share in the IDLE state, otherwise an error is returned.", needs("IDLE")),
        ("You can only grow a share while it has the ``idle`` status.", needs("idle")),
        ("A share can only be grown if it has following status ``idle``, and ``ready``.", needs("idle", "ready")),
        ("If the status of the share associated with a kite is not **IDLE**, it cannot be grown.", needs("IDLE")),
        ("If the status of the share that the kite is attached to is not **IDLE**, it cannot grow.", needs("IDLE")),
        ("When you grow a share, the status of the share must be set to **IDLE**.", needs("IDLE")),
        ("This API can be called only when its mode is ``up`` and the share is in ``idle`` state.", needs("idle")),
        ("The share must be active.", needs("active")),
        ("A share can be grown only when the share is normal.", needs("normal")),
        ("Only **active** shares can be grown.", needs("active")),
        ("A share can be grown only when its status is **Fully grown**.", needs("Fully grown")),
        ("This operation requires the share to be in ``idle`` state.", needs("idle")),
        ("A share in **sunken** status does not allow changes.", refused("sunken")),
        ("If the share is in the ``sunken`` state, an exception is thrown.", refused("sunken")),
        ("Shares whose status is ``a`` or ``b`` cannot be grown.", refused("a", "b")),
        ("After the growth is complete, the service sets the status of the share back to ``idle``.", becomes("idle")),
        ("This moves the share to the ``grown`` state.", becomes("grown")),
        ("When you grow a share, it goes into ``GROWN`` state.", becomes("GROWN")),
        ("Upon receiving the request, the service sets the share status to ``GROWING``.", passes("GROWING")),
        ("The service sets the share status to ``IN_HAND`` until the growth is complete.", passes("IN_HAND")),
    ],
)  # fmt: skip
def test_what_a_sentence_says_of_a_status(text, expected):
    assert stated(text) == [expected]


@pytest.mark.parametrize(
    "text",
    [
        "After the share enters the ``idle`` state, you can use it.",
        "It takes up to 5 seconds after the share status changes to ``idle``.",
        "Otherwise, the share enters the ``idle`` state.",
        "In the two-way scenario, the share must be in the ``idle`` state.",
        "The share goes into ``idle`` state only if all conditions are met.",
        "If the share is already in the ``sunken`` state, no error is returned.",
        "You cannot have more than 5 shares in the ``growing`` state.",
        "Shares in the ``sunken`` status will not be included in the results.",
        "All shares of the kite in the red shop go into the ``sunken`` state.",
        "To change its status to ``idle``, call the other operation.",
        "An instance cannot be stopped.",
        "Ensure that a network is available.",
        "The extension must be active.",
        "Sets the status of a share to ``Active`` or ``Inactive``.",
        "Before you delete it, check whether its status is ``idle``.",
    ],
)
def test_what_says_nothing_of_the_request(text):
    assert stated(text) == []


def test_what_an_operation_makes_has_no_status_before():
    made = {"path": "/shares", "title": "Create Share"}
    assert stated("The share must be in ``idle`` state before you can use it.", **made) == []
    assert stated("The kite must be in ``idle`` state.", **made) == [needs("idle", resource="kite")]


def test_a_permission_of_the_very_operation_is_a_need():
    moves = {"title": "Move A Share"}
    assert stated("The share can be moved when it is in the **idle** state.", **moves) == [needs("idle")]
    assert stated("The share can be sold when it is in the **idle** state.", **moves) == []


def test_what_is_shown_needs_no_status():
    shown = {"path": "/shares/{share_id}", "title": "Show Share", "method": "GET"}
    assert stated("The size is returned only when the share status is ``idle``.", **shown) == []
    assert stated("This API can be called only when the share status is ``idle``.", **shown) == [needs("idle")]


def test_the_status_of_a_task_is_the_tasks_where_there_are_tasks():
    text = "This API can be called only when the task status is ``IDLE``."
    assert stated(text, path="/jobs/{job_id}/tasks") == [needs("IDLE", resource="task")]
    assert stated(text) == [needs("IDLE", attribute="task_status")]


@pytest.mark.parametrize("lead", ["in one of the following states", "in any of these states to be grown"])
def test_the_list_below_holds_the_statuses(lead):
    items = (Block("``idle``", 11, "item", parent=0), Block("``sunken``: it is lost", 12, "item", parent=0))
    found = read(Block(f"The share must be {lead}:", 10), *items).preconditions
    assert found == (Condition("status", "share", 10, any_of=("idle", "sunken")),)
    more = (Block("its size is large", 11, "item", parent=0),)
    assert read(Block(f"The share must be {lead}:", 10), *more).preconditions == ()


def test_a_task_that_fails_is_no_share():
    found = read("If the status is **failed**, the task fails.").postconditions
    assert found == (Condition("status", "task", 10, on_failure=("failed",)),)
    assert stated("If the share status changes to ``A`` from ``B``, tell it.") == []
    assert becomes("a", when=When(min="2.1")) != becomes("a")
