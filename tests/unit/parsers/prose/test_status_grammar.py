"""Sentences made by a small grammar of English: the reader finds the facts from which each was made, and no other.

A sentence is a frame ("A share can be moved only if ..."), a clause about a status ("its status is ...") and values.
"""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from prose_forms import facts

from parsers.prose.rules import Fact, Post, Pre, Refused
from specs.model import Condition, When
from specs.refusals import Cause, Refusal

IS = (
    "the share {is} in the {values} state",
    "the share {is} in {values} status",
    "the share {is} in state {values}",
    "its status {is} {values}",
    "the status of the share {is} {values}",
    "the share status {is} {values}",
    "the share's status {is} {values}",
    "the **status** of the share {is} {values}",
    "the value of the share status {is} {values}",
    "the share {is} in one of the following states: {values}",
    "the share status {is} one of the following: {values}",
    "the status of the share {is} either {values}",
)
WHICH = (
    "in the {values} state",
    "that {are} in the {values} state",
    "which {are} in {values} status",
    "whose status is {values}",
    "with status {values}",
    "with a status of {values}",
    "that {have} the status {values}",
)
NEEDS = (
    "A share can be moved only {if} {is}.",
    "A share can only be moved {if} {is}.",
    "A share may be moved only {if} {is}.",
    "You can move a share only {if} {is}.",
    "You can only move a share {if} {is}.",
    "This operation is only allowed {if} {is}.",
    "This operation is allowed only {if} {is}.",
    "This operation can be performed only {if} {is}.",
    "The operation is available only {if} {is}.",
    "The operation succeeds only {if} {is}.",
    "Only {if} {is} can it be moved.",
    "A share can be moved if and only if {is}.",
    "A share can be moved provided that {is}.",
    "A share can be moved as long as {is}.",
    "A share cannot be moved unless {is}.",
    "Shares cannot be moved until {is}.",
    "You cannot move a share unless {is}.",
    "The request fails unless {is}.",
    "This operation requires that {is}.",
    "It is required that {is}.",
    "Before you move it, make sure that {is}.",
    "Ensure that {is}.",
    "The request is rejected {if} {is not}.",
    "A share cannot be moved {if} {is not}.",
    "If {is not}, the share cannot be moved.",
    "If {is not}, the request fails.",
    "To move a share, {must}.",
    "In order to move a share, {must}.",
    "Before a share can be moved, {must}.",
    "For the move to succeed, {must}.",
    "You can move a share, but {must}.",
)
REFUSALS = (
    "A share cannot be moved {if} {is}.",
    "The share can not be moved {if} {is}.",
    "You cannot move a share {if} {is}.",
    "You must not move a share {if} {is}.",
    "Do not call this operation {if} {is}.",
    "This operation cannot be performed {if} {is}.",
    "This operation is not allowed {if} {is}.",
    "This operation is not supported {if} {is}.",
    "This operation is unavailable {if} {is}.",
    "The request fails {if} {is}.",
    "The request is rejected {if} {is}.",
    "If {is}, the share cannot be moved.",
    "When {is}, the request is rejected.",
)
ONLY_SUCH = (
    "Only shares {many} can be moved.",
    "Only a share {one} can be moved.",
    "You can move only shares {many}.",
    "You can only move shares {many}.",
    "This operation is only available for shares {many}.",
    "This API is used to move a share {one}.",
)
NOT_SUCH = (
    "A share {one} cannot be moved.",
    "Shares {many} cannot be moved.",
    "You cannot move a share {one}.",
    "Moving shares {many} is not allowed.",
    "No share {one} can be moved.",
    "This operation is not supported for shares {many}.",
    "This operation cannot be performed on shares {many}.",
)
MUST = ("must be", "has to be", "needs to be", "should be", "is required to be")
MUST_NOT = ("must not be", "cannot be", "can not be", "should not be")
TAILS = (
    "",
    " before you can move it",
    " before calling this API",
    " in order to move it",
    "; otherwise, it is rejected",
)
values = st.sampled_from(
    [
        ("``idle``",),
        ("``idle``", "``ready``"),
        ("**idle**", "**half-open**", "**ready**"),
        ("IDLE", "READY"),
        ("available",),
        ("available", "error"),
        ("Mounted",),
    ]
)
words = st.sampled_from(["if", "when", "while"])


def filled(form: str, verb: str, held: tuple[str, ...]) -> str:
    listed = held[0] if len(held) == 1 else f"{', '.join(held[:-1])} or {held[-1]}"
    return form.format(**{"is": verb, "are": verb, "have": "has" if verb == "is" else "have", "values": listed})


