"""Uses that a sentence forbids, things of another owner, and codes that a later sentence gives."""

import pytest
from prose_forms import facts, operation, pre, read

from parsers.document import Block
from parsers.prose.cause_uses import unused_by
from parsers.prose.causes import cause_of
from parsers.prose.rules import Refused
from specs.model import Condition
from specs.refusals import Cause, Refusal

REMOVAL = {"path": "/volumes/{volume_id}", "title": "Delete a volume", "method": "DELETE"}


def uses(text, **more):
    found = facts(Block(text, 10), **{**REMOVAL, **more})
    return [fact.refusal.cause.used_by for fact in found if isinstance(fact, Refused)]


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("You cannot already have a snapshot of the volume.", [("snapshot",)]),
        ("The volume must not have snapshots.", [("snapshot",)]),
        ("Volumes can't have dependent replicas or lids.", [("replica",), ("lid",)]),
        ("The volume must not be a member of a group.", [("group",)]),
        ("The volume may not belong to a fleet.", [("fleet",)]),
        ("Its colour must be ``red``, and must not be sold, attached, belong to a fleet or have snapshots.",
         [("fleet",), ("snapshot",)]),
        ("An administrator can delete an old volume only if it contains no dependent lids.", [("lid",)]),
        ("You can delete the volume if there are no associated lids that the service is aware of.", [("lid",)]),
        ("A volume can only be deleted when no snapshots are attached to it.", [("snapshot",)]),
        ("You must remove any lids and snapshots before attempting to delete a volume.", [("lid",), ("snapshot",)]),
        ("Detach all lids from it before deleting the volume.", [("lid",)]),
        ("A volume cannot be deleted if there are still lids attached to it.", [("lid",)]),
        ("It cannot be deleted if lids are still attached to it.", [("lid",)]),
        ("Before you can delete a volume, you must first delete all lids in the volume.", [("lid",)]),
        ("Before deleting the volume, detach any lids and boxes that are attached to it.", [("lid",), ("box",)]),
        ("You must delete all lids made from the volume before you can delete it.", [("lid",)]),
        ("You can\u2019t delete a volume that\u2019s used by one or more lids.", [("lid",)]),
        ("You cannot delete a volume that is associated with a running box.", [("box",)]),
        ("You must first delete any lids for the volume.", [("lid",)]),
        ("You cannot delete a volume that is currently being used by lids.", [("lid",)]),
        ("Volumes cannot be deleted if they are currently being used by a lid.", [("lid",)]),
        ("Before a volume can be deleted, you must first delete all lids within it.", [("lid",)]),
        ("Before you delete a volume, all lids associated to the volume must be deleted.", [("lid",)]),
        ("Before deleting, you must remove all large lids that belong to it.", [("large lid",)]),
        ("Before you can delete the volume, you must remove all lids, using Unscrew.", [("lid",)]),
        ("You must disassociate the volume from any lids before you can delete it.", [("lid",)]),
        ("You must delete any lids in the volume before you can delete the volume itself.", [("lid",)]),
        ("Volumes that are currently attached to a server cannot be deleted.", [("server",)]),
        ("A volume cannot be deleted if it contains any lids, such as screws.", [("lid",)]),
        ("You must delete all lids associated with the volume first.", [("lid",)]),
        ("You must first disassociate the volume from any lids, odd boxes (OBs), and servers.",
         [("lid",), ("odd box",), ("server",)]),
        ("All lids associated with this volume need to be deleted.", [("lid",)]),
        ("If you have large lids or boxes attached to the volume, you must delete them first.",
         [("large lid",), ("box",)]),
        ("You cannot delete a volume that contains lids.", [("lid",)]),
        ("You can't delete a volume that a box still references.", [("box",)]),
        ("You cannot delete a volume if it has an active lid or box.", [("lid", "box")]),
        ("A volume cannot be deleted if it is being used in any active lids.", [("lid",)]),
        ("You must detach or delete all boxes and resources that are in the volume before you can delete it.",
         [("box",)]),
        ("You can't delete a volume if there are any lids that depend on the volume.", [("lid",)]),
        ("You can't delete a volume while a lid references it.", [("lid",)]),
        ("You cannot delete a volume if it has active lids or large boxes.", [("lid", "large box")]),
        ("You can't delete a volume if it's still used in any lid or if it still contains any boxes.",
         [("lid",), ("box",)]),
    ],
)  # fmt: skip
def test_uses_that_forbid_a_removal(text, names):
    assert uses(text) == names


