"""Turns the sentences of an operation, and of its file, into its facts: reads them, joins them, puts them in order."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import lru_cache
from typing import Any

from parsers.document import Block, FileContext, OperationSource, ParameterKey, ParameterRow
from parsers.prose.code_lists import read_code_lists
from parsers.prose.conditions import read_conditions, with_conditions
from parsers.prose.constraints import read_description
from parsers.prose.facts import FileFacts, ProseFacts
from parsers.prose.grammar import Text, read_text
from parsers.prose.headers import around
from parsers.prose.rules import (
    Added,
    AskedFor,
    Carried,
    CodeApart,
    CodeBefore,
    CodeRange,
    Constraint,
    Emptied,
    Fact,
    Failure,
    Gate,
    Grouped,
    Marked,
    MayChange,
    Post,
    Pre,
    Referred,
    Refusal,
    Refused,
    Scope,
    Tabled,
)
from parsers.prose.status_frames import ends
from parsers.prose.status_general import read_title
from parsers.prose.versions import governs_title, of_title
from parsers.prose.vocabulary import vocabularies
from specs import refusals
from specs.model import Body, Code, Condition, Deprecation, Policy, Removal, Versions


def read_operation(source: OperationSource, context: FileContext) -> ProseFacts:
    """Read the sentences of one operation, and those of its file's preamble that apply to it."""
    parameters = {row.key: read_description(row) for row in source.rows}
    enums = {
        row.parameter.name: tuple(parameters[row.key].get("enum", ()))
        for row in source.rows
        if row.section == "request"
    }
    scope = Scope(context, source, enums)
    own = read_text(source.blocks, scope)
    stated = (*read_conditions(source, scope), *(pre.condition for pre in read_title(source, scope)))
    above = _preamble(source.preamble, context)
    normal, error = _codes(source, own)
    placed = (*((context.path, fact) for fact in (*own.facts, *above.facts)), *around(source))
    return ProseFacts(
        normal=normal,
        error=error,
        preconditions=with_conditions(_preconditions(own), stated),
        postconditions=_postconditions(own),
        refusals=_refusals(own.facts),
        microversions=_versions(own, above, source),
        deprecated=_deprecation(own, above, source),
        removed=_first(own, above, Removal),
        policy=_policy(own) or _policy(above),
        body=next((f for f in own.facts if isinstance(f, Body)), Body()),
        carried=tuple((path, fact) for path, fact in placed if isinstance(fact, Carried)),
        groups=tuple(fact for _, fact in placed if isinstance(fact, Grouped)),
        counterpart=next(((f.title, f.line) for f in own.facts if isinstance(f, Referred)), None),
        unread=own.unread,
        unread_sentences=own.unread_sentences,
        parameters=_constrained(source, parameters, (*own.facts, *above.facts)),
    )


def _constrained(
    source: OperationSource, read: dict[ParameterKey, Mapping[str, Any]], facts: tuple[Fact, ...]
) -> dict[ParameterKey, Mapping[str, Any]]:
    """Return the constraints of the descriptions, with those that the operation's sentences add."""
    found = {key: dict(fields) for key, fields in read.items()}
    for fact in facts:
        if isinstance(fact, Added):
            for key in _added_rows(source, fact):
                found[key] = {"min": fact.version, **found[key]}
        if isinstance(fact, AskedFor):
            found[fact.row] = {**found[fact.row], "required": False}
        if isinstance(fact, Tabled | Emptied | Constraint):
            for row in (row for row in source.rows if _is_about(row, fact)):
                found[row.key] = _with(found[row.key], row, fact)
    return {key: fields for key, fields in found.items() if fields}


def _is_about(row: ParameterRow, fact: Tabled | Emptied | Constraint) -> bool:
    """Whether a fact that a sentence of the operation states is about a row."""
    if isinstance(fact, Tabled):
        return row.section == "response" and row.parameter.location in ("body", None)
    section = "response" if isinstance(fact, Emptied) else "request"
    return row.section == section and row.parameter.name.split(".")[-1] == fact.name


def _with(fields: Mapping[str, Any], row: ParameterRow, fact: Tabled | Emptied | Constraint) -> dict[str, Any]:
    """Return the fields of a row with those of a fact about it; the row's own ones go before most of them."""
    if isinstance(fact, Tabled):
        return {**_of_table(row, fact), **fields}
    if isinstance(fact, Emptied):
        return {**fields, "blanks": (*fields.get("blanks", ()), fact.blank)}
    known = {"min": row.parameter.min, "max": row.parameter.max}
    return {**{name: value for name, value in fact.fields if known.get(name) is None}, **fields}


