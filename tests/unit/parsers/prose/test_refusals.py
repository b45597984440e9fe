"""Refusals that a sentence ties to a cause, in our own words, and sentences that must stay unread."""

from __future__ import annotations

import pytest
from prose_forms import facts, read, row, taken

from parsers.document import Block
from parsers.prose.cause_names import names_of
from parsers.prose.causes import cause_of, causes_of
from parsers.prose.constraints import account_of, read_description
from parsers.prose.rules import Refused
from specs.codec import from_plain, to_plain
from specs.model import When
from specs.refusals import Cause, Refusal

PATH = "/volumes/{volume_id}"


def refused(text: str, *items: str) -> tuple[tuple[int | None, Cause], ...]:
    """The refusals of a sentence, and of the list below it."""
    below = (Block(item, 20 + number, "item", parent=0, depth=1) for number, item in enumerate(items))
    found = read(Block(text, 10), *below, path=PATH).refusals
    return tuple((refusal.code, refusal.cause) for refusal in found)


@pytest.mark.parametrize(
    ("text", "code", "cause"),
    [
        ("If the zone is not found, a 400 error is returned.", 400, Cause(missing=("zone",))),
        (
            "400 - BadRequest - if the `zone` is not found in your cloud, to prevent typos.",
            400,
            Cause(missing=("zone",)),
        ),
        ("The API returns 404 if no zones are found with the given zone name.", 404, Cause(missing=("zone name",))),
        ("404 (if the lid does not exist)", 404, Cause(missing=("lid",))),
        ("**404 (Not Found)**: Returned if the volume does not exist.", 404, Cause(missing=("volume",))),
        ("The request fails with 409 when the volume is locked.", 409, Cause(locked=True)),
        ("409 - the scanner has locked this lid for cleaning", 409, Cause(locked=True)),
        ("404 - lid not found for Lid ID", 404, Cause(missing=("lid",))),
        ("If the scanner doesn't find lid {lid_id}, it will return 404.", 404, Cause(missing=("lid_id",))),
        (
            "Attempting to delete a volume that is still used by a server will result in a 409.",
            409,
            Cause(used_by=("server",)),
        ),
        ("If any servers are using this volume the service returns a 409 error.", 409, Cause(used_by=("server",))),
        ("A 409 is returned if another volume exists with the same name.", 409, Cause(taken=("name",))),
        ("If you specify both lid and box, this operation returns a 400 error.", 400, Cause(present=("lid", "box"))),
        (
            "If you specify ``lid`` without a ``box``, the request returns a 400 error.",
            400,
            Cause(present=("lid",), absent=("box",)),
        ),
        (
            "``lid`` can only be specified together with ``box``, otherwise a 400 is returned.",
            400,
            Cause(present=("lid",), absent=("box",)),
        ),
        (
            "The value of the ``since`` must be earlier than or equal to the value of the ``until`` "
            "otherwise the API returns 400.",
            400,
            Cause(ascending=("since", "until")),
        ),
        ("If you are not an administrative user the service returns a 403 error.", 403, Cause(lacks=("admin",))),
        (
            "If you try to delete a protected volume, the call returns the 403 response code.",
            403,
            Cause(resource="volume", has=(("protected", True),)),
        ),
        (
            "If the back-end driver does not support this, the call returns a 501 error.",
            501,
            Cause(environment="back-end-driver"),
        ),
        (
            "If the ``lid`` attribute is not set to ``blue``, the request returns the 403 response code.",
            403,
            Cause(has_not=(("lid", "blue"),)),
        ),
        (
            "If the project does not have sufficient volume quota, the API returns a 403 error.",
            403,
            Cause(quota=("volume",)),
        ),
    ],
)
def test_a_code_with_its_cause(text: str, code: int, cause: Cause) -> None:
    assert refused(text) == ((code, cause),)
    assert taken(text, path=PATH).outcome == "fact"