@pytest.mark.parametrize(
    "text",
    [
        "A volume cannot have more than one snapshot.",
        "A volume cannot have two lids.",
        "The volume cannot have a description.",
        "The volume cannot have an empty name.",
        "The server cannot have any snapshots.",
        "You cannot have a lid.",
        "A volume must not be sold, attached, or moved.",
        "An administrator can delete a volume only if it contains lids.",
        "You can delete a volume if it has no name.",
        "You can paint a lid only if it has no snapshots.",
        "You should remove any lids before attempting to delete a volume.",
        "You must remove any lids before you leave the room.",
        "You must remove the lids before painting the volume.",
        "There are no lids attached to it.",
        "Before you can delete a volume, you must detach the volume from all servers.",
        "Before deleting a lid, you must delete all boxes in it.",
        "Before deleting a volume, delete the following items.",
        "Before you delete a volume, you must delete all resources in it.",
        "You cannot delete a volume that is used in this example.",
        "You must first detach the lid from any boxes.",
        "You must detach the volume from any boxes.",
        "Before a lid can be deleted, you must first delete all boxes within it.",
        "You must first remove the volume.",
        "You cannot delete a volume that contains more than one lid.",
        "You cannot delete a volume if there is a growth in progress.",
        "You cannot paint a volume that is used by a lid.",
    ],
)
def test_no_uses(text):
    assert uses(text) == []


def test_what_is_made_may_have_no_uses_yet():
    making = {"path": "/volumes", "title": "Create a volume", "method": "POST"}
    assert uses("A volume cannot have any snapshots.", **making) == []
    assert uses("The volume cannot have snapshots.", method="GET", title="Show a volume") == []


def test_within_preconditions_a_recommendation_is_a_need():
    lead, item = (
        Block("Preconditions:", 8),
        Block("You should remove any lids before deleting a volume.", 10, "item", parent=0, depth=1),
    )
    found = read(lead, item, **REMOVAL).refusals
    assert found == (Refusal(Cause(used_by=("lid",)), None, 10),)


@pytest.mark.parametrize(
    "text",
    [
        "You cannot delete a volume that doesn't belong to your project.",
        "Users cannot delete a volume which is not owned by you.",
    ],
)
def test_things_of_another_owner(text):
    found = facts(Block(text, 10), **REMOVAL)
    assert [fact.refusal.cause for fact in found if isinstance(fact, Refused)] == [Cause(lacks=("owner",))]


@pytest.mark.parametrize(
    "text",
    [
        "You cannot delete a volume that belongs to your project.",
        "You cannot see a volume that does not belong to a group.",
    ],
)
def test_no_things_of_another_owner(text):
    assert [f for f in facts(Block(text, 10), **REMOVAL) if isinstance(f, Refused)] == []


@pytest.mark.parametrize(
    ("text", "status"),
    [
        ("The ``active`` volume cannot be deleted with this API.", ("active",)),
        ("An available volume can't be deleted.", ("available",)),
    ],
)
def test_a_thing_in_a_status_that_cannot_be_the_operations(text, status):
    found = [f.refusal.cause for f in facts(Block(text, 10), **REMOVAL) if isinstance(f, Refused)]
    assert found == [Cause(resource="volume", status=status)]


