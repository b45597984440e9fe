"""Headers that requests have to carry, of which a sentence tells for a group of operations."""

from __future__ import annotations

from pathlib import Path

import pytest
from reference_files import read, section

from specs.model import Header

INDEX = "Cars\n****\n\n.. include:: doors.inc\n\nTrials\n******\n\n.. include:: trial.inc\n.. include:: wings.inc\n"
TRIAL = (
    "Trial APIs\n**********\n\n.. note::\n\n    The following APIs are part of the `trial feature <https://a.example/b>`_"
    " of version 2.4.\n    They may change. All trial APIs require the\n    ``X-Cars-Trial: True`` header to be sent"
    " in the requests.\n"
)
NEEDED = Header("X-Cars-Trial", "True", 6, path="api-ref/source/trial.inc")


def document(title: str, text: str, method: str = "GET", own: str = "") -> str:
    """A document with one operation, whose introduction has a text."""
    path = f".. rest_method:: {method} /{title.lower().replace(' ', '-')}\n\n{own}"
    return f"{title} (since API v2.3)\n====\n\n{text}\n\n" + section(f"List {title}", path, "-")


def headers(
    tmp_path: Path, doors: str = "", wings: str = "", trial: str = TRIAL, own: str = ""
) -> dict[str, list[Header]]:
    """The headers of the operation of each document."""
    texts: dict[str, str | bytes] = {
        "index.rst": INDEX,
        "doors.inc": document("Car doors", doors, own=own),
        "trial.inc": trial,
        "wings.inc": document("Wings", wings),
    }
    _, specs = read(tmp_path, texts)
    return {name: list(spec.operations[0].request.headers) for name, spec in specs.items() if spec.operations}


def test_a_sentence_about_the_following_apis_is_about_those_of_its_section(tmp_path: Path) -> None:
    """The documents that another one includes below such a heading are its sections."""
    assert headers(tmp_path) == {"doors": [], "wings": [NEEDED]}


@pytest.mark.parametrize(
    "text",
    [
        ".. note::\n\n   Car Door APIs are `trial APIs <#trial-apis>`_ .",
        "Car door APIs are part of the `trial APIs\n<http://cars.example/#trial-apis>`_.",
        "Car doors APIs are part an the ``trial`` feature introduced in version 2.5.",
    ],
)
def test_a_document_may_say_that_its_apis_are_of_the_group(tmp_path: Path, text: str) -> None:
    assert headers(tmp_path, text)["doors"] == [NEEDED]


@pytest.mark.parametrize(
    "text",
    [
        "Car Door APIs are no longer considered trial since API version\n2.55. The ``size`` field is new.",
        "Car Door APIs are no longer trial since API version ``2.55``.",
    ],
)
def test_a_group_may_be_left_in_a_version(tmp_path: Path, text: str) -> None:
    """Until the version before it, requests have to carry the header."""
    assert headers(tmp_path, text)["doors"] == [Header("X-Cars-Trial", "True", 6, max="2.54", path=NEEDED.path)]


def test_the_operation_itself_may_say_that_it_has_left(tmp_path: Path) -> None:
    found = headers(tmp_path, own="Car Door APIs are no longer trial since API version 2.96.")
    assert [header.max for header in found["doors"]] == ["2.95"]


def test_an_operation_that_is_newer_than_the_need_has_none(tmp_path: Path) -> None:
    new = ".. versionadded:: 2.60\n\nCar Door APIs are no longer trial since API version 2.55."
    assert headers(tmp_path, own=new)["doors"] == []


@pytest.mark.parametrize(
    "text",
    [
        "Window APIs are trial APIs.",  # another group's
        "Car APIs are trial APIs.",
        "The Car Doors API is a trial of something.",
        "Car Door APIs are part of the stable APIs.",
        "Specify which car door types are `trial APIs <#trial>`_.",
    ],
)
def test_near_misses_of_the_group(tmp_path: Path, text: str) -> None:
    assert headers(tmp_path, text)["doors"] == []


@pytest.mark.parametrize(
    "sentence",
    [
        "All trial APIs must include the ``X-Cars-Trial: True`` header.",
        "All trial APIs require the ``X-Cars-Trial`` header with a value of ``True``.",
        "Requests must include the ``X-Cars-Trial`` request header, set to ``True``.",
        "The following APIs need the ``X-Cars-Trial: True`` HTTP header.",
    ],
)
def test_other_forms(tmp_path: Path, sentence: str) -> None:
    text = f"Trials\n******\n\nThe following APIs are part of the trial feature.\n\n{sentence}\n"
    assert headers(tmp_path, trial=text)["wings"] == [Header("X-Cars-Trial", "True", 6, path=NEEDED.path)]


@pytest.mark.parametrize(
    "sentence",
    [
        "All trial APIs may include the ``X-Cars-Trial: True`` header.",
        "All trial APIs require the ``X-Cars-Trial: <uuid>`` header.",
        "All trial APIs require the ``X-Cars-Trial: VALUE`` header.",
        "All trial APIs require the ``X-Cars-Trial`` header.",
        "All trial APIs require the ``Content-Type: application/cars`` header.",
        "All trial APIs require the ``X-Auth-Token: abc`` header.",
        "All trial APIs require the ``Cars-API-Version: 2.3`` header.",
        "All trial APIs require the ``X-HTTP-Method-Override: DELETE`` header.",
        "All trial APIs return the ``X-Cars-Trial: True`` header.",
        "All old APIs require the ``X-Cars-Trial: True`` header.",
        "Delete requests must include the ``X-Cars-Trial: True`` header.",
        "Some requests must include the ``X-Cars-Trial: True`` header.",
        "Requests must not include the ``X-Cars-Trial: True`` header.",
        "If the owner is another one, requests must include the ``X-Cars-Trial: True`` header.",
    ],
)
def test_near_misses_of_the_header(tmp_path: Path, sentence: str) -> None:
    text = f"Trials\n******\n\nThe following APIs are part of the trial feature.\n\n{sentence}\n"
    assert headers(tmp_path, trial=text) == {"doors": [], "wings": []}


def test_requests_that_no_group_tells_from_others_leave_the_sentence_unread(tmp_path: Path) -> None:
    asked = "Delete requests must include the ``X-Cars-Seat: 1`` header."
    _, specs = read(tmp_path, {"index.rst": section("List doors", f".. rest_method:: GET /doors\n\n{asked}", "=")})
    (operation,) = next(iter(specs.values())).operations
    assert operation.request.headers == ()
    assert operation.unread


def test_two_sentences_that_differ_give_none(tmp_path: Path) -> None:
    other = TRIAL + "\nAll trial APIs require the ``X-Cars-Trial: yes`` header.\n"
    assert headers(tmp_path, trial=other)["wings"] == []


def test_an_operation_may_name_the_header_itself(tmp_path: Path) -> None:
    found = headers(tmp_path, own="Requests must include the ``X-Cars-Seat: 1`` header.")
    assert [(header.name, header.value, header.path) for header in found["doors"]] == [("X-Cars-Seat", "1", None)]
    assert found["wings"] == [NEEDED]
