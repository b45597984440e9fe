"""Versions, lifecycle, policy and bodies of operations, their own and their file's."""

# ruff: noqa: E501 (a sentence stands on one line)

import pytest
from prose_forms import CONTEXT, facts, operation, read, taken

from parsers.document import Block, FileContext
from parsers.prose import read_file, read_operation
from parsers.prose.rules import Gate, Marked
from specs.model import Body, Deprecation, Policy, Removal, Versions, Vocabulary


@pytest.mark.parametrize(
    ("text", "bounds"),
    [
        ("This API will fail with a 404 starting from microversion 3.36.", (None, "3.35")),
        ("This API is deprecated and will fail with HTTP 404 starting with microversion 3.40.", (None, "3.39")),
        ("Requests made with microversion >= 3.43 will result in a 404 error.", (None, "3.42")),
        ("This action is deprecated since version 3.7 and requests to this API will fail with a 404 starting from microversion"
         " 3.7.", (None, "3.6")),
        ("This API is available starting with microversion 3.55.", ("3.55", None)),
        ("This API is only available with microversion 3.25 or later.", ("3.25", None)),
        ("This API is available since v3.8.", ("3.8", None)),
        ("Microversion 3.6 or greater is required for this API.", ("3.6", None)),
        ("Available since API microversion ``3.13``.", ("3.13", None)),
        ("Available starting in the 3.27 microversion.", ("3.27", None)),
        ("Available in microversion 3.62 or higher.", ("3.62", None)),
        ("Lists all shares, available since microversion 3.33.", ("3.33", None)),
        ("Get levels for shares, supported since v3.32.", ("3.32", None)),
        ("Action ``grow`` available as of microversion 3.11.", ("3.11", None)),
        ("Grows a share (New in version 3.97).", ("3.97", None)),
        ("**New in version 3.14**", ("3.14", None)),
        ("*(Since Share API v3.2)*", ("3.2", None)),
        ("*Since API v3.2*", ("3.2", None)),
    ],
)  # fmt: skip
def test_versions_of_an_operation(text, bounds):
    found = read(text).microversions
    assert (found.min, found.max) == bounds
    assert found.line == 10


@pytest.mark.parametrize(
    "text",
    [
        "Starting with microversion 3.5 the ``size`` field is required.",
        "Starting from microversion 3.5, the ``host`` parameter is available to name a host.",
        "Until microversion 3.5, the service chose the pool.",
        "In version 3.5 of the API, this call will return a 404 (Not Found).",
        "The ``share-x`` protocol was added in microversion 3.9.",
        "It fails with a 404 if the share is gone.",
        "Use the other API with microversion 3.5 and later.",
        "Lists shares, their ``tags``, available since microversion 3.33.",
        "Lists shares if these are available since microversion 3.33 or so.",
    ],
)
def test_near_misses_of_versions(text):
    assert read(text).microversions == Versions()


def test_items_that_name_a_parameter_are_no_versions_of_the_operation():
    block = Block("``tags`` (New in version 3.26)", 10, "item", depth=1)
    assert read(block).microversions == Versions()
    assert taken(block).outcome == "nothing"


@pytest.mark.parametrize(
    ("kind", "text", "low"),
    [
        ("versionadded", "3.17", "3.17"),
        ("versionadded", "3.52\nThe Share API was introduced.", "3.52"),
        ("versionadded", "3.58\nAdded support for small shares.", None),
        ("versionchanged", "3.60", None),
    ],
)
def test_version_directives(kind, text, low):
    assert read(Block(text, 10, kind)).microversions.min == low


def test_a_title_names_a_version():
    assert read("Grows.", title="Grow A Share (since API v3.7)").microversions == Versions("3.7", None, 5)
    assert read("Grows.", title="Grow A Share (microversions 1.2 - 1.6)").microversions == Versions("1.2", "1.6", 5)
    assert read("Method is available starting from version 1.7.").microversions.min == "1.7"


def test_the_title_of_a_file_names_a_version():
    above = (Block("Share moves (share-moves) (3.55 or later)", 2, "heading"),)
    assert read("Does it.", preamble=above).microversions == Versions("3.55", None, 2)
    assert read("Does it.", title="Move A Share (3.55 or later)").microversions == Versions("3.55", None, 5)
    beside = (Block("A share of 3.55 or later", 2, "heading"),)
    assert read("Does it.", preamble=beside).microversions.min is None