@pytest.mark.parametrize(
    "text",
    [
        "The ``default`` volume cannot be deleted.",
        "A protected volume cannot be deleted.",
        "The ``active`` lid cannot be deleted.",
        "The ``active`` volume cannot be painted.",
        "The ``active`` volume cannot be deleted until it is detached.",
    ],
)
def test_no_thing_in_a_status(text):
    assert [f for f in facts(Block(text, 10), **REMOVAL) if isinstance(f, Refused) and f.refusal.cause.status] == []


@pytest.mark.parametrize(
    ("text", "causes"),
    [
        ("A volume cannot be deleted if it is still used by a lid. In that case, a 409 error will be returned.",
         [(409, ("lid",))]),
        ("A volume cannot be deleted if there are lids attached to it. It cannot be deleted if there are snapshots "
         "attached to it. In both cases, 409 is returned.", [(409, ("lid",)), (409, ("snapshot",))]),
        ("A volume cannot be deleted if it is still used by a lid. Otherwise, all goes well.", [(None, ("lid",))]),
        ("In that case, a 409 error will be returned. A volume cannot be deleted if it is still used by a lid.",
         [(None, ("lid",))]),
    ],
)  # fmt: skip
def test_a_later_sentence_of_a_paragraph_gives_the_code(text, causes):
    found = read(Block(text, 10), **REMOVAL).refusals
    assert [(refusal.code, refusal.cause.used_by) for refusal in found] == causes


def test_a_code_is_not_that_of_another_paragraph():
    blocks = Block("A volume cannot be deleted if it is used by a lid.", 10), Block("See there. In that case, 409.", 12)
    assert [refusal.code for refusal in read(*blocks, **REMOVAL).refusals] == [None]


@pytest.mark.parametrize(
    ("text", "cause"),
    [
        ("The deletion will fail if the volume is ``active``.", Cause(resource="volume", status=("active",))),
        ("The deletion will fail if the volume has a lid and the lid is ``active`` and not in the sleep mode.",
         Cause(resource="lid", status=("active",), has_not=(("sleep", True),))),
        ("Non-admin users are not allowed to delete a volume in ``active`` status.",
         Cause(resource="volume", status=("active",), lacks=("admin",))),
    ],
)  # fmt: skip
def test_a_status_with_what_goes_with_it(text, cause):
    found = [f.refusal.cause for f in facts(Block(text, 10), **REMOVAL) if isinstance(f, Refused)]
    assert found == [cause]


def test_things_that_cause_a_code():
    found = facts("Unparsable JSON, missing lids, or odd lids will cause the request to be rejected with a 400.")
    assert [f.refusal for f in found if isinstance(f, Refused)] == [Refusal(Cause(invalid=("body",)), 400, 10)]
    assert not [f for f in facts("If the lid is on, this causes a 400 error.") if isinstance(f, Refused)]


def test_a_status_at_the_end_of_a_sentence_with_only():
    on = {"path": "/snapshots", "title": "Create a snapshot", "method": "POST"}
    text = "You can create a snapshot for a volume in ``available`` state only."
    assert pre(text, **on) == [Condition("status", "volume", 10, any_of=("available",))]
    assert pre("You can create a snapshot for a volume in ``available`` state.", **on) == []


def test_a_value_that_is_not_accepted_is_no_status():
    assert pre("400 (if state is not an accepted value)") == []


def test_a_way_to_do_it_is_no_outcome():
    source = operation(Block("A volume can be sold by setting its target state to ``sold``.", 10))
    assert read(*source.blocks).postconditions == ()


def test_what_goes_first_is_a_need_of_a_removal_alone():
    growing = {"path": "/volumes/{volume_id}/action", "title": "Grow a volume", "method": "POST"}
    assert uses("You must first delete any lids for the volume.", **growing) == []


def test_half_of_a_list_of_statuses_is_no_cause():
    text = "You can't delete a volume if its ``lid`` is in the ``A`` or very OLD state."
    assert [f for f in facts(Block(text, 10), **REMOVAL) if isinstance(f, Refused) and f.refusal.cause.status] == []