def _of_table(row: ParameterRow, told: Tabled) -> dict[str, Any]:
    """Return the fields of a row that a sentence about its whole table states."""
    # "Most fields" leaves out what identifies a thing, which every answer has.
    fields: dict[str, Any] = {"nullable": True} if told.nullable and not row.parameter.required else {}
    if told.version and row.parameter.required and not (row.parameter.min or row.versions.min):
        fields["required_min"] = told.version
    return fields


def _added_rows(source: OperationSource, new: Added) -> Iterator[ParameterKey]:
    """Give the rows of a field that is new in a version, unless the row itself says since when it exists."""
    for row in source.rows:
        there = new.in_response if row.section == "response" else new.in_request
        own = row.parameter
        if there and own.name.split(".")[-1] == new.name and own.min is None and row.versions.min is None:
            yield row.key


@lru_cache(maxsize=4)
def _preamble(blocks: tuple[Block, ...], context: FileContext) -> Text:
    """Read a file's preamble; cached, because all operations of the file need it."""
    return read_text(blocks, Scope(context))


def read_file(context: FileContext, operations: Sequence[OperationSource] = ()) -> FileFacts:
    """Read the sentences of a file outside of its operations, and the vocabularies of the whole file."""
    text = read_text(context.blocks, Scope(context))
    found = list(vocabularies(context.blocks, Scope(context)))
    for source in operations:
        found += vocabularies(source.blocks, Scope(context, source))
    parameters = {row.key: read_description(row) for row in context.rows}
    return FileFacts(
        vocabulary=tuple(sorted(dict.fromkeys(found), key=lambda v: v.line)),
        unread=text.unread,
        carried=tuple(fact for fact in text.facts if isinstance(fact, Carried)),
        unread_sentences=text.unread_sentences,
        parameters={key: fields for key, fields in parameters.items() if fields},
    )


def _codes(source: OperationSource, own: Text) -> tuple[tuple[Code, ...], tuple[Code, ...]]:
    """Return the normal and the error codes: the listed ones first, then those that only a sentence names."""
    lists: dict[str, list[Code]] = {"normal": [], "error": []}
    rows = {(status.kind, status.code) for status in source.statuses}
    for kind, codes in read_code_lists(source.blocks).lists:
        row = "success" if kind == "normal" else kind
        # A list in prose beside a table of codes repeats the table, unless it limits a code to some versions.
        lists[kind] += (code for code in codes if code.min or code.max or (row, code.code) not in rows)
    known = {c.code for codes in lists.values() for c in codes} | {s.code for s in source.statuses}
    for fact in own.facts:
        if isinstance(fact, CodeRange):
            _bind(lists, fact.code)
        elif isinstance(fact, Code) and fact.code not in known:
            known.add(fact.code)
            lists["normal" if fact.code < 400 else "error"].append(fact)
    for fact in own.facts:
        if isinstance(fact, CodeApart):
            _tell_apart(lists["normal"], fact.code)
    return tuple(lists["normal"]), tuple(lists["error"])


def _bind(lists: dict[str, list[Code]], bound: Code) -> None:
    """Give a listed code the version range that a sentence states; add the code if it is not listed."""
    kind = "normal" if bound.code < 400 else "error"
    for index, code in enumerate(lists[kind]):
        if code.code == bound.code and code.min is None and code.max is None:
            lists[kind][index] = replace(code, min=bound.min, max=bound.max)
            return
    lists[kind].append(replace(bound, listed=False))


def _tell_apart(normal: list[Code], told: Code) -> None:
    """Give the normal codes of a number the situation that a sentence states, unless another sentence has given one."""
    for index, code in enumerate(normal):
        if code.code == told.code and (code.when is None or not code.listed):
            normal[index] = replace(code, when=told.when)


def _preconditions(own: Text) -> tuple[Condition, ...]:
    found: list[Condition] = []
    for fact in own.facts:
        if isinstance(fact, Pre) and fact.condition not in found:
            found.append(fact.condition)
        elif isinstance(fact, Refusal):
            for index in reversed(range(len(found))):
                if found[index].kind == fact.kind:
                    found[index] = replace(found[index], code=fact.code)
                    break
    return tuple(found)


