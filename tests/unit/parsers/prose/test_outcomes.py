"""What invented sentences tell of statuses, and what they do not: outcomes in their order, needs and refusals."""

import pytest
from prose_forms import facts, post, read

from parsers.prose.rules import Failure, Post
from specs.model import Condition, When
from specs.refusals import Cause
from tests.oracle import invented

UNREAD = {
    # A phrase of its own for the queue, a thing that ends as a participle, and a verb that the sentence leaves out.
    "The job enters the queue with status ``SUBMITTED``.",
    "The peering will enter the ``pending-acceptance`` state.",
    "The volume must be ``available``, and the instance ``running``.",
    # Read without its code.
    "Instances not in the ``STOPPED`` state are refused with 409.",
    "Only a stopped instance (``STOPPED``) can be started.",
    "Requests to update a gateway leave its status ``PENDING_UPDATE`` until the change is done.",
    # The status after a failure, which is read as that after success.
    "After a failed import, the image is put back into the ``queued`` state.",
}
"""Invented sentences that are not read, or in part, as they are meant."""


@pytest.mark.parametrize("half", invented.HALVES)
def test_invented_sentences_are_read_as_they_are_meant(half):
    wrong = {sentence.text for sentence in invented.sentences(half) if invented.read(sentence) != sentence.facts}
    assert wrong == UNREAD & {sentence.text for sentence in invented.sentences(half)}


def changed(text, **more):
    return [fact for fact in facts(text, **more) if isinstance(fact, Post | Failure)]


def becomes(*values, **more):
    return Post(Condition("status", "share", 10, becomes=values, **more))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("The share moves through ``GROW`` to ``TALL``.", becomes("TALL", transient=("GROW",))),
        ("The share enters ``GROW`` and, when it is grown, goes back to ``IDLE``.",
         becomes("IDLE", transient=("GROW",))),
        ("The share changes from ``IDLE`` to ``GROW`` and back.",
         becomes("IDLE", transient=("GROW",), when=When(status=("IDLE",)))),
        ("A share in the ``IDLE`` state goes to ``TALL``.", becomes("TALL", when=When(status=("IDLE",)))),
        ("If the share is grown before it can be moved, it becomes ``TALL``; otherwise it becomes ``LONG``.",
         becomes("TALL", "LONG")),
        ("The call returns while the share state is still ``growing``.",
         Post(Condition("status", "share", 10, transient=("growing",)))),
        ("Call this until the share's status is ``TALL``.", becomes("TALL")),
        ("Growing a share reverts it to ``DRAFT`` status.", becomes("DRAFT")),
        ("Sets the state of the ``RedShare`` to ``TALL``.", becomes("TALL")),
        ("Upon this call, ``RedShare.state`` will be set to ``TALL``, and ``tall_at`` will be set to the time.",
         Post(Condition("status", "share", 10, becomes=("TALL",)))),
        ("Changes the state of an ``IDLE`` share to ``TALL``.", becomes("TALL", when=When(status=("IDLE",)))),
        ("The ``state`` of the share after growing is ``TALL``.", becomes("TALL")),
        ("Marks the Share State as Tall.", becomes("Tall")),
        ("Shares are frozen and placed in the ``TALL`` state.", becomes("TALL")),
        ("The state is stored in a field; if grown it will be set to ``TALL``.", becomes("TALL")),
        ("This call completes the growth by transitioning the share from the ``IDLE`` state to the ``TALL`` state.",
         becomes("TALL", when=When(status=("IDLE",)))),
        ("Place the growing share in a Tall State.", becomes("Tall")),
        ("Until the growth is confirmed, the share is in the ``growing`` state.",
         Post(Condition("status", "share", 10, transient=("growing",)))),
        ("During the growth, the share is temporarily in the ``ACTIVE`` state before it is done.",
         Post(Condition("status", "share", 10, transient=("ACTIVE",)))),
        ("The share lifecycleState will change to TALL.",
         Post(Condition("status", "share", 10, attribute="lifecycleState", becomes=("TALL",)))),
    ],
)  # fmt: skip
def test_an_outcome_is_read(text, expected):
    assert changed(text) == [expected]


