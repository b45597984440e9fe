"""What a description says of a parameter that is left out, reserved, defaulted, null, or bounded in its parts."""

import pytest
from prose_forms import operation, row, taken

from parsers.document import Block, FileContext
from parsers.prose import read_operation
from parsers.prose.constraints import account_of, read_description


def said(text, name="colour", **extra):
    return {k: v for k, v in read_description(row(name, text, **extra)).items() if k != "blanks"}


@pytest.mark.parametrize(
    ("text", "kind", "found"),
    [
        ("`red` by default.", "string", "red"),
        ("By default this is False.", "boolean", False),
        ("It defaults to 1.0.", "float", 1.0),
        ("Default is True if not specified.", "boolean", True),
        ("If you omit the colour, the default is ``red``.", "string", "red"),
        ("If not specified, the default is ``red``.", "string", "red"),
        ("The paint, defaults to 'red'.", "string", "red"),
        ("Sorts by a car attribute. Default attribute is ``red``.", "string", "red"),
    ],
)
def test_defaults(text, kind, found):
    assert said(text, type=kind)["default"] == found
    assert said(text, type=kind, section="response")["default"] == found


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("This is the default value of ``paint`` of a new car.", "string"),
        ("If you omit the wheel in a set, the default is ``red``.", "string"),
        ("For old cars, the default is ``red``.", "string"),
        ("Default is ``least_paint``.", "integer"),
        ("Default unit is litres and default value is 36.", "string"),
        ("Parts, such as ``weight``: integer (defaults to 1).", "object"),
        ("Since 2.5 the default is ``red``.", "string"),
        ("The default attributes are ``red`` and ``blue``.", "string"),
    ],
)
def test_no_defaults(text, kind):
    assert "default" not in said(text, type=kind)


@pytest.mark.parametrize(
    "text",
    [
        "A ``null`` value indicates that it is not painted.",
        "A setting of ``null`` means it uses the paint of the shop.",
        "The value might be ``null`` (JSON null data type).",
        "To scrap the car, set this value to ``null``.",
        "``null`` for cars without paint.",
        "The value can be None.",
    ],
)
def test_null(text):
    assert said(text)["nullable"] is True
    assert "nullable" not in said(text, location="query")


@pytest.mark.parametrize("text", ["Default is ``None``.", "The paint, defaults to ``null``."])
def test_null_by_default_is_shown_but_nothing_says_that_it_may_be_sent(text):
    assert said(text, section="response")["nullable"] is True
    assert not {"nullable", "default"} & said(text, section="request").keys()


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("If you omit this value, the API generates an ID.", "generated"),
        ("If not provided, one will be generated.", "generated"),
        ("If a colour is not provided, then a new one will be assigned.", "generated"),
        ("If you omit this parameter, the scheduler chooses a colour.", "chosen"),
        ("If omitted, the colour defaults to the calling tenant.", "caller"),
        ("All lines will be returned if this is not specified.", "all"),
        ("If you omit this parameter, the current time is used.", "now"),
    ],
)
def test_parameters_that_are_left_out(text, found):
    assert said(text)["omitted"] == found
    assert "omitted" not in said(text, section="response")
    assert "omitted" not in said(text, required=True)


@pytest.mark.parametrize(
    "text",
    [
        "If the wheel is not specified, the scheduler chooses a colour.",
        "If this is omitted, it rains.",
        "If this is omitted and ``b`` is true, the API generates one.",
        "Since 2.5, if not provided, one will be generated.",
    ],
)
def test_no_parameters_that_are_left_out(text):
    assert "omitted" not in said(text)


@pytest.mark.parametrize(
    ("text", "last"),
    [
        ("This parameter is only valid when specified by administrators.", None),
        ("If non-admin users specify this parameter, it is ignored.", None),
        ("By default this is only allowed by admin users.", None),
        ("By default, it can be specified by administrators only.", None),
        ("This parameter is restricted to administrators until microversion 2.83.", "2.82"),
        ("If non-admin users specify this parameter before microversion 2.90, it is ignored.", "2.89"),
        ("Up to microversion 2.4, this parameter is only valid when specified by administrators.", "2.4"),
    ],
)
def test_reserved_parameters(text, last):
    found = said(text, location="query")
    assert (found["reserved_to"], found.get("reserved_max")) == ("admin", last)


@pytest.mark.parametrize(
    "text",
    [
        "``red`` is only allowed for admin users.",
        "It is allowed for administrators and members.",
        "Since 2.5, this parameter is only valid when specified by administrators.",
        "This is only allowed by users with the role painter.",
    ],
)
def test_parameters_that_are_not_reserved(text):
    assert "reserved_to" not in said(text)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Each tag is a string of at most 60 characters.", {"max_part_length": 60}),
        ("The maximum size for each key and value pair is 255 bytes.", {"max_part_length": 255}),
        ("The list is restricted to a maximum of 50 IDs.", {"max_items": 50}),
        ("Each car can have up to 5 colours.", {}),
        ("Each car can have up to 5 tags.", {"max_items": 5}),
    ],
)
def test_sizes_of_parts(text, found):
    assert said(text, name="tags", type="array") == found
    assert "max_items" not in said(text, name="tags", type="string")


def test_values_that_a_sentence_leaves():
    assert said("Currently only ``red`` is supported.")["enum"] == ("red",)
    assert said("It will always be set to ``false``.", type="boolean", section="response")["enum"] == (False,)
    assert "enum" not in said("It will always be set to ``false``.", type="boolean")
    assert said("A valid value is asc (up) or desc (down).")["enum"] == ("asc", "desc")
    assert said("Valid value is one of: ``a``, ``b``, or ``c``.")["enum"] == ("a", "b", "c")


def test_a_version_in_front_of_a_description():
    assert said("(Since v3.2) The paint.")["min"] == "3.2"
    assert said("Available starting with API microversion 1.114.")["min"] == "1.114"
    assert said("*(Since Paint API v2.7)*")["min"] == "2.7"
    assert "min" not in said("The paint. (Since v3.1) It is red.")
    assert [s.outcome for s in account_of(row("colour", "(Since v3.2) If it rains, it fails."))] == ["unread"]


def test_an_item_that_names_a_parameter_is_its_description():
    item = Block("``colour`` The paint. The default is ``red``.", 10, "item")
    found = read_operation(
        operation(item, rows=(row("colour"),)), FileContext("api-ref/source/things.inc", "Things")
    ).parameters
    assert [dict(fields) for fields in found.values()] == [{"default": "red"}]
    other = Block("``wheel`` The default is ``red``.", 10, "item")
    assert taken(other, rows=(row("colour"),)).outcome == "unread"
    version = Block("``colour`` (New in version 2.83)", 10, "item")
    assert taken(version, rows=(row("colour"),)).facts == ()