@pytest.mark.parametrize(
    ("clause", "names"),
    [
        ("it contains no dependent shares", ("share",)),
        ("it does not have any lids", ("lid",)),
        ("there are no lids in it", ("lid",)),
        ("it has no name", ()),
        ("it contains shares", ()),
    ],
)
def test_clauses_that_there_is_no_use(clause, names):
    assert unused_by(clause) == names


def test_a_use_with_no_is_no_cause():
    assert cause_of("there are no lids attached to it") != Cause(used_by=("lid",))


@pytest.mark.parametrize(
    ("text", "cause"),
    [
        ("If the token has expired, this call returns 404.", (404, Cause(resource="token", status=("expired",)))),
        ("If the request fails due to incorrect data, the service returns 400.", (400, Cause(invalid=("body",)))),
        ("If you are not an administrative user and the lid does not belong to your account, it returns 403.",
         (403, Cause(lacks=("owner",)))),
        ("If the user does not have administrative role and the lid does not belong to the user's project, it "
         "returns 403.", (403, Cause(lacks=("owner",)))),
        ("Setting both a lid and a box will result in a conflict error.", (409, Cause(present=("lid", "box")))),
    ],
)  # fmt: skip
def test_more_causes(text, cause):
    found = facts(Block(text, 10), path="/tokens/{token_id}", title="Show a token")
    assert [(f.refusal.code, f.refusal.cause) for f in found if isinstance(f, Refused)] == [cause]


@pytest.mark.parametrize(
    "text",
    [
        "Setting both a lid and a box will result in a conflict error if the lid does not fit.",
        "If the request contains a body, the API will return a 400 if it rains.",
        "If the request holds any lids, 400 is returned.",
    ],
)
def test_no_causes_of_a_request(text):
    assert [f for f in facts(text) if isinstance(f, Refused)] == []


def test_circumstances_below_a_sentence_are_causes_of_their_own():
    lead = Block("If the request contains a body, the API will return a 400 under the following circumstances:", 10)
    item = Block("The ``lid-size`` header is present and the length of the body does not match its value.", 12, "item",
                 parent=0, depth=1)  # fmt: skip
    assert read(lead, item).refusals == (Refusal(Cause(invalid=("lid-size",)), 400, 12),)


@pytest.mark.parametrize(
    "text",
    [
        "Note: You cannot update the ``lid`` and ``box`` attributes. Attempting to update an immutable attribute "
        "results in the HTTP ``Immutable (422)`` response code.",
        "You cannot change the lid key, ``lid``, and ``box`` immutable attributes. If you try to change any of these "
        "attributes, the service returns 422.",
    ],
)
def test_fields_that_never_change_with_a_code_from_the_next_sentence(text):
    found = read(Block(text, 10), method="PUT").refusals
    assert found == (Refusal(Cause(present=("lid",)), 422, 10), Refusal(Cause(present=("box",)), 422, 10))


@pytest.mark.parametrize(
    "text",
    [
        "You cannot grow a share if the load balancer to which the share is attached does not have an ``ACTIVE`` "
        "provisioning status.",
        "You cannot grow a share if the load balancer to which it is attached does not have an ``ACTIVE`` provisioning "
        "status.",
        "You cannot grow a health monitor if the attached load balancer does not have an ``ACTIVE`` "
        "provisioning status.",
        "To grow a share, the load balancer to which to attach must have an ``ACTIVE`` provisioning status.",
    ],
)
def test_a_status_that_another_thing_does_not_have(text):
    needed = Condition("status", "load balancer", 10, attribute="provisioning_status", any_of=("ACTIVE",))
    assert pre(text) == [needed]


def test_a_star_inside_of_a_literal_is_a_part_of_it():
    found = facts("The share status cannot be a ``PENDING_*`` status.")
    assert [f.refusal.cause.status for f in found if isinstance(f, Refused)] == [("PENDING_*",)]
