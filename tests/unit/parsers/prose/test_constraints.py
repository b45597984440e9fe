"""Constraints of parameters: in descriptions, and in sentences of the operation."""

import pytest
from prose_forms import read, row, taken

from parsers.document import Block
from parsers.prose.constraints import read_description


@pytest.mark.parametrize(
    ("text", "enum"),
    [
        ("The kind of share. Valid values are ``thin`` and ``thick``.", ("thin", "thick")),
        ("A valid value is ``asc`` (upwards) or ``desc`` (downwards).", ("asc", "desc")),
        ("One of ``hot`` or ``cold``.", ("hot", "cold")),
        ("State of the pool, either ``on`` or ``off``.", ("on", "off")),
        ("The only valid value is ``vnc``.", ("vnc",)),
        ("This is one of ``a``, ``b`` and ``c``.", ("a", "b", "c")),
        ("A valid value is TCP, or UDP.", ("TCP", "UDP")),
        ("Valid values are:\n\n* ``a``: the first\n* ``b``: the other\n", ("a", "b")),
        ("Sort keys are limited to:\n- ``name``\n- ``size`` (New in version 3.7)\n", ("name", "size")),
        ("It can be one of:\n\n- ``A``: ready\n- ``B``: not\n", ("A", "B")),
        ("Can be one of the following values: ``a`` or ``b``.", ("a", "b")),
    ],
)
def test_enumerations(text, enum):
    assert read_description(row("kind", text))["enum"] == enum


@pytest.mark.parametrize(
    "text",
    [
        "Some example values are ``a`` or ``b``.",
        "If the kind is one of ``a`` and ``b``, it is shown.",
        "For ``a`` shares, the size in GiB.",
        "The availability zone, such as ``a``.",
        "Values from 0 to 100.",
        "Starting with version 3.5, valid values are ``a`` and ``b``.",
        "See ``a`` or ``b``.",
        "This field is shown if the kind is one of ``a``, ``b`` and ``c``.",
        "The value may be ``null`` for older shares.",
    ],
)
def test_near_misses_of_enumerations(text):
    assert "enum" not in read_description(row("kind", text))


def test_integers_of_an_enumeration():
    assert read_description(row("n", "Valid values are ``1`` and ``2``.", type="integer"))["enum"] == (1, 2)


@pytest.mark.parametrize(
    ("text", "fields"),
    [
        ("Limited to 254 characters in length.", {"max_length": 254}),
        ("Maximum length is 64 characters.", {"max_length": 64}),
        ("The minimum length is 1 and the maximum length is 254.", {"min_length": 1, "max_length": 254}),
        ("Must be between 1 and 36 characters long.", {"min_length": 1, "max_length": 36}),
        ("No longer than 60 characters.", {"max_length": 60}),
        ("Restricted to 4096 bytes.", {"max_length": 4096}),
    ],
)
def test_lengths(text, fields):
    assert read_description(row("name", text)) == fields


@pytest.mark.parametrize(
    "text",
    [
        "The maximum size of each key is 255 bytes.",
        "Up to 50 tags.",
        "Starting with version 3.9, it can have up to 255 characters.",
    ],
)
def test_near_misses_of_lengths(text):
    assert read_description(row("name", text)) == {}


@pytest.mark.parametrize(
    ("text", "fields"),
    [
        ("A value from 0 to 90 as integer.", {"minimum": 0, "maximum": 90}),
        ("Must be greater than or equal to 1.", {"minimum": 1}),
        ("A non-negative integer.", {"minimum": 0}),
        ("A positive integer.", {"minimum": 1}),
        ("For example, from 1 to 5.", {}),
        ("The size in GiB.", {}),
    ],
)
def test_ranges(text, fields):
    assert read_description(row("size", text, type="integer")) == fields


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("The UUID of the grown share.", "uuid"),
        ("The ID of the share, as a UUID.", "uuid"),
        ("The time of its making, in ISO 8601 format.", "date-time"),
        ("It has to be Base64 encoded.", "base64"),
        ("The UUID or name of the share.", None),
        ("A list of share UUIDs.", None),
        ("The UUID of a project.", None),
        ("If it is a UUID, it is looked up.", None),
    ],
)
def test_formats(text, name):
    assert read_description(row("id", text)).get("format") == name


@pytest.mark.parametrize(
    ("text", "nullable"),
    [
        ("May be ``null``.", True),
        ("The reason, ``null`` if there is none.", True),
        ("If ``null`` is specified, the old one is unset.", True),
        ("The tag of the device or ``null``.", True),
        ("The ``null`` value is not allowed.", False),
        ("It cannot be ``null``.", False),
        ("None means that no fault has been seen.", True),
        ("None of the cars is a fault.", None),
        ("If the ``deleted_at`` date is not set, its value is ``null``.", None),
        ("For existing keys, if the value is ``null`` the entry goes.", None),
        ("A share.", None),
    ],
)
def test_null(text, nullable):
    assert read_description(row("kind", text)).get("nullable") is nullable


@pytest.mark.parametrize(
    ("text", "section", "nullable"),
    [
        ("A name. May be undefined. Some words are reserved.", "response", True),
        ("The network of a port. May be empty.", "response", True),
        ("The id of the rack. May be empty or None.", "response", True),
        ("A name. May be undefined.", "request", None),
        ("A list of tags. This list may be empty.", "response", None),
        ("May be undefined behaviour.", "response", None),
    ],
)
def test_a_value_that_may_be_undefined_is_shown_as_null(text, section, nullable):
    assert read_description(row("kind", text, section=section)).get("nullable") is nullable