def _refusals(facts: Iterable[Fact]) -> tuple[refusals.Refusal, ...]:
    """Return the refusals; a later sentence of their paragraph may give the code of those without one."""
    found: list[refusals.Refusal] = []
    for fact in facts:
        if isinstance(fact, Refused):
            found.append(fact.refusal)
        elif isinstance(fact, CodeBefore):
            found = [replace(r, code=fact.code) if (r.code, r.line) == (None, fact.line) else r for r in found]
    return tuple(dict.fromkeys(found))


def _same(one: Condition, other: Condition) -> bool:
    """True if two statements of one paragraph are about the same attribute under the same conditions."""
    return (one.kind, one.resource, one.attribute, one.line, one.when) == (
        other.kind, other.resource, other.attribute, other.line, other.when,
    ) and one.kind == "status"  # fmt: skip


def _postconditions(own: Text) -> tuple[Condition, ...]:
    """Return the postconditions: one for each paragraph and attribute, with the values after a failure joined to it."""
    found: list[Condition] = []
    last: list[bool] = []
    failures: list[Failure] = []
    for fact, final in ((fact, ends(taken.sentence.text)) for taken in own.taken for fact in taken.facts):
        if isinstance(fact, Failure):
            failures.append(fact)
        if not isinstance(fact, Post):
            continue
        index = next((i for i, c in enumerate(found) if _same(c, fact.condition)), None)
        if index is None:
            found.append(fact.condition)
            last.append(final)
        else:
            one = found[index] if last[index] or not final else _passing(found[index], fact.condition)
            found[index] = _joined(one, fact.condition)
            last[index] = last[index] or final
    for failure in failures:
        _fail(found, failure)
    return tuple(found)


def _passing(one: Condition, final: Condition) -> Condition:
    """Return an outcome as a transient one: a later sentence of the paragraph tells of the status at the end."""
    if not one.becomes or not final.becomes or set(one.becomes) & set(final.becomes):
        return one
    return replace(one, becomes=(), transient=(*one.transient, *one.becomes))


def _joined(one: Condition, other: Condition) -> Condition:
    return replace(
        one,
        becomes=tuple(dict.fromkeys(one.becomes + other.becomes)),
        transient=tuple(dict.fromkeys(one.transient + other.transient)),
        on_failure=tuple(dict.fromkeys(one.on_failure + other.on_failure)),
        unchanged=one.unchanged or other.unchanged,
    )


def _fail(found: list[Condition], failure: Failure) -> None:
    for index, condition in enumerate(found):
        same = (condition.resource, condition.attribute) == (failure.resource, failure.attribute)
        if same and condition.kind == "status" and (condition.becomes or condition.unchanged):
            found[index] = replace(condition, on_failure=failure.values)
            return
    found.append(
        Condition("status", failure.resource, failure.line, attribute=failure.attribute, on_failure=failure.values)
    )


def _versions(own: Text, above: Text, source: OperationSource) -> Versions:
    """Return the operation's versions: from its own sentences first, then from those of the preamble."""
    low = high = None
    line = None
    for gate in _gates(own, above, source):
        if gate.versions.min and low is None:
            low, line = gate.versions.min, line or gate.versions.line
        if gate.versions.max and high is None:
            high, line = gate.versions.max, line or gate.versions.line
    return Versions(low, high, line)


def _gates(own: Text, above: Text, source: OperationSource) -> Iterable[Gate]:
    for fact in own.facts:
        if isinstance(fact, Gate):
            yield fact
    if gate := of_title(source.title, source.line):
        yield gate
    for fact in above.facts:
        if isinstance(fact, Gate) and governs_title(fact, source.title):
            yield fact


def _deprecation(own: Text, above: Text, source: OperationSource) -> Deprecation | None:
    for text in (own, above):
        said = [f for f in text.facts if isinstance(f, Deprecation)]
        if said:
            return next((d for d in said if d.since), said[0])
        if text is own and "(DEPRECATED)" in source.title.upper():
            return Deprecation(source.line)
    return next((f.deprecation for f in above.facts if isinstance(f, Marked)), None)


def _first(own: Text, above: Text, kind: type[Removal]) -> Removal | None:
    return next((f for text in (own, above) for f in text.facts if isinstance(f, kind)), None)


def _policy(text: Text) -> Policy | None:
    found: Policy | None = None
    for fact in text.facts:
        if isinstance(fact, Policy) and found is None:
            found = fact
        elif isinstance(fact, MayChange) and found is not None and 0 <= fact.line - found.line <= 5:
            found = replace(found, provider_may_change=True)
    return found