def gone(text, title):
    above = (Block("Images", 2, "heading"), Block(text, 7, "admonition:warning"))
    return read("Does it.", title=title, preamble=above).microversions


@pytest.mark.parametrize(
    ("text", "title", "high"),
    [
        ("These will fail with a 404 starting from microversion 3.36.", "List Images", "3.35"),
        ("All the image proxy APIs except image metadata APIs will fail with a 404 starting from microversion 3.36.",
         "List Images", "3.35"),
        ("All the image proxy APIs except image metadata APIs will fail with a 404 starting from microversion 3.36.",
         "Create Image Metadata", None),
        ("The image metadata APIs will fail with a 404 starting from microversion 3.39.", "Show Image Metadata Item", "3.38"),
        ("The image metadata APIs will fail with a 404 starting from microversion 3.39.", "Delete Image", None),
    ],
)  # fmt: skip
def test_a_preamble_governs_the_operations_of_its_file(text, title, high):
    assert gone(text, title) == Versions(None, high, 7 if high else None)


def test_calls_of_a_file_are_available_since_a_version():
    assert gone("Share class API calls are available starting from version 3.2.", "List classes").min == "3.2"
    assert gone("Thin shares are available starting from version 3.2.", "List classes").min is None


def test_both_ends_come_from_wherever_they_are_said():
    above = (Block("These will fail with a 404 starting from microversion 3.36.", 7),)
    found = read("This API is available since v3.8.", preamble=above).microversions
    assert (found.min, found.max) == ("3.8", "3.35")


@pytest.mark.parametrize(
    ("text", "since", "replacement"),
    [
        ("This API is deprecated.", None, None),
        ("Since these APIs are only made for old-style shares, they are deprecated.", None, None),
        ("The ``os-pools`` API is deprecated as of the 3.43 microversion.", "3.43", None),
        ("This action is deprecated in microversion 3.5 and superseded by the API `Share Consoles` in microversion 3.6.",
         "3.5", "Share Consoles"),
        ("Starting with microversion 3.53 this API is superseded by ``PUT /pools/{id}``.", "3.53", "PUT /pools/{id}"),
    ],
)  # fmt: skip
def test_deprecation(text, since, replacement):
    assert read(text).deprecated == Deprecation(10, since, replacement)


@pytest.mark.parametrize(
    "text",
    [
        "This API only works with old shares, which are deprecated.",
        "Specifying a pool is deprecated.",
        "The use of such files is deprecated starting with the 3.57 microversion.",
    ],
)
def test_deprecation_of_something_else(text):
    assert read(text).deprecated is None
    assert taken(text).outcome == "nothing"


def test_a_title_marks_a_deprecation_if_no_sentence_says_more():
    assert read("Grows.", title="Grow (DEPRECATED)").deprecated == Deprecation(5)
    assert read("This API is deprecated.", title="Grow (DEPRECATED)").deprecated == Deprecation(10)
    above = (Block("Pools (DEPRECATED)", 2, "heading"),)
    assert read("Grows.", preamble=above).deprecated == Deprecation(2)
    assert facts(above[0]) == (Marked(Deprecation(2)),)


@pytest.mark.parametrize(
    ("text", "release"),
    [
        ("They were removed in the 21.0.0 (Zebra) release.", "21.0.0"),
        ("It was removed in the 16.0.0 Yak release.", "16.0.0"),
        ("They were completely removed in the 21.0.0 release.", "21.0.0"),
        ("Along with its driver, this action was removed in release 29.0.0.", "29.0.0"),
        ("This API was removed in the last release.", None),
    ],
)
def test_removal(text, release):
    assert read(text).removed == Removal(10, release)


@pytest.mark.parametrize(
    "text",
    ["It works with a driver which was removed in the 21.0.0 release.", "The oldest backup is removed in time.",
     "The type needs a driver that has been removed."],
)  # fmt: skip
def test_near_misses_of_removal(text):
    assert read(text).removed is None


