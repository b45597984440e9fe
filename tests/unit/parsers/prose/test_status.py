"""Preconditions: statuses, existence, quotas, locks, surroundings."""

# ruff: noqa: E501 (a sentence stands on one line)

import pytest
from prose_forms import post, pre, read, row, taken, within

from parsers.document import Block
from specs.model import Condition, When


def status(*any_of, resource="share", **extra):
    return Condition("status", resource, 10, any_of=any_of, **extra)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("The share status must be ``available``, ``error``, or ``inactive``.", status("available", "error", "inactive")),
        ("Share status must be ``ready``", status("ready")),
        ("The volume ``status`` must be ``idle``.", status("idle", resource="volume")),
        ("The share must have the status ``growing``.", status("growing")),
        ("The node must be in ``manageable`` provision state.", status("manageable", resource="node", attribute="provision_state")),
        ("To make a pool, the load balancer must have an ``ACTIVE`` provisioning status.",
         status("ACTIVE", resource="load balancer", attribute="provisioning_status")),
        ("The volume ``copy_status`` must be ``None`` or ``not-ready``.",
         status("None", "not-ready", resource="volume", attribute="copy_status")),
        ("You can only grow a share when its status is ``available`` or ``error``", status("available", "error")),
        ("You can only copy the image to the share where the status is ``available``.", status("available")),
        ("This action is only valid when the share is in ``available`` state.", status("available")),
        ("This action only valid when the volume is in ACTIVE and PAUSED state, or a conflict(409) error will be returned.",
         status("ACTIVE", "PAUSED", resource="volume", code=409)),
        ("The call returns an error if the image status is not ``active`` or ``queued``.",
         status("active", "queued", resource="image")),
        ("If specifying ``backup_id`` the status of the backup must be ``available``.",
         status("available", resource="backup", when=When(present=("backup_id",)))),
        ("Prior to microversion 3.5 the share status must be ``ready``.", status("ready", when=When(max="3.4"))),
    ],
)  # fmt: skip
def test_status_must_be(text, expected):
    assert pre(text) == [expected]


@pytest.mark.parametrize(
    "text",
    [
        "The share status can be ``available`` or ``error``.",
        "The share status must not be ``error``.",
        "Both the old and new volume ``copy_status`` must be ``None``.",
        "The share status is ``available``.",
        "You can filter shares when you list them by status, such as ``available``.",
        "The size must be ``5``.",
        "Valid in any status but ``error``.",
        "With version 3.5 or greater, you can stop backups also in ``queued`` status.",
        "Grow a share in ``available`` status.",
    ],
)
def test_near_misses_of_status(text):
    assert pre(text) == []


def test_a_status_in_other_words_is_normalised():
    assert pre("You can only start a server when its status is ``STOPPED``.", path="/servers/{id}/action") == [
        status("SHUTOFF", resource="server", as_written=("STOPPED",))
    ]


def test_an_instance_is_a_server_where_the_path_says_so():
    text = "The instance status must be ``ACTIVE``."
    assert pre(text, path="/servers/{id}/action")[0].resource == "server"
    assert pre(text, path="/instances/{id}/action")[0].resource == "instance"


def test_several_attributes_in_one_sentence():
    text = "The server OS-X:vm_state value must be ``active`` and the server OS-X:task_state value must be ``moving``."
    assert [(c.attribute, c.any_of) for c in pre(text)] == [
        ("OS-X:vm_state", ("active",)),
        ("OS-X:task_state", ("moving",)),
    ]
    text = "You can only undo the moved share where the status is ``CHECK`` and the OS-X:vm_state is ``moved``."
    assert [(c.attribute, c.any_of) for c in pre(text)] == [(None, ("CHECK",)), ("OS-X:vm_state", ("moved",))]


def test_a_list_below_a_colon_and_a_value_of_the_request():
    found = read(
        Block("You can only *FULL* scan a share when its status is one of:", 10, block="preconditions"),
        Block("``available``", 11, "item", block="preconditions", parent=0, depth=1),
        Block("``error`` (a broken one)", 12, "item", block="preconditions", parent=0, depth=1),
        rows=(row("grow", type="object"), row("mode", "The valid values are ``FULL`` and ``QUICK``.")),
    )
    assert found.preconditions == (status("available", "error", when=When(request=(("mode", "FULL"),))),)
    assert found.unread == ()


def test_a_value_of_the_request_without_a_parameter_file():
    rows = (row("share_id", location=None), row("grow", location=None), row("mode", location=None))
    text = "You can only *FULL* scan a share when its status is ``available``."
    assert pre(text, rows=rows) == [status("available", when=When(request=(("mode", "FULL"),)))]
    assert pre(text, rows=(*rows, row("other", location=None))) == [status("available", when=When(environment="full"))]