@pytest.mark.parametrize(
    "text",
    [
        "When a leaf of the share fails, its status changes to ``LOST``.",
        "Once the share is approved, its status becomes ``SOLD``.",
        "The share may become ``TALL``.",
        "Some shares become ``TALL``.",
        "The old leaf of the share becomes ``LOST``.",
        "To change the status of the share to ``TALL``, use another call.",
        "A conflict is returned if a leaf of the share has kite status as ``new``.",
        "The status of the share is retained.",
        "A share can change from ``IDLE`` to ``TALL`` at any time.",
        "If the moon is red, the share becomes ``TALL``.",
        "The share remains in the ``ACTIVE`` state during the growth.",
        "If the share succeeds before the growth begins, its state is ``TALL``.",
        "After ten minutes the share becomes ``GROW_FAILED``.",
        "A share that is grown has its state set to ``TALL``.",
        "Changes the status of the share from ``IDLE`` to ``TALL``, or vice versa.",
        "When a user lets the share go, it moves from ``TALL`` to ``IDLE``.",
        "When the owner creates a twin and confirms it, the share is moved to ``TALL``.",
        "Shares that transitioned to ``TALL`` are sold.",
        "A share is put into the ``TALL`` state by calling SellShare.",
        "After the user sets a name, or if you set one, the share status becomes ``TALL``.",
        "Grows a share; when called on a completed one, it will move the share to ``TALL`` state.",
    ],
)
def test_what_tells_no_outcome(text):
    assert [f for f in changed(text) if isinstance(f, Failure) or f.condition.becomes or f.condition.transient] == []


def test_a_call_that_reads_has_no_outcome():
    assert changed("The status of the share changes to ``TALL`` when it is grown.", method="GET") == []


@pytest.mark.parametrize("title", ["Describe Shares", "List Shares"])
def test_a_call_that_reads_by_its_title_has_no_outcome(title):
    assert changed("The share moves to the ``TALL`` state after its growth.", path="/shares", title=title) == []


def test_a_made_thing_is_used_once_its_status_has_changed():
    text = "The new object's state will temporarily be ``MAKING``. Before using the object, make sure its state has changed to ``TALL``."  # noqa: E501
    made = (Condition("status", "share", 10, becomes=("TALL",), transient=("MAKING",)),)
    assert read(text, path="/shares", title="Create Share").postconditions == made
    assert read("Make sure that the state of the share has changed to ``TALL``.").postconditions == ()


@pytest.mark.parametrize(
    ("text", "any_of"),
    [
        ("The process can be started when the share is in either ``IDLE`` or ``TALL`` status.", ("IDLE", "TALL")),
        ("The share status must be ACTIVE or CREATE FAILED.", ("ACTIVE", "CREATE FAILED")),
        ("Grow a share in the ``IDLE`` state.", ("IDLE",)),
        ("Grow a share that was previously in an ``IDLE`` state.", ("IDLE",)),
        ("Grow a share that is in state ``IDLE`` and is of kind ``RED``.", ("IDLE",)),
        ("If the share is not in an ``IDLE`` or ``TALL`` ``State``, the operation fails.", ("IDLE", "TALL")),
        ("GrowShare can be applied to shares in ``IDLE`` or ``TALL`` state.", ("IDLE", "TALL")),
        ("A share must be in ``IDLE`` to be grown.", ("IDLE",)),
        ("Returns FAILED_PRECONDITION if the share exists but is not in a pending state.", ("pending",)),
        ("You can cancel the sale while the share is in the ``IDLE`` state.", None),
        ("If the target is a kite, it must be in the ``IDLE`` state when you call this.", None),
        ("This method will only affect the share if it has a state of ``IDLE``.", None),
        ("Only shares in eligible states may be grown.", None),
        ("The share status must be ACTIVE WITH A TREE.", ("ACTIVE",)),
    ],
)
def test_a_need_is_read(text, any_of):
    found = [c.any_of for c in read(text).preconditions]
    assert found == ([any_of] if any_of else [])


def test_the_thing_of_a_possessive_is_the_possessed():
    need = read("In order to succeed, the share's parent must be in the ``IDLE`` state.").preconditions
    assert [(c.resource, c.any_of) for c in need] == [("parent", ("IDLE",))]


