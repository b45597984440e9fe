"""The cloud's own words with a refusal, and whether they say that a quota is used up."""

from __future__ import annotations

import pytest

from conformance.engine.cloud.faults import USED_UP, message_in, names_policy, quota_used_up, room_that_lacks


@pytest.mark.parametrize(
    "message",
    [
        "Quota exceeded for cores: Requested 1, but already used 10 of 10 cores",
        "Quota exceeded, too many server groups.",
        "Maximum number of floating IPs exceeded",
        "Maximum number of ports exceeded",
        "Quota exceeded for resources: ['floatingip'].",
        "VolumeLimitExceeded: Maximum number of volumes allowed (2) exceeded for quota 'volumes'.",
        "VolumeSizeExceedsAvailableQuota: Requested volume exceeds allowed gigabytes quota.",
        "Project 7 is over a limit for [Resource image_count_total is over limit of 5 due to current usage 5]",
        "The size of the data exceeds the remaining quota of the project",
        "Unable to create additional credentials, maximum of 15 already exceeded for user.",
        "Quota has been met for resources: Load Balancer",
        "Quota reached for project 7. Only 2 containers are allowed.",
        "You have reached the maximum stacks per tenant, 2. Please delete some stacks.",
        "The size of the data 12 will exceed the limit. 7 bytes remaining.",
        "The limit has been exceeded on the number of allowed image tags. Attempted: 3, Maximum: 2",
        "Requested volume size 2G is larger than maximum allowed limit 1G.",
    ],
)
@pytest.mark.parametrize("status", [400, 403, 409, 413])
def test_a_quota_that_is_used_up(status, message):
    assert quota_used_up(status, {"fault": {"code": status, "message": message}}) == message
    assert quota_used_up(500, {"fault": {"code": 500, "message": message}}) is None


@pytest.mark.parametrize(
    "message",
    [
        "Policy doesn't allow os_compute_api:os-quota-sets:update to be performed.",
        "Quota limit 1 for cores must be greater than or equal to already used and reserved 2.",
        "Maximum number of metadata items exceeds 128",
        "Invalid input for field/attribute quota_set. Value: 7. 7 is not of type 'object'",
        "The request body exceeds the limit",
        "",
    ],
)
def test_words_about_quotas_that_say_no_such_thing(message):
    assert quota_used_up(403, {"forbidden": {"code": 403, "message": message}}) is None


def test_a_quota_that_is_used_up_by_a_page():
    said = "Project 7 is over a limit for [Resource image_count_total is over limit of 5]"
    page = (
        "<html>\n <head>\n  <title>413 Request Entity Too Large</title>\n </head>\n <body>\n"
        "  <h1>413 Request Entity Too Large</h1>\n"
        f"  {said}<br /><br />\n\n\n </body>\n</html>"
    )
    assert quota_used_up(413, page) == said


@pytest.mark.parametrize(
    ("body", "message"),
    [
        (
            "<html><title>403 Forbidden</title><h1>403 Forbidden</h1>\nYou may not &lt;go&gt;.</body>",
            "You may not <go>.",
        ),
        ("<html><title>503</title><h1>503 Busy</h1></html>", "<html><title>503</title><h1>503 Busy</h1></html>"),
        ({"conflict": {"code": 409, "message": "no\n\x1b[31mroom"}}, r"no \x1b[31mroom"),
        ("<html>\n<body>Sign in", "<html> <body>Sign in"),
        ({"error_message": '{"faultcode": "Client", "faultstring": "no room", "debuginfo": null}'}, "no room"),
        ({"error_message": '{"faultstring": "no ro'}, ""),
        ({"message": 7}, ""),
        ([], ""),
        (None, ""),
    ],
)
def test_the_message_of_a_fault_is_one_line_without_controls(body, message):
    assert message_in(body) == message


@pytest.mark.parametrize(
    ("first", "second", "same"),
    [
        (
            "Quota exceeded for cores: Requested 1, but already used 9 of 9",
            "Quota exceeded for cores: Requested 2",
            False,
        ),
        (
            "(Quota exceeded for cores: Requested 1, used 9)",
            "x 413 (Quota exceeded for cores: Requested 2, used 10)",
            True,
        ),
        (
            "Maximum number of carts allowed (0) exceeded.",
            "no cart: Maximum number of carts allowed (12) exceeded",
            True,
        ),
        ("Quota exceeded for resources: ['cart'].", "Quota exceeded for resources: ['wheel'].", False),
    ],
)
def test_refusals_because_of_the_same_quota_have_the_same_words(first, second, same):
    assert (room_that_lacks(first) == room_that_lacks(second)) is same


def test_a_request_under_test_and_one_that_makes_a_thing_for_it_lack_the_same_room():
    said = "Quota exceeded for instances: Requested 1, but already used 3 of 3 instances"
    tried = f"the quota of the project is {USED_UP}{said}): raise it, or remove what is not needed"
    assert room_that_lacks(tried) == room_that_lacks(f"no server could be made: POST /servers gave 403 ({said})")


def test_a_text_without_a_word_on_quotas_lacks_no_room():
    assert room_that_lacks("no cart could be made: POST /carts was answered 409 (it is taken)") is None


@pytest.mark.parametrize(
    ("message", "known"),
    [
        ("Policy doesn't allow os_compute_api:os-quota-sets:update to be performed.", True),
        ("Policy does not allow this request to be performed.", True),
        ("(rule:create_network and rule:shared) is disallowed by policy", True),
        ("You are not authorized to perform the requested action: identity:list_users.", True),
        ("You are not authorized to complete publicize_image action.", True),
        ("The policy p1 is still attached to cluster c1.", False),
        ("QoS policy 7 is used by network 8.", False),
        ("", False),
    ],
)
def test_the_words_of_a_policy_that_lets_nobody_do_something(message, known):
    assert names_policy(message) is known
