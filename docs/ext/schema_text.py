"""A JSON Schema as text for a page: sections of entries, one entry a key.

A keyword that this module does not know is refused: it would otherwise be a rule of the format that the page leaves
out. Not shown is whether other keys may stand beside those that are named; the page says that itself. The module knows
nothing of Sphinx: ``schema_page`` makes a page of what it returns.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from specs.schema import whole

Schema = Mapping[str, Any] | bool

_APPLIED = frozenset({"allOf", "anyOf", "oneOf", "items", "properties", "patternProperties", "additionalProperties"})
_HEAD = frozenset(
    {"$schema", "$id", "$defs", "$comment", "title", "description", "type", "$ref", "enum", "const", "required"}
)
_RULES = frozenset({"if", "then", "else", "not", "dependentRequired", "dependentSchemas", "contains", "prefixItems"})
_LIMITS = {
    "pattern": "matches `{}`",
    "format": "of the format {}",
    "minimum": "at least {}",
    "maximum": "at most {}",
    "exclusiveMinimum": "more than {}",
    "exclusiveMaximum": "less than {}",
    "multipleOf": "a multiple of {}",
    "minLength": "at least {} characters",
    "maxLength": "at most {} characters",
    "minItems": "at least {} of them",
    "maxItems": "at most {} of them",
    "minProperties": "at least {} keys",
    "maxProperties": "at most {} keys",
}
_SAID_OTHERWISE = frozenset({"propertyNames", "uniqueItems", "default", "examples"})
_KNOWN = _APPLIED | _HEAD | _RULES | _LIMITS.keys() | _SAID_OTHERWISE


class SchemaError(ValueError):
    """A schema that this module cannot show whole."""


@dataclass(frozen=True)
class Link:
    """The name of a definition of the same schema."""

    name: str


Piece = str | Link
"""Running text, in which backticks enclose a literal, or a link."""


@dataclass(frozen=True)
class Entry:
    """One key.

    Attributes:
        key: the key, with those above it: ``a.b``; ``a[].b`` in each element of the list ``a``; ``a.<name>`` for any.
        form: the type of its value.
        required: whether it must be there.
        meaning: its description, and what bounds its value.
    """

    key: str
    form: tuple[Piece, ...]
    required: bool
    meaning: str


@dataclass(frozen=True)
class Section:
    """The schema itself (``name`` is empty), or one of its definitions.

    Attributes:
        form, bounds: the type of the value, and what bounds it besides.
        rules: what no type says, as sentences or as JSON.
    """

    name: str
    title: str
    text: str
    form: tuple[Piece, ...]
    bounds: str
    entries: tuple[Entry, ...]
    rules: tuple[str, ...]


def read(path: Path) -> Mapping[str, Any]:
    """Read a schema; what it takes from another one beside it is written out."""
    schema: Mapping[str, Any] = json.loads(path.read_text("utf-8"))
    return whole(path.name) if path.parent.name == "schemas" else schema


def sections(schema: Mapping[str, Any]) -> tuple[Section, ...]:
    """Give the schema itself, then its definitions.

    Raises:
        SchemaError: a keyword is not known, or a ``$ref`` leads out of the definitions of the same schema.
    """
    own = _section("", schema, str(schema.get("title", "")))
    defined = schema.get("$defs", {})
    return (own, *(_section(name, part, name.replace("_", " ")) for name, part in defined.items()))


def _section(name: str, schema: Schema, title: str) -> Section:
    where = f"$defs/{name}" if name else "the schema"
    if isinstance(schema, bool):
        return Section(name, title, "", _form(schema, where), "", (), ())
    entries, rules = tuple(_entries(schema, "", where)), tuple(_rules(schema))
    return Section(
        name, title, str(schema.get("description", "")), _form(schema, where), _limits(schema), entries, rules
    )


def _entries(schema: Schema, above: str, where: str) -> Iterator[Entry]:
    """The keys of a value's objects, wherever they are nested without a definition of their own."""
    if isinstance(schema, bool):
        return
    _check(schema, where)
    required = schema.get("required", ())
    named = dict(schema.get("properties", {}))
    for key in (*named, *(key for key in required if key not in named)):
        yield from _entry(named.get(key, True), above + key, key in required, f"{where}/{key}")
    for pattern, part in schema.get("patternProperties", {}).items():
        yield from _entry(part, f"{above}<{pattern}>", False, f"{where}/{pattern}")
    other = schema.get("additionalProperties")
    if isinstance(other, Mapping):
        names = schema.get("propertyNames", {})
        said = "".join(p.name if isinstance(p, Link) else p for p in _form(names, where)) if len(names) else ""
        of_key = ", ".join(part for part in (said.replace("any value", ""), _limits(names)) if part)
        yield from _entry(other, f"{above}<name>", False, f"{where}/<name>", of_key)
    for word in ("allOf", "anyOf", "oneOf"):
        for part in schema.get(word, ()):
            if not _is_rule(part):
                yield from _entries(part, above, where)
    items = schema.get("items")
    if items is not None:
        yield from _entries(items, f"{above.removesuffix('.')}[].", where)


