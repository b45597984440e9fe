"""Sentences made by a small grammar of English: the reader finds the facts from which each was made."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st
from prose_forms import facts

from parsers.prose.rules import Post, Pre, Refused
from specs.model import Condition
from specs.refusals import Cause, Refusal

FURTHER_NEEDS = (
    "To move a share, {is must}.",
    "In order to move a share, {is must}.",
    "Before a share can be moved, {is must}.",
    "Before you move a share, {is must}.",
    "For the move to succeed, {is must}.",
    "You can move a share, but {is must}.",
    "A share can be moved if and only if {is}.",
    "Only when {is} can it be moved.",
    "The operation succeeds only if {is}.",
    "The operation works only if {is}.",
    "{Is must}; otherwise, the request is rejected.",
    "{Is must} for the operation to succeed.",
    "{Is must} when you call this operation.",
    "{Is must} before you can move it.",
    "{Is must} before calling this API.",
    "{Is must} in order to move it.",
    "It is required that {is}.",
)
VALUES = (("``idle``",), ("``idle``", "``ready``"), ("**idle**", "**half-open**", "**ready**"), ("IDLE", "READY"),
          ("available",), ("available", "error"), ("Mounted",))  # fmt: skip
IS = (
    "the share {is} in {the} {values} state",
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
"""Clauses about a status, with a place for the verb."""
WHICH = (
    "in {the} {values} state",
    "that {are} in {the} {values} state",
    "which {are} in {values} status",
    "whose status is {values}",
    "with status {values}",
    "with a status of {values}",
    "that {have} the status {values}",
)
"""Phrases after a noun."""
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
    "A share can be moved provided that {is}.",
    "A share can be moved as long as {is}.",
    "A share cannot be moved unless {is}.",
    "Shares cannot be moved until {is}.",
    "You cannot move a share unless {is}.",
    "This operation requires that {is}.",
    "Before you move it, make sure that {is}.",
    "Ensure that {is}.",
    "The request fails unless {is}.",
    "The request is rejected {if} {is not}.",
    "If {is not}, the share cannot be moved.",
    "If {is not}, the request fails.",
    "A share cannot be moved {if} {is not}.",
)
REFUSALS = (
    "A share cannot be moved {if} {is}.",
    "The share can not be moved {if} {is}.",
    "You cannot move a share {if} {is}.",
    "You must not move a share {if} {is}.",
    "This operation cannot be performed {if} {is}.",
    "This operation is not allowed {if} {is}.",
    "This operation is not supported {if} {is}.",
    "This operation is unavailable {if} {is}.",
    "The request fails {if} {is}.",
    "The request is rejected {if} {is}.",
    "If {is}, the share cannot be moved.",
    "When {is}, the request is rejected.",
)
MUST = ("must be", "has to be", "needs to be", "should be", "is required to be")
MUST_NOT = ("must not be", "cannot be", "can not be", "should not be")


def listed(values: tuple[str, ...]) -> str:
    return values[0] if len(values) == 1 else f"{', '.join(values[:-1])} or {values[-1]}"


def bare(values: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(value.strip("`*") for value in values)


def clause(form: str, verb: str, values: tuple[str, ...]) -> str:
    return form.format(**{"is": verb, "values": listed(values), "the": "the"})


def upper(text: str) -> str:
    return text[0].upper() + text[1:]


def stated(text: str) -> list[object]:
    return [fact for fact in facts(text) if isinstance(fact, Pre | Post | Refused)]


def need(values: tuple[str, ...]) -> Pre:
    return Pre(Condition("status", "share", 10, any_of=bare(values)))


def refusal(values: tuple[str, ...]) -> Refused:
    return Refused(Refusal(Cause(resource="share", status=bare(values)), None, 10))


def all_sentences():
    for values in VALUES:
        for form in IS:
            for frame, word in itertools.product(NEEDS, ("if", "when", "while")):
                text = frame.format(**{"if": word, "is": clause(form, "is", values), "is not": clause(form, "is not", values)})
                yield text, need(values)
            for frame, word in itertools.product(REFUSALS, ("if", "when", "while")):
                yield frame.format(**{"if": word, "is": clause(form, "is", values)}), refusal(values)
            for frame in FURTHER_NEEDS:
                be = {"is": clause(form, "is", values), "is must": clause(form, "must be", values), "is to": clause(form, "to be", values)}
                if "its" in form and "{Is" in frame: continue
                yield frame.format(**be, **{"Is must": upper(be["is must"]), "Is to": upper(be["is to"])}), need(values)
            if "its" not in form:
                for verb in MUST: yield upper(clause(form, verb, values)) + ".", need(values)
                for verb in MUST_NOT: yield upper(clause(form, verb, values)) + ".", refusal(values)
        for form in WHICH:
            many, one = (form.format(values=listed(values), the="the", are=v, have=h) for v, h in (("are", "have"), ("is", "has")))
            yield f"Only shares {many} can be moved.", need(values)
            yield f"Only a share {one} can be moved.", need(values)
            yield f"You can move only shares {many}.", need(values)
            yield f"You can only move shares {many}.", need(values)
            yield f"This operation is only available for shares {many}.", need(values)
            yield f"This API is used to move a share {one}.", need(values)
            yield f"A share {one} cannot be moved.", refusal(values)
            yield f"Shares {many} cannot be moved.", refusal(values)
            yield f"You cannot move a share {one}.", refusal(values)
            yield f"Moving shares {many} is not allowed.", refusal(values)
            yield f"No share {one} can be moved.", refusal(values)
            yield f"This operation is not supported for shares {many}.", refusal(values)
            yield f"This operation cannot be performed on shares {many}.", refusal(values)
