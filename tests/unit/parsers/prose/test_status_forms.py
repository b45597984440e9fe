"""Further forms of statuses, in our own words, and near misses that must not be taken."""

from __future__ import annotations

import pytest
from prose_forms import facts, post, pre, within

from parsers.document import Block
from parsers.prose.rules import Failure, Post, Pre
from specs.model import Condition, When

PATH = "/volumes/{volume_id}/action"


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("An ``error_growing`` volume status indicates that the request failed.", ("error_growing",)),
        ("A ``torn`` status of the volume means that the operation has failed.", ("torn",)),
        ("If the volume status is ``torn``, the request failed.", ("torn",)),
    ],
)
def test_a_status_tells_of_a_failure(text: str, values: tuple[str, ...]) -> None:
    assert facts(text, path=PATH) == (Failure("volume", None, values, 10),)


@pytest.mark.parametrize(
    "text",
    [
        "A ``torn`` volume status indicates that somebody tore it.",
        "A ``torn`` volume status indicates that the request may have failed.",
        "A ``torn`` volume status does not indicate that the request failed.",
    ],
)
def test_a_status_that_tells_of_no_failure(text: str) -> None:
    assert not any(isinstance(fact, Failure) for fact in facts(text, path=PATH))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Roll back volume status to 'whole'.", Condition("status", "volume", 10, becomes=("whole",))),
        ("Set volume status to ``TORN`` and forget its tasks.", Condition("status", "volume", 10, becomes=("TORN",))),
        (
            "Promotes a replica to ``first`` replica state.",
            Condition("status", "replica", 10, attribute="replica_state", becomes=("first",)),
        ),
        (
            "Moves a volume from ``torn`` to ``whole`` status.",
            Condition("status", "volume", 10, becomes=("whole",), when=When(status=("torn",))),
        ),
        (
            "The volume status changes from ``torn`` to ``whole``.",
            Condition("status", "volume", 10, becomes=("whole",), when=When(status=("torn",))),
        ),
        (
            "While it grows, the volume status changes to ``GROWING``, and changes back to ``WHOLE`` when it is done, "
            "otherwise changes to ``TORN`` if the growing fails.",
            Condition("status", "volume", 10, becomes=("WHOLE",), transient=("GROWING",), on_failure=("TORN",)),
        ),
        (
            "If the ``tear`` parameter is ``false`` or missing, the volume status will be ``whole``.",
            Condition("status", "volume", 10, becomes=("whole",), when=When(request=(("tear", False),))),
        ),
        ("Mends a volume by changing its status to ``whole``.", Condition("status", "volume", 10, becomes=("whole",))),
        ("Set the volume to mended status.", Condition("status", "volume", 10, becomes=("mended",))),
    ],
)
def test_what_a_status_becomes(text: str, expected: Condition) -> None:
    assert [fact for fact in facts(text, path=PATH) if isinstance(fact, Post)] == [Post(expected)]


@pytest.mark.parametrize(
    "text",
    [
        "Resets the status of the volume.",
        "Set the kite to mended status.",
        "Moves a volume from one host to another.",
        "The volume status never changes from ``torn`` to ``whole``.",
        "Update the bootable status for a volume.",
    ],
)
def test_nothing_that_a_status_becomes(text: str) -> None:
    assert post(text, path=PATH) == []


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "Tear a volume which is in ``whole`` state.",
            Condition("status", "volume", 10, any_of=("whole",)),
        ),
        (
            "Tearing a volume that is not in ``whole`` or ``new`` state will result in a 409 (Conflict).",
            Condition("status", "volume", 10, any_of=("whole", "new"), code=409),
        ),
        (
            "If the volume is not in ``whole`` state, the answer is 409.",
            Condition("status", "volume", 10, any_of=("whole",), code=409),
        ),
        (
            "The volume cannot be torn until its provisioning status is ``ACTIVE``.",
            Condition("status", "volume", 10, attribute="provisioning_status", any_of=("ACTIVE",)),
        ),
        (
            "The status of the volume must be ``whole`` or if the ``rough`` flag is used, ``worn`` ones are taken.",
            Condition("status", "volume", 10, any_of=("whole",), when=When(absent=("rough",))),
        ),
        (
            "Tears a volume, and the volume status must be ``whole``.",
            Condition("status", "volume", 10, any_of=("whole",)),
        ),
        (
            "A volume can be torn only from WHOLE, WORN states.",
            Condition("status", "volume", 10, any_of=("WHOLE", "WORN")),
        ),
        ("Only volumes in WHOLE state can be torn.", Condition("status", "volume", 10, any_of=("WHOLE",))),
        (
            "The label can only be changed for volumes that are currently in WHOLE state.",
            Condition("status", "volume", 10, any_of=("WHOLE",)),
        ),
        (
            'The POST method tears a thing if that thing is in "WHOLE" state.',
            Condition("status", "volume", 10, any_of=("WHOLE",)),
        ),
        ("The page must belong to a volume in WHOLE state.", Condition("status", "volume", 10, any_of=("WHOLE",))),
        (
            "Updates the label of a volume that is already in WHOLE state.",
            Condition("status", "volume", 10, any_of=("WHOLE",)),
        ),
    ],
)
def test_what_a_status_must_be(text: str, expected: Condition) -> None:
    assert [fact for fact in facts(text, path=PATH) if isinstance(fact, Pre)] == [Pre(expected)]


def test_unless_a_field_is_given() -> None:
    text = "If the volume has pages, those pages and the volume must be ``whole`` unless ``rough=True``"
    found = pre(within("preconditions", text.replace("those pages and the", "the")), path=PATH)
    assert found == [Condition("status", "volume", 10, any_of=("whole",), when=When(absent=("rough",)))]
    assert pre(text, path=PATH) == []


@pytest.mark.parametrize(
    "text",
    [
        "A volume cannot be torn only from WHOLE states.",
        "Attempting to add a page to a volume that is not in ``whole`` state will result in a 409.",
        "A volume which is in ``whole`` state is whole.",
    ],
)
def test_nothing_that_a_status_must_be(text: str) -> None:
    assert pre(text, path="/volumes/{volume_id}") == []


def test_an_attempt_at_what_the_operation_is_for() -> None:
    text = "Attempting to add a page to a volume that is not in ``whole`` state will result in a 409."
    (found,) = pre(text, path="/volumes/{volume_id}/pages")
    assert (found.any_of, found.code) == (("whole",), 409)


def test_no_lead_is_read_in_an_item() -> None:
    assert post(Block("Roll back volume status to 'whole'.", 10, "item"), path=PATH) == []