def framed(frame: str, form: str, word: str, held: tuple[str, ...]) -> str:
    forms = {"is": "is", "is not": "is not", "must": "must be"}
    return frame.format(**{"if": word} | {key: filled(form, verb, held) for key, verb in forms.items()})


def stated(text: str) -> set[Fact]:
    return {fact for fact in facts(text) if isinstance(fact, Pre | Post | Refused)}


def bare(held: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(value.strip("`*") for value in held)


def need(held: tuple[str, ...]) -> set[Fact]:
    return {Pre(Condition("status", "share", 10, any_of=bare(held)))}


def refusal(held: tuple[str, ...]) -> set[Fact]:
    return {Refused(Refusal(Cause(resource="share", status=bare(held)), None, 10))}


@given(st.sampled_from(NEEDS), st.sampled_from(IS), words, values)
def test_a_need_is_found(frame, form, word, held):
    assert stated(framed(frame, form, word, held)) == need(held)


@given(st.sampled_from(REFUSALS), st.sampled_from(IS), words, values)
def test_a_refusal_is_found(frame, form, word, held):
    assert stated(framed(frame, form, word, held)) == refusal(held)


@given(
    st.sampled_from([form for form in IS if "its" not in form]), st.sampled_from(MUST), st.sampled_from(TAILS), values
)
def test_what_must_be_is_a_need(form, verb, tail, held):
    text = filled(form, verb, held) + tail
    assert stated(f"{text[0].upper()}{text[1:]}.") == need(held)


@given(st.sampled_from([form for form in IS if "its" not in form]), st.sampled_from(MUST_NOT), values)
def test_what_must_not_be_is_a_refusal(form, verb, held):
    text = filled(form, verb, held)
    assert stated(f"{text[0].upper()}{text[1:]}.") == refusal(held)


@given(st.sampled_from(WHICH), values, st.data())
def test_a_phrase_after_a_noun_counts_with_its_sentence(form, held, data):
    phrases = {"many": filled(form, "are", held), "one": filled(form, "is", held)}
    assert stated(data.draw(st.sampled_from(ONLY_SUCH)).format(**phrases)) == need(held)
    assert stated(data.draw(st.sampled_from(NOT_SUCH)).format(**phrases)) == refusal(held)


def status(*any_of: str, **more: object) -> Pre:
    return Pre(Condition("status", more.pop("resource", "share"), 10, any_of=any_of, **more))


def refused(*held: str) -> Refused:
    return Refused(Refusal(Cause(resource="share", status=held), None, 10))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("A share can be moved only when the share and the pool are in the OPEN state.",
         [status("OPEN"), status("OPEN", resource="pool")]),
        ("It can be sold only when the share of the new pool is in the OPEN state.", [status("OPEN")]),
        ("The share to be moved must be in the idle state.", [status("idle")]),
        ("The share (an old one) must be in the idle state.", [status("idle")]),
        ("A share must be in the idle or moored state, which is shown by **x:sail_state**.",
         [status("idle", "moored", attribute="x:sail_state")]),
        ("The **x:sail_state** attribute must be **moored**.", [status("moored", attribute="x:sail_state")]),
        ("You can move shares only in the moored state.", [status("moored")]),
        ("It cannot be moved if the share is in any of the following statuses: sinking, taking in water, or sunk.",
         [refused("sinking", "taking in water", "sunk")]),
        ("The **sail_status** of the share cannot be **torn**.",
         [Refused(Refusal(Cause(has=(("sail_status", "torn"),)), None, 10))]),
        ("If the value of **force** is set to **yes**, the share enters the **SINKING** state.",
         [Post(Condition("status", "share", 10, transient=("SINKING",), when=When(request=(("force", "yes"),))))]),
        ("This API is used to change the share status from **idle** to **moored**.",
         [Post(Condition("status", "share", 10, becomes=("moored",), when=When(status=("idle",))))]),
    ],
)  # fmt: skip
def test_further_forms(text, expected):
    assert stated(text) == set(expected)


@pytest.mark.parametrize(
    "text",
    [
        "This API is used to query the number of all shares that are in the **idle** state.",
        "This API is used to create a share in the **idle** state.",
        "The shares are stopped only when their status is **idle**.",
        "The share must be in the same state.",
        "The share must be in a consistent state.",
        "In the case of failure, the share status goes back to ``idle``.",
    ],
)
def test_what_is_no_condition_is_left_alone(text):
    assert stated(text) == set()


def test_an_abbreviation_of_the_title_is_the_thing_of_the_path():
    place = {"path": "/v2/{project_id}/boats/{boat_id}/action", "title": "Selling a BBX"}
    assert facts("A BBX in the moored state cannot be sold.", **place) == (
        Refused(Refusal(Cause(resource="boat", status=("moored",)), None, 10)),
    )
