"""Entries of a description that hold for several operations, parameters or kinds, as one entry for each of them.

A service repeats itself: ten updates need the same step, five fields of a request are left out, and most collections
have the name of the key of their list. The description says so in one entry.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from itertools import product
from typing import Any

GROUPED = ("operation", "parameter", "fields")
"""Keys of an entry that hold one pattern or a list of them."""


def each(entries: Iterable[Any]) -> Iterator[Any]:
    """The entries of a section in order, each with one operation, parameter or field; others as they are.

    An entry with ``values`` has a value for each parameter.
    """
    for entry in entries:
        if not isinstance(entry, Mapping):
            yield entry
            continue
        names = [key for key in GROUPED if isinstance(entry.get(key), list)]
        for chosen in product(*(entry[key] for key in names)):
            yield from _with_values({**entry, **dict(zip(names, chosen, strict=True))})


def _with_values(entry: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """An entry for each parameter of ``values``; the entry itself if it has none."""
    if "values" not in entry:
        yield entry
        return
    common = {key: value for key, value in entry.items() if key != "values"}
    for parameter, value in entry["values"].items():
        yield {**common, "parameter": parameter, "value": value}


def kinds_of(data: Mapping[str, Any]) -> dict[str, Any]:
    """The kinds of things of a description, by name, with those that it only lists."""
    found: dict[str, Any] = {}
    for section, more in (("plain_kinds", {}), ("nameless_kinds", {"name_field": ""})):
        for path in data.get(section) or ():
            name = str(path).rpartition("/")[2]
            found[name] = {"collection": path, **more}
    for whole, parts in (data.get("parts_of_kinds") or {}).items():
        found.update((part, {"goes_with": whole}) for part in parts)
    found |= data.get("kinds") or {}
    return {name: _looked_up(name, _as_usual(entry)) for name, entry in found.items()}


def _as_usual(entry: Any) -> Any:
    """A kind with the words for many of its things in sentences and in answers: as the path of its collection ends.

    A part of another thing is not listed by itself.
    """
    if not isinstance(entry, Mapping) or not isinstance(entry.get("collection"), str):
        return entry
    word = entry["collection"].rpartition("/")[2]
    usual = {"plural": _in_words(word)} | dict(entry)
    listing = entry.get("listing", {})
    if "goes_with" not in entry and isinstance(listing, Mapping):
        usual["listing"] = {"key": word.replace("-", "_"), **listing}
    return usual


def _looked_up(name: str, entry: Any) -> Any:
    """A kind whose things are looked up, with the keys of lists as their paths end, and with the usual reasons."""
    found: Any = entry.get("found") if isinstance(entry, Mapping) else None
    lists = found.get("lists") if isinstance(found, Mapping) else None
    if not isinstance(lists, list) or not lists or not all(isinstance(one, Mapping) for one in lists):
        return entry
    words = [str(one.get("path", "")).rpartition("/")[2] for one in lists]
    keyed = [{"key": word.replace("-", "_"), **one} for word, one in zip(words, lists, strict=True)]
    usual = {"empty": f"the cloud shows no {_in_words(name)}"}
    if "role" in found:
        who = "administrators" if found["role"] == "admin" else f"the role {found['role']}"
        usual["why_role"] = f"{_in_words(words[0])} are shown to {who} only"
    return {**entry, "found": {**usual, **found, "lists": keyed}}


def _in_words(name: str) -> str:
    return name.replace("-", " ").replace("_", " ")


def limits_of(room: Mapping[str, Any]) -> dict[str, Any]:
    """The place of the limits of a project, with both fields of each limit."""
    others: Mapping[str, Any] = room.get("others", {})
    both = {name: {"limit": f"{at}.limit", "used": f"{at}.used"} for name, at in others.items() if isinstance(at, str)}
    return {**room, **({"others": {**others, **both}} if others else {})}


def parts_of(entry: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """The optional parts of a service, also those that bring operations or fields alone, or all called alike."""
    operations, fields = entry.get("operations_of", {}), entry.get("fields_of", {})
    return [
        *entry.get("parts", ()),
        *map(_named_alike, entry.get("named_alike", ())),
        *({"part": name, "operations": patterns} for name, patterns in operations.items()),
        *({"part": name, "fields": names} for name, names in fields.items()),
    ]


def _named_alike(part: str) -> Mapping[str, Any]:
    """An optional part that brings the files of operations and the fields whose names begin with its own.

    A field may also have the name of the part without its first word, if two words are left.
    """
    words = re.split(r"[-_]", part)
    file, field = "[-_]".join(words), "_".join(words)
    rest = ["_".join(words[1:])] if len(words) > 2 else []
    operations = [f"{file}{more}.*" for more in ("", "s", "[-_]*")]
    return {"part": part, "operations": operations, "fields": [field, f"{field}_*", *rest]}
