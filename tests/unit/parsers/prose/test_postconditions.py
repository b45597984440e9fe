"""Postconditions: final, transient, conditional statuses, failures, effects."""

# ruff: noqa: E501 (a sentence stands on one line)

import pytest
from prose_forms import facts, post, read, taken, within

from parsers.document import Block
from parsers.prose.rules import Failure
from specs.model import Condition, When


def status(*becomes, resource="share", **extra):
    return Condition("status", resource, 10, becomes=becomes, **extra)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("After you successfully grow a share, its status changes to ``available``.", [status("available")]),
        ("After you successfully copy a share and make a ``GET /shares/{id}`` request, its status changes to ``available``.",
         [status("available")]),
        ("After you successfully park a share, its status changes to ``parked`` and the image status is ``active``.",
         [status("parked"), status("active", resource="image")]),
        ("Wakes a sleeping share and changes its status to ``available``.", [status("available")]),
        ("Changes status to ``available``.", [status("available")]),
        ("Changes its status to ``STOPPED``.", [status("SHUTOFF", as_written=("STOPPED",))]),
        ("A successfully moved share shows a ``CHECK`` status and ``finished`` migration status.",
         [status("CHECK"), status("finished", resource="migration")]),
        ("A successful confirming move operation shows a status of ``available`` or ``parked`` and a migration status of ``done``.",
         [status("available", "parked"), status("done", resource="migration")]),
        ("If the operation succeeds, the created image has a status of ``active`` and the share status returns to the original"
         " status.", [status("active", resource="image"), status(unchanged=True)]),
        ("On success, the share ``status`` will return to its original status of ``available`` or ``in-use`` and the"
         " ``copy_status`` will be ``success``.",
         [status("available", "in-use", unchanged=True), status("success", attribute="copy_status")]),
        ("If successful, the status will return to ``available``.", [status("available")]),
        ("With correct permissions, you can see the share status as ``available`` through API calls.", [status("available")]),
        ("With correct permissions, you can see the member status of the share member as ``pending``.",
         [status("pending", resource="member")]),
        ("In the response, the pool provisioning status is ``ACTIVE`` or ``ERROR``.",
         [status("ACTIVE", "ERROR", resource="pool", attribute="provisioning_status")]),
        ("To confirm the update, check that the pool provisioning status is ``ACTIVE``.",
         [status("ACTIVE", resource="pool", attribute="provisioning_status")]),
    ],
)  # fmt: skip
def test_final_status(text, expected):
    assert post(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("A reverting move operation shows a status of ``UNDO`` and a task_state of ``move_undoing``.",
         [Condition("status", "share", 10, transient=("UNDO",)),
          Condition("status", "share", 10, attribute="task_state", transient=("move_undoing",))]),
        ("With correct permissions, you can see the share status as ``deleting``.",
         [Condition("status", "share", 10, transient=("deleting",))]),
        ("The new share is returned in the ``creating`` state, and the process goes on.",
         [Condition("status", "share", 10, transient=("creating",))]),
    ],
)  # fmt: skip
def test_transient_status(text, expected):
    assert post(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "The share status is shown in its details.",
        "You can see the grown share in the pool.",
        "Resets the status of a share.",
        "Specify a status to change the share's status to it.",
        "When you list shares, the status changes often.",
        "If the share status is ``error``, delete it.",
    ],
)
def test_near_misses(text):
    assert post(text) == []


def test_a_lead_sentence_stands_above_request_and_response():
    text = "Wakes a share and changes its status to ``available``."
    assert post(Block(text, 10, section="response")) == []


def test_depending_on_the_status_before():
    text = (
        "If the share was in status ``parked`` before the copy, it will be asleep and in status ``parked`` after the "
        "copy, "
        "otherwise it will be ``available`` if the copy was successful or ``error`` if the copy failed."
    )
    assert post(text) == [
        status("parked", when=When(status=("parked",))),
        status("available", on_failure=("error",)),
    ]


def test_depending_on_an_option():
    text = (
        "If you boot the server from volumes or set the ``park_time`` option to 0, the service deletes it from its "
        "node and "
        "changes the server status to ``PARKED``."
    )
    assert [c.when.environment for c in post(text, path="/servers/{id}/action")] == ["volume-backed", "park_time"]


def test_an_option_alone_promises_nothing():
    text = "If the cloud has configured the `move_window` option of the service, it confirms the move automatically."
    assert taken(within("asynchronous postconditions", text)).outcome == "nothing"


def test_a_word_for_a_status_since_a_version():
    text = "Starting from API version 3.5, the server will remain stopped on the target until it is started."
    assert post(text, path="/servers/{id}/action") == [
        status("SHUTOFF", resource="server", as_written=("stopped",), when=When(min="3.5"))
    ]


def test_failures_join_the_postcondition_of_the_same_resource():
    found = read(
        "A successfully moved share shows a ``CHECK`` status and ``finished`` migration status.",
        within("troubleshooting", "If the share status remains ``CHECK``, the request failed. If the request fails again, "
               "the share status should be ``error`` and a migration status of ``failed``.", 20),
    )  # fmt: skip
    assert [(c.resource, c.on_failure, c.line) for c in found.postconditions] == [
        ("share", ("error",), 10),
        ("migration", ("failed",), 10),
    ]
    assert found.unread == ()


def test_a_failure_alone():
    text = "If share status remains in ``deleting`` or becomes ``error_deleting`` the request failed."
    assert facts(text) == (Failure("share", None, ("error_deleting",), 10),)


def test_statements_of_one_paragraph_are_one_condition():
    text = (
        "A reverting move operation shows a status of ``UNDO``. If successful, the status will return to ``available``."
    )
    assert read(text).postconditions == (Condition("status", "share", 10, becomes=("available",), transient=("UNDO",)),)


@pytest.mark.parametrize(
    ("text", "resource", "effect", "when"),
    [
        ("A copy image will be created in the Image service.", "image", "created", None),
        ("The parked image is deleted from the list of images.", "image", "deleted", None),
        ("The ports attached to the share, which were created with it or later, are deleted.", "port", "deleted", None),
        ("The share does not appear in the list shares response.", "share", "unlisted", None),
        ("The API removes the member from the share members.", "member", "deleted", None),
        ("In the image-backed server case, share snapshots of it will not be created.", "share snapshot", "not created",
         When(environment="image-backed")),
    ],
)  # fmt: skip
def test_effects(text, resource, effect, when):
    assert post(within("asynchronous postconditions", text)) == [
        Condition("effect", resource, 10, effect=effect, when=when)
    ]
    assert post(text) == []


def test_what_happens_on_a_node_promises_nothing():
    text = "The share managed by the service is deleted on the compute node."
    assert post(within("asynchronous postconditions", text)) == []
    assert taken(within("asynchronous postconditions", text)).outcome == "nothing"