@pytest.mark.parametrize(
    ("text", "roles", "change"),
    [
        ("Policy defaults enable only users with an administrative role to perform this action.", ("admin",), False),
        ("Policy defaults enable only users with an administrative role or the owner of the share to perform this action."
         " Cloud operators can change these permissions through the ``rules.yaml`` file.", ("admin", "owner"), True),
        ("Policy defaults enable any user to perform this action.", ("any",), False),
        ("There are two different policies for this action. Both defaults enable only users with an administrative role to"
         " perform this operation.", ("admin",), False),
        ("Policy defaults enable only users with an administrative role to perform all share related operations.",
         ("admin",), False),
        ("By default, only administrators can manage shares.", ("admin",), False),
        ("This is usually an admin only call.", ("admin",), True),
        ("This is an ``admin`` level service API.", ("admin",), False),
        ("By default, only an admin can manage such shares.", ("admin",), False),
        ("Administrator only. Use the ``policy.yaml`` file to grant permissions to other roles.", ("admin",), True),
        ("Administrators only, depending on policy.", ("admin",), True),
        ("If you are not an administrator, the API returns ``Forbidden (403)``.",
         ("admin",), False),
    ],
)  # fmt: skip
def test_policy(text, roles, change):
    assert read(text).policy == Policy(roles, 10, change)


@pytest.mark.parametrize(
    "text",
    [
        "Policy defaults enable only users with an administrative role to see the host of a share.",
        "Administrative users can use the ``all`` query parameter to list all shares.",
        "Enables administrators to act on a share.",
        "Changes the administrative password.",
        "Anyone can delete a share when the policy allows.",
    ],
)
def test_near_misses_of_policy(text):
    assert read(text).policy is None


def test_the_own_policy_goes_before_that_of_the_file():
    above = (Block("Policy defaults enable only users with an administrative role to perform this action.", 7),)
    assert read("Grows.", preamble=above).policy == Policy(("admin",), 7)
    assert read("Policy defaults enable any user to perform this action.", preamble=above).policy == Policy(
        ("any",), 10
    )


@pytest.mark.parametrize(
    ("text", "low"),
    [
        ("On success, this call does not return content in the body.", None),
        ("There is no body for the response of such a request", None),
        ("No body is returned when it succeeds.", None),
        ("Its response body is always empty here.", None),
        ("On success, this call does not return a response body.", None),
        (
            "Starting with microversion 3.7, there is no body content for its response.",
            "3.7",
        ),
        ("API does not return any Response for Microversion 3.14 or greater.", "3.14"),
    ],
)
def test_empty_bodies(text, low):
    assert read(Block(text, 10, section="response")).body == Body("empty", 10, low)


@pytest.mark.parametrize(
    "text",
    ["There is no body for the request.", "The list may be empty.", "If the share is small, the call returns no content.",
     "The request does not take content."],
)  # fmt: skip
def test_near_misses_of_bodies(text):
    assert read(Block(text, 10, section="response")).body == Body()


def test_a_vocabulary_in_a_list():
    blocks = (
        Block("The share status is one of the following values:", 3),
        Block("``available``. The share is ready.", 4, "item", parent=0, depth=1),
        Block("``error``: it is not.", 5, "item", parent=0, depth=1),
    )
    found = read_file(FileContext("things.inc", "Shares", blocks))
    assert found.vocabulary == (Vocabulary("share", "status", ("available", "error"), 3),)
    assert found.unread == ()


def test_a_vocabulary_in_a_table():
    blocks = (
        Block("Volume statuses", 3, "heading"),
        Block("Status | Description\ncreating | It is made.\navailable | It is ready.", 5, "table"),
    )
    found = read_file(FileContext("things.inc", "Volumes", blocks))
    assert found.vocabulary == (Vocabulary("volume", "status", ("creating", "available"), 5),)


def test_the_preamble_of_a_file_states_no_code_of_an_operation():
    above = (Block("The service returns a 409 error if it is busy.", 7),)
    assert read_operation(operation("Grows.", preamble=above), CONTEXT).error == ()


def test_gates_name_what_they_govern():
    (gate,) = read_file_facts("The share metadata APIs will fail with a 404 starting from microversion 3.39.")
    assert gate == Gate(Versions(None, "3.38", 7), only=frozenset({"share", "metadata"}))


def read_file_facts(text):
    from parsers.prose.grammar import read_text
    from parsers.prose.rules import Scope

    return read_text((Block(text, 7),), Scope(CONTEXT)).facts