def test_fields_present_and_absent():
    rows = (row("restore", type="object"), row("pool"), row("host"))
    assert pre("Restoring a share with pool and/or host parameters requires its status to be only ``parked``"
               " otherwise HTTP 409 conflict response is returned.", rows=rows) == [
        status("parked", when=When(present=("pool", "host")), code=409)
    ]  # fmt: skip
    assert pre("Restoring a share without parameters requires its status to be ``parked`` or ``away``.", rows=rows) == [
        status("parked", "away", when=When(absent=("pool", "host")))
    ]


def test_a_qualified_value_makes_a_second_condition():
    text = "You can only copy a server when its status is ``ACTIVE`` or ``PAUSED`` (``PAUSED`` is only for image-backed servers)."
    assert pre(text, path="/servers/{id}/action") == [
        status("ACTIVE", "PAUSED", resource="server"),
        status("ACTIVE", resource="server", when=When(environment="volume-backed")),
    ]


def test_a_set_that_a_version_extends():
    text = (
        "For microversions from 3.1 to 3.4 the backup status must be ``running``, for microversion 3.5 and greater, "
        "the backup status can also be ``queued``."
    )
    assert pre(text) == [
        status("running", resource="backup", when=When(min="3.1", max="3.4")),
        status("running", "queued", resource="backup", when=When(min="3.5")),
    ]


def test_existence():
    assert pre("The parked image must exist.") == [Condition("exists", "image", 10)]
    assert pre("The parked image must exist in all cases.") == [Condition("exists", "image", 10)]
    assert pre("Enough space must exist to grow the image.") == []


def test_within_preconditions_a_resource_must_be():
    text = "If the share has backups, those backups must be ``available``"
    assert pre(within("preconditions", text)) == [status("available", resource="backup")]
    assert pre(text) == []


@pytest.mark.parametrize(
    ("text", "resource"),
    [
        ("The project must have sufficient share snapshot quota in the service.", "share snapshot"),
        ("You must have enough volume storage quota remaining to make one.", "volume"),
        ("The quota must have enough volume storage.", "volume"),
        ("The image quota must be sufficient.", "image"),
    ],
)
def test_quota(text, resource):
    assert pre(text) == [Condition("quota", resource, 10)]


def test_the_code_of_a_quota_joins_it():
    found = read(
        "The user must have sufficient share quota. If the user does not have enough share quota, a 403 error is "
        "returned."
    )
    assert found.preconditions[0].kind == "quota"
    found = read(
        "The user must have sufficient share quota. If the user does not have sufficient quota, the API returns a 403 "
        "error."
    )
    assert [(c.kind, c.code) for c in found.preconditions] == [("quota", 403)]


def test_what_a_quota_is_promises_nothing():
    assert taken("The project quota defines the maximum number of shares.").outcome == "nothing"


@pytest.mark.parametrize(
    "text",
    [
        "If the share is locked, you must have administrator privileges to grow it.",
        "If a share is locked, you must have administrative rights to grow the share.",
        "If the share is locked, the user must be an administrator.",
    ],
)
def test_locks(text):
    assert pre(text) == [Condition("locked_requires_admin", "share", 10)]


@pytest.mark.parametrize(
    "text", ["Locks a share.", "Unlocks a locked share.", "You can know whether a share is locked from its details."]
)
def test_near_misses_of_locks(text):
    assert pre(text) == []
    assert taken(text).outcome == "nothing"


def test_not_supported_for_a_trait():
    text = "Until microversion 3.7, this action is not supported for volume-backed servers."
    (found,) = pre(text, path="/servers/{id}/action")
    assert (found.kind, found.when) == ("environment", When(max="3.6", environment="volume-backed"))
    assert pre("Encryption is not supported for such shares.") == []


def test_a_kind_of_resource():
    (found,) = pre("This operation is only allowed on shares whose ``kind`` is ``thin``.")
    assert (found.kind, found.resource) == ("environment", "share")
    assert pre("Listing is only allowed on weekdays.") == []


@pytest.mark.parametrize(
    "text",
    [
        "You cannot already be growing the share.",
        "You cannot delete a share if it has backups on it.",
        "The failed pool must be fenced.",
        "The connection to the Backup service is valid.",
        "Sufficient space must exist to grow the share.",
    ],
)
def test_a_state_of_things_counts_within_preconditions_only(text):
    assert [c.kind for c in pre(within("preconditions", text))] == ["environment"]
    assert pre(text) == []


@pytest.mark.parametrize(
    "text",
    [
        "The preconditions for growing a share depend on its pool.",
        "When a share is pinned, it stays.",
        "Both the share and the pool state must be good",
    ],
)
def test_near_misses_of_a_state_of_things(text):
    assert pre(within("preconditions", text)) == []


def test_postconditions_are_no_preconditions():
    assert post("The share status must be ``ready``.") == []