def _entry(schema: Schema, key: str, required: bool, where: str, of_key: str = "") -> Iterator[Entry]:
    known = schema if isinstance(schema, Mapping) else {}
    _check(known, where)
    inner = known.get("items")
    said = [str(known.get("description", "")), str(inner.get("description", "")) if isinstance(inner, Mapping) else ""]
    bounds = [part for part in (_limits(known), f"the name: {of_key}" if of_key else "") if part]
    meaning = _sentences(" ".join(part.rstrip(".") + "." for part in said if part), ", ".join(bounds))
    rules = " ".join([*_rules(known), *_rules(inner if isinstance(inner, Mapping) else {})])
    yield Entry(key, _form(schema, where), required, f"{meaning} {rules}".strip())
    yield from _entries(schema, f"{key}.", where)


def _form(schema: Schema, where: str) -> tuple[Piece, ...]:
    """The type of a value, in words."""
    if isinstance(schema, bool):
        return ("any value" if schema else "not allowed",)
    _check(schema, where)
    if "$ref" in schema:
        return (Link(_target(str(schema["$ref"]), where)),)
    if "const" in schema:
        return (f"always `{_plain(schema['const'])}`",)
    if "enum" in schema:
        return (_or([f"`{_plain(value)}`" for value in schema["enum"]]),)
    chosen = [part for word in ("anyOf", "oneOf", "allOf") for part in schema.get(word, ()) if not _is_rule(part)]
    if chosen and "type" not in schema:
        return _joined([_bounded(part, where) for part in chosen])
    types = schema.get("type", "object" if "properties" in schema else ())
    return _joined(
        [_of_type(name, schema, where) for name in ([types] if isinstance(types, str) else types)] or [("any value",)]
    )


def _of_type(name: str, schema: Mapping[str, Any], where: str) -> tuple[Piece, ...]:
    if name != "array":
        return ("an object" if name == "object" else name,)
    inner = schema.get("items", True)
    return ("a list",) if inner is True else ("a list of: ", *_bounded(inner, where))


def _bounded(schema: Schema, where: str) -> tuple[Piece, ...]:
    """The type of a part of a value, with what bounds it: only a key's own bounds stand in its meaning."""
    limits = _limits(schema)
    return (*_form(schema, where), f" ({limits})") if limits else _form(schema, where)


def _rules(schema: Mapping[str, Any]) -> Iterator[str]:
    """What no type says: the description of a rule, or the rule as JSON where it has none."""
    parts = [part for word in ("allOf", "anyOf", "oneOf") for part in schema.get(word, ()) if _is_rule(part)]
    for part in (schema, *parts):
        rule = {word: value for word, value in part.items() if word in _RULES}
        if rule:
            said = part.get("description") if part is not schema else None
            yield str(said or part.get("$comment") or f"`{json.dumps(rule)}`")


def _is_rule(schema: Schema) -> bool:
    return isinstance(schema, Mapping) and not _RULES.isdisjoint(schema)


def _limits(schema: Schema) -> str:
    """What bounds a value besides its type."""
    if isinstance(schema, bool):
        return ""
    said = [words.format(_plain(schema[word])) for word, words in _LIMITS.items() if word in schema]
    said = ["not empty" if part == "at least 1 characters" else part for part in said]
    said += ["each once"] if schema.get("uniqueItems") else []
    said += [f"`{_plain(schema['default'])}` where it is left out"] if "default" in schema else []
    said += [f"such as {_or([f'`{_plain(e)}`' for e in schema['examples']])}"] if schema.get("examples") else []
    return ", ".join(said)


def _check(schema: Mapping[str, Any], where: str) -> None:
    unknown = sorted(schema.keys() - _KNOWN)
    if unknown:
        raise SchemaError(f"{where}: {', '.join(unknown)} cannot be shown: add it to docs/ext/schema_text.py")


def _target(reference: str, where: str) -> str:
    start, _, name = reference.rpartition("/")
    if start != "#/$defs":
        raise SchemaError(f"{where}: {reference} is not in the $defs of the same schema")
    return name


def _joined(forms: list[tuple[Piece, ...]]) -> tuple[Piece, ...]:
    pieces: list[Piece] = []
    for form in dict.fromkeys(forms):
        pieces += [" or ", *form] if pieces else form
    return tuple(pieces)


def _or(words: list[str]) -> str:
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} or {words[-1]}"


def _plain(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value)


def _sentences(text: str, bounds: str) -> str:
    parts = [text.rstrip(".") + "." if text else "", bounds[:1].upper() + bounds[1:] + "." if bounds else ""]
    return " ".join(part for part in parts if part)