def test_a_joined_condition_is_told_apart():
    found = read("If the share is already paused, or in the ``SINK`` state, you cannot grow it again.").refusals
    assert [r.cause.status for r in found] == [("SINK",)]


def test_two_conditions_are_no_refusal_by_one():
    text = "If an invalid name is given in the request when the share is in the ``SINK`` state, the call fails."
    assert [r for r in read(text).refusals if r.cause.status] == []


def test_an_action_is_no_resource():
    from parsers.prose.rules import resources_of

    assert resources_of("/vbKites/{id}/actions/changeEndpoint") == ("vb kite",)


def test_it_means_the_thing_of_the_sentence_before():
    text = "The service sets the kite status to ``FLYING``. After the flight, it sets the status to ``DOWN``."
    told = read(text, path="/kite-heights/{kite_height_id}", title="Update Kite Heights")
    assert told.postconditions == (Condition("status", "kite", 10, becomes=("DOWN",), transient=("FLYING",)),)


def test_it_means_nothing_after_a_condition():
    text = "If the share has a twin, the twin is put into the ``TALL`` state. It will be ``TALL`` until it is sold."
    assert read(text).postconditions == ()


def test_otherwise_begins_a_sentence_of_its_own():
    text = "If the share is sold before it can be grown, it becomes ``SOLD``. Otherwise, it becomes ``TALL``."
    assert read(text).postconditions == (Condition("status", "share", 10, becomes=("SOLD", "TALL")),)


def test_the_status_of_a_failure_is_told_apart():
    text = "The share moves through ``GROW`` to ``TALL`` or ``FAILED``."
    assert changed(text) == [Failure("share", None, ("FAILED",), 10), becomes("TALL", transient=("GROW",))]


def test_a_modifier_is_a_part_of_the_thing_that_the_title_names():
    more = {"path": "/kite-targets/{kite_target_id}", "title": "Delete Kite Target", "method": "DELETE"}
    found = post("The call returns while the kite target state is still ``deleting``.", **more)
    assert [(c.resource, c.attribute) for c in found] == [("kite target", None)]


def test_what_one_polls_for_is_the_outcome():
    # So the labels of other references say, which were read by eye.
    found = changed("Poll the share until status transitions to IDLE or ERROR.")
    assert found == [Failure("share", None, ("ERROR",), 10), becomes("IDLE")]
    assert changed("Wait until the share is in the ``IDLE`` state.") == []


def test_an_initial_status_is_one_of_a_call_that_makes_a_thing():
    text = "Makes a new share with an id, and an initial state of ``creating``."
    made = Condition("status", "share", 10, transient=("creating",))
    assert post(text, path="/shares", title="Create Share") == [made]
    assert post(text) == []


def test_a_few_words_below_a_label_of_codes_give_a_reason():
    from parsers.document import Block

    told = read(Block("Error codes:", 10), Block("404 - share not found", 12, "item", parent=0))
    assert [(r.code, r.cause.missing) for r in told.refusals] == [(404, ("share",))]
    told = read(Block("Error codes:", 10), Block("404 - item absent", 12, "item", parent=0))
    assert told.refusals == ()


@pytest.mark.parametrize(
    ("text", "cause"),
    [
        ("If you do not specify ``kite_id``, but the share is shaken, the operation fails.",
         Cause(resource="share", status=("shaken",), absent=("kite_id",))),
        ("If you do not specify ``kite_id``, but the share is rented, the operation fails.",
         Cause(resource="share", status=("rented",), absent=("kite_id",))),
        ("To grow a share in ``SINK`` or ``LOST`` state, request to /v1/shares/{id}?force=True.",
         Cause(status=("SINK", "LOST"), absent=("force",))),
        ("To grow a share in ``SINK`` state, set the ``force`` parameter to ``true``.",
         Cause(status=("SINK",), absent=("force",))),
    ],
)  # fmt: skip
def test_a_status_is_refused_without_a_field(text, cause):
    found = [refusal.cause for refusal in read(text).refusals]
    assert found == ([cause] if not text.endswith("shaken, the operation fails.") else [])