@pytest.mark.parametrize(
    ("text", "cause"),
    [
        ("A volume cannot be deleted if it is still used by a server or a group.", Cause(used_by=("server", "group"))),
        ("You cannot delete a volume while it is still attached to a server.", Cause(used_by=("server",))),
        ("This operation fails if the volume contains any snapshots.", Cause(used_by=("snapshot",))),
        ("You cannot delete a volume if it has snapshots created from it.", Cause(used_by=("snapshot",))),
        (
            "The operation fails if any snapshots allocated from the volume are still in use.",
            Cause(used_by=("snapshot",)),
        ),
        ("If the volume has snapshots, the request is rejected.", Cause(used_by=("snapshot",))),
        ("This operation fails unless the volume is empty.", Cause(has=(("empty", False),))),
    ],
)
def test_what_cannot_be_done_without_a_code(text: str, cause: Cause) -> None:
    assert refused(text) == ((None, cause),)


def test_two_causes_are_two_refusals() -> None:
    text = "404 (if the pump is not available or the volume is not found)"
    assert refused(text) == ((404, Cause(environment="not-supported")), (404, Cause(missing=("volume",))))


def test_a_list_of_reasons_is_a_list_of_refusals() -> None:
    lead = "The operation returns the 409 response code for one of these reasons:"
    assert refused(lead, "The name already exists.", "The volume is locked.") == (
        (409, Cause(taken=("name",))),
        (409, Cause(locked=True)),
    )


def test_a_list_of_reasons_of_which_one_is_not_understood_stays_unread() -> None:
    lead = Block("The operation returns the 409 response code for one of these reasons:", 10)
    items = ("The volume is locked.", "Nobody knows the volume.")
    below = (Block(item, 20 + number, "item", parent=0, depth=1) for number, item in enumerate(items))
    found = read(lead, *below, path=PATH)
    assert ([refusal.line for refusal in found.refusals], found.unread) == ([20], (10,))


def test_conditions_that_must_all_hold_are_no_list_of_reasons() -> None:
    assert (
        refused("It returns 409, which happens when all the following conditions are met:", "The volume is locked.")
        == ()
    )


@pytest.mark.parametrize(
    "text",
    [
        "Such a request is rejected with 409 error.",
        "The request is rejected with 409 if the moon is full of cheese that nobody ate.",
        "Otherwise, the operation returns the 400 response code.",
        "409 is returned if the volume is not in a state in which it can be wiped.",
        "This will always fail with a 501 error.",
    ],
)
def test_a_code_without_a_cause_that_is_understood_stays_unread(text: str) -> None:
    assert refused(text) == ()
    assert taken(text, path=PATH).outcome == "unread"
    assert {code.code for code in read(text, path=PATH).error}, "the code itself is documented nevertheless"


def test_a_cause_of_which_only_a_part_is_understood_stays_unread() -> None:
    text = "A 409 is returned if the name already exists or if somebody dreamt of it on a rainy day."
    assert refused(text) == ((409, Cause(taken=("name",))),)
    assert taken(text, path=PATH).outcome == "unread"


def test_the_refusals_of_a_description_are_the_parameters() -> None:
    text = "If a specified flavour ID is the same as the current one, the request returns a 400 error."
    assert read_description(row("size", description=text))["refusals"] == (Refusal(Cause(unchanged=("size",)), 400),)
    assert "refusals" not in read_description(row("size", description=text, section="response"))


def test_a_description_that_no_rule_reads_is_unread_at_its_line() -> None:
    text = "The size.\nIt is rejected with 409 on Sundays.\n\nOne of ``a`` or ``b``."
    assert [said.outcome for said in account_of(row("size", description=text))] == ["nothing", "unread", "fact"]


def test_versions_of_a_refusal() -> None:
    text = "Since microversion 3.5, if the zone is not found, a 400 error is returned."
    found = [fact.refusal for fact in facts(text, path=PATH) if isinstance(fact, Refused)]
    assert [(refusal.min, refusal.max, refusal.line) for refusal in found] == [("3.5", None, 10)]


@pytest.mark.parametrize("name", ["``Seal: red`` header", "``Seal`` header", "``Seal``"])
def test_what_the_request_leaves_out_has_it_rejected(name):
    text = f"If the client does not include a {name} the request will be rejected."
    assert refused(text) == ((None, Cause(absent=("Seal",))),)


@pytest.mark.parametrize("phrase", ["that which nobody knows of", "", "a b c d e f", "host that already in"])
def test_a_phrase_that_is_no_name(phrase: str) -> None:
    assert names_of(phrase) == ()