@pytest.mark.parametrize(
    ("text", "since"),
    [
        ("This field has become mandatory in microversion 3.7. Else the list is empty.", "3.7"),
        ("It became required\nsince version 3.7.", "3.7"),
        ("It is required starting with microversion 3.7.", "3.7"),
        ("The key. Was optional before microversion 3.7 : if you were\nomitting this value, one was generated.", "3.7"),
        ("It is optional since microversion 3.7.", None),
        ("It is required.", None),
        ("Version 3.7 is required.", None),
        ("It has become optional in microversion 3.7.", None),
        ("If the size is given, the unit is required. New in version 3.7.", None),
    ],
)
def test_required_since(text, since):
    assert read_description(row("size", text, required=True)).get("required_min") == since
    assert "required_min" not in read_description(row("size", text))


def test_a_string_of_a_query_is_never_null():
    assert read_description(row("public", "If the value is ``None``, all are listed.", location="query")) == {}


def test_defaults():
    assert read_description(row("on", "The default is ``true``.", type="boolean"))["default"] is True
    assert read_description(row("n", "Defaults to 0.", type="integer"))["default"] == 0
    assert "default" not in read_description(row("n", "If so, the default is 0.", type="integer"))


def test_a_version_in_the_description_counts_where_the_file_has_none():
    assert read_description(row("n", "A share.\n\n**New in version 3.1**"))["min"] == "3.1"
    assert "min" not in read_description(row("n", "**New in version 3.1**", min="3.0"))


@pytest.mark.parametrize(
    "text",
    [
        "Appears in responses for administrators only.",
        "By default, only administrators can see this field.",
        "By default the field is only visible to users with the administrative role.",
    ],
)
def test_visibility(text):
    assert read_description(row("host", text, section="response"))["visible_to"] == "admin"
    assert "visible_to" not in read_description(row("host", text))


def test_visibility_that_a_version_changed_is_not_taken():
    text = "It only appears in responses for administrators until microversion 3.9."
    assert read_description(row("host", text, section="response")) == {}


def test_the_first_statement_counts():
    text = "Limited to 254 characters in length. Before, limited to 64 characters in length."
    assert read_description(row("name", text)) == {"max_length": 254}


def test_a_sentence_of_the_operation_constrains_a_request_parameter():
    found = read(
        "The ``kind`` parameter should be set as ``thin``.", rows=(row("kind"), row("kind", section="response"))
    )
    assert found.parameters == {("request", "kind", "kind"): {"enum": ("thin",)}}
    found = read("The only supported share kind is ``thin``.", rows=(row("grow"), row("kind")))
    assert found.parameters == {("request", "kind", "kind"): {"enum": ("thin",)}}
    assert read("The ``other`` parameter should be set as ``thin``.", rows=(row("kind"),)).parameters == {}


def test_a_preamble_sizes_a_parameter_of_its_name():
    above = (
        Block("Label is a Unicode string no longer than 61 characters.", 3),
        Block("Label is a non-empty string.", 4),
    )
    found = read("Adds a label.", rows=(row("label", location="path"),), preamble=above)
    assert found.parameters == {("request", "label", "label"): {"max_length": 61, "min_length": 1}}


def test_versions_of_a_request_parameter():
    text = "Starting from API version 3.68, the ``force`` parameter is no longer accepted as it was not helpful."
    assert read(text, rows=(row("force"),)).parameters == {("request", "force", "force"): {"max": "3.67"}}
    assert read(text, rows=(row("force", max="3.60"),)).parameters == {}


@pytest.mark.parametrize(
    ("text", "outcome"),
    [
        ("Lists shares.", "nothing"),
        ("Specify the ``grow`` action in the request body.", "nothing"),
        ("Ensure that the preconditions are met, then retry.", "nothing"),
        ("If the share status does not change to ``available``, the grow operation failed.", "nothing"),
        ("After you make this request, you typically must keep polling the share status.", "nothing"),
        ("For example, a share of 5 GiB.", "nothing"),
        ("To list all shares, add the ``all`` query parameter.", "nothing"),
        ("Starting from microversion 3.31 it is kept for all kinds.", "nothing"),
        ("A share holds files.", "nothing"),
        # a mark of a promise keeps a sentence from being taken for granted
        ("A share must have a pool.", "unread"),
        ("Starting with microversion 3.37 the ``size`` field is required.", "unread"),
        ("It is not allowed to move a share between pools.", "unread"),
        ("A share in ``available`` status can be wiped.", "unread"),
        ("The name is no longer than 60 characters.", "unread"),
        ("Unknown keys will be ignored.", "unread"),
        ("A share might enter an ``ERROR`` state.", "nothing"),
        ("There is no guarantee that all shares will be made.", "nothing"),
        ("A share might be small, and must be kept.", "unread"),
        ("Each name is unique.", "unread"),
        ("Only thin shares are supported.", "unread"),
        ("The field will be reported as ``None``.", "unread"),
        ("If it is set, only the name will be returned.", "unread"),
        ("Older versions will not accept it.", "unread"),
    ],
)
def test_what_promises_nothing_and_what_is_unread(text, outcome):
    assert taken(text).outcome == outcome
    assert read(text).unread == ((10,) if outcome == "unread" else ())
