"""Response codes: lists, explanations, prose, versions."""

import pytest
from prose_forms import facts, read

from parsers.document import Block, StatusRow
from parsers.prose.code_lists import read_list, read_lists
from parsers.prose.codes import codes_in
from specs.model import Code


def listed(text, *items):
    blocks = tuple(Block(t, 20 + n, "item", parent=0, depth=1) for n, t in enumerate(items))
    return read_list(Block(text, 10, "codes"), blocks)


@pytest.mark.parametrize(
    ("text", "kind", "codes"),
    [
        ("Normal response codes: 202", "normal", [202]),
        ("Normal Response Code: 200,204", "normal", [200, 204]),
        ("Success codes: 200", "normal", [200]),
        (
            "Error response codes: badRequest(400), gone (410) conflict(409),\nforbidden(403)",
            "error",
            [400, 410, 409, 403],
        ),
        ("Error codes:401,404", "error", [401, 404]),
        ("Normal response code: 204 (No content)", "normal", [204]),
    ],
)
def test_lists(text, kind, codes):
    found = listed(text)
    assert found[0] == kind
    assert [c.code for c in found[1]] == codes
    assert {c.line for c in found[1]} == {10}


def test_names_are_kept_as_written():
    assert [c.name for c in listed("Error response codes: badRequest(400), 404, notfound(404)")[1]] == [
        "badRequest", None, "notfound",
    ]  # fmt: skip


def test_ranges_of_versions_hold_no_codes():
    assert listed("Normal response codes: 200 (microversions 3.0 - 3.100), 202 (microversion 3.101 - )")[1] == (
        Code(200, 10, min="3.0", max="3.100"),
        Code(202, 10, min="3.101"),
    )


def test_a_list_below_the_label_gives_each_item_its_line():
    found = listed("Error codes:", "400 (if the size is 100)", "404 (if it is gone)")
    assert [(c.code, c.line) for c in found[1]] == [(400, 20), (404, 21)]


@pytest.mark.parametrize(
    "text", ["Error handling is described below.", "Codes are 200 and 400.", "Normal requests: many"]
)
def test_no_list(text):
    assert listed(text) is None


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        ("Such a share is rejected with 409 error.", (409,)),
        ("If the pool is full, the request will fail with a 403 (Forbidden).", (403,)),
        ("The call returns the ``Bad Request (400)`` response code.", (400,)),
        ("The service returns the HTTP ``404`` response code.", (404,)),
        ("`409 Conflict` if the share has backups.", (409,)),
        ("400 - BadRequest - the pool is not known.", (400,)),
        ("A 201 will be returned if it was created, 204 will be returned if not.", (201, 204)),
        ("otherwise HTTP 412 is returned", (412,)),
        ("Otherwise returns 404.", (404,)),
        ("It returns 404.5 of them with an error.", ()),
        # near misses
        ("Limited to 255 characters.", ()),
        ("The name holds at most 400 bytes.", ()),
        ("It defaults to ``200``.", ()),
        ("Since microversion 2.100 the share is kept.", ()),
        ("It redirects with the HTTP ``Found (302)`` response code.", ()),
        ("It listens on port 443.", ()),
        ("See https://example.org/404 for more.", ()),
    ],
)
def test_codes_in_prose(text, codes):
    assert codes_in(text) == codes


def test_prose_adds_only_what_no_list_has():
    found = read(
        Block("Normal response codes: 202", 10, "codes"),
        Block("Error response codes: notFound(404)", 11, "codes"),
        "The request fails with a 404 error. A full pool is rejected with 409 error.",
    )
    assert [(c.code, c.listed) for c in found.error] == [(404, True), (409, False)]


def test_codes_of_a_table_are_not_repeated():
    from dataclasses import replace

    from prose_forms import CONTEXT, operation

    from parsers.prose import read_operation

    source = replace(operation("A full pool is rejected with 409 error."), statuses=(StatusRow("error", 409, 3),))
    assert read_operation(source, CONTEXT).error == ()


def test_a_version_qualifies_a_code_in_prose():
    (code,) = facts("Starting with microversion 3.8, a 400 error is returned.")
    assert (code.when.min, code.when.max) == ("3.8", None)


def test_a_gone_operation_is_no_code():
    assert read("This API will fail with a 404 starting from microversion 3.8.").error == ()


def test_a_code_changed_in_a_version():
    found = read(
        Block("Normal response codes: 200, 201", 10, "codes"),
        "The success status code was changed from 200 to 201 in version 3.2",
    )
    assert found.normal == (Code(200, 10, max="3.1"), Code(201, 10, min="3.2"))


def test_two_lists_in_one_paragraph_are_two_lists():
    text = "Normal response codes: 200\nError response codes: badRequest(400), gone(410)"
    found = read_lists(Block(text, 10, "codes"))
    assert [(kind, [c.code for c in codes]) for kind, codes in found] == [("normal", [200]), ("error", [400, 410])]


def test_what_follows_the_first_sentence_of_a_list_is_no_part_of_it():
    text = "Error response codes: missing(404) where there is no widget. (Without parts the answer is 200 and empty.)"
    assert [c.code for _, codes in read_lists(Block(text, 10, "codes")) for c in codes] == [404]


def test_a_list_goes_on_over_lines():
    text = "Error response codes: bad(400), none(401),\ngone(410)"
    assert [c.code for _, codes in read_lists(Block(text, 10, "codes")) for c in codes] == [400, 401, 410]