def test_a_clause_of_an_unknown_form_has_no_cause() -> None:
    assert cause_of("pigs fly") is None
    assert causes_of("pigs fly or cows swim") == ((), False)


def test_a_refusal_is_written_and_read_back() -> None:
    refusal = Refusal(Cause(missing=("zone",), has=(("protected", True),)), 404, 7, "2.1")
    assert from_plain(Refusal, to_plain(refusal)) == refusal
    assert to_plain(Refusal(Cause(locked=True))) == {"cause": {"locked": True}}


@pytest.mark.parametrize(
    ("text", "cause"),
    [
        ("This may only be requested with ``lid=shut``.", Cause(present=("size",), has_not=(("lid", "shut"),))),
        ("It can only be specified together with ``lid``.", Cause(present=("size",), absent=("lid",))),
    ],
)
def test_a_parameter_that_needs_another_one(text: str, cause: Cause) -> None:
    assert read_description(row("size", description=text))["refusals"] == (Refusal(cause),)


@pytest.mark.parametrize(
    ("text", "name", "allowed"),
    [
        ("The state to be set, ``afloat`` or ``sunken`` are valid.", "state", ("afloat", "sunken")),
        (
            "The boat status, which can be ``afloat``, ``moored`` or ``sunken``.",
            "status",
            ("afloat", "moored", "sunken"),
        ),
    ],
)
def test_statuses_that_a_description_gives(text: str, name: str, allowed: tuple[str, ...]) -> None:
    assert read_description(row(name, description=text))["enum"] == allowed


def test_a_description_bounds_the_status_for_requests_with_the_parameter() -> None:
    text = "Specifying a berth is only allowed when the boat status is ``MOORED`` otherwise a 409 is returned."
    (condition,) = read("Moors.", path="/boats/{boat_id}", rows=(row("berth", description=text),)).preconditions
    assert (condition.resource, condition.any_of, condition.code) == ("boat", ("MOORED",), 409)
    assert (condition.when, condition.line) == (When(present=("berth",)), 1)


def test_a_condition_that_the_operation_states_too_is_one() -> None:
    text = "It is only allowed when the boat status is ``MOORED``."
    said = "The boat status must be ``MOORED``."
    assert len(read(said, path="/boats/{boat_id}", rows=(row("berth", description=text),)).preconditions) == 1


@pytest.mark.parametrize(
    ("text", "section"),
    [
        ("Only valid when the boat is in ``MOORED`` state.", "response"),
        ("If set, the ``kind`` value must be ``big``.", "request"),
        ("Since microversion 3.4, only allowed when the boat status is ``MOORED``.", "request"),
    ],
)
def test_a_description_that_bounds_no_status(text: str, section: str) -> None:
    assert (
        read("Moors.", path="/boats/{boat_id}", rows=(row("berth", description=text, section=section),)).preconditions
        == ()
    )


@pytest.mark.parametrize(
    ("text", "unread"),
    [
        ("The time when the boat was painted.", False),
        ("If it is painted, it is blue.", True),
        ("The colour, which must be blue.", True),
        ("The time.  The ``±hh:mm`` value, if included, is the time zone.", False),
        ("The time.  When it is painted, the boat will be blue.", True),
    ],
)
def test_the_first_sentence_of_a_description_is_its_meaning(text: str, unread: bool) -> None:
    assert any(said.outcome == "unread" for said in account_of(row("size", description=text))) is unread


def test_the_values_of_a_boolean_need_no_rule() -> None:
    text = "Whether it floats. A valid value is ``true`` or ``false``."
    assert {said.outcome for said in account_of(row("floats", description=text, type="boolean"))} == {"nothing"}


@pytest.mark.parametrize(
    "text",
    [
        "This operation has no request parameters and does not accept a request body.",
        "This call does not allow a request body.",
        "Sorting query parameters are supported if the cloud is set so.",
    ],
)
def test_what_the_table_says_too_promises_nothing(text: str) -> None:
    assert taken(text).outcome == "nothing"


@pytest.mark.parametrize("times", [20, 60, 120])
def test_a_clause_without_end_is_no_cause(times: int) -> None:
    clause = "the volume or " * times + "the lid is not found"
    assert cause_of(clause) is None
    assert refused(f"If {clause}, the call returns a 409 error.") == ()
