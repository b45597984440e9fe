"""The file of readings: how sentences of a reference are to be read, as its user says in data.

It stands beside the specs, as ``readings.yaml``. The grammar of sentences reads the forms that it knows; of a sentence
of another form, or of one that it reads in a wrong way, an entry gives the facts, by the schema of the format 1:

```yaml
format: 1
readings:
- sentence: The fleet must be idle, and none of its boats may be at sea.
  operations: [fleets.sell-a-fleet]
  facts:
    preconditions:
    - {kind: status, resource: fleet, any_of: [IDLE]}
    refusals:
    - {code: 409, cause: {used_by: [boat]}}
- sentence: Hoping is no plan.
  facts: {}
```
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass, replace
from datetime import date
from functools import cache
from typing import TYPE_CHECKING, Any

from parsers.errors import DocumentError
from parsers.masked import bare
from specs import placed
from specs.beside import READINGS, is_spec
from specs.codec import PlainError, from_plain
from specs.model import Condition, Parameter
from specs.refusals import Refusal

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from jsonschema import Draft202012Validator

SCHEMA = "readings-1.json"
_MAX_BYTES = 8 * 1024 * 1024
_BRACKETS = re.compile(r"[\[\]{}]")
_MAX_DEPTH = 100


@dataclass(frozen=True)
class Constraints:
    """Fields of ``specs.model.Parameter`` that a sentence states of a parameter of the request or of the response."""

    section: str
    name: str
    fields: tuple[tuple[str, Any], ...]


@dataclass(frozen=True)
class Declared:
    """One entry: a sentence and its facts.

    Attributes:
        sentence: the sentence by its words, as ``parsers.masked.bare`` returns them.
        number: its place among the entries, from 0.
        where: ``file:line`` of the entry.
        path: the file of the reference in which alone it holds; None for all.
        operations: the ids of the operations for which alone it holds; empty for all.
        preconditions, postconditions, refusals: facts without a line.
        constraints: the constraints of parameters.
    """

    sentence: str
    number: int
    where: str
    path: str | None = None
    operations: tuple[str, ...] = ()
    preconditions: tuple[Condition, ...] = ()
    postconditions: tuple[Condition, ...] = ()
    refusals: tuple[Refusal, ...] = ()
    constraints: tuple[Constraints, ...] = ()

    @property
    def promises(self) -> bool:
        """Whether the sentence states any fact."""
        return bool(self.preconditions or self.postconditions or self.refusals or self.constraints)

    @property
    def shown(self) -> str:
        """The beginning of the sentence, for messages."""
        return self.sentence if len(self.sentence) <= 80 else f"{self.sentence[:77]}..."

    def meets(self, other: Declared) -> bool:
        """Whether both may hold for the same sentence at the same place."""
        apart = self.path is not None and other.path is not None and self.path != other.path
        others = self.operations and other.operations and not set(self.operations) & set(other.operations)
        return self.sentence == other.sentence and not apart and not others


def load(directory: Path) -> tuple[Declared, ...]:
    """Read the file of readings in a directory of specs; no entries if there is none.

    Raises:
        DocumentError: the file cannot be read, does not fit its schema, or has a sentence twice.
    """
    path = directory / READINGS
    if not path.exists() or is_spec(path):
        return ()
    try:
        data = path.read_bytes()
        text = data.decode("utf-8")
    except OSError as error:
        raise DocumentError(
            f"the file cannot be read ({error.strerror or error})", where=str(path), mend="check its permissions"
        ) from None
    except UnicodeDecodeError:
        raise DocumentError("the file is not UTF-8", where=str(path), mend="save it as UTF-8") from None
    if len(data) > _MAX_BYTES:
        raise DocumentError(f"the file is larger than {_MAX_BYTES:,} bytes", where=str(path), mend="give fewer entries")
    return loads(text, str(path))


def loads(text: str, name: str = READINGS) -> tuple[Declared, ...]:
    """Read the text of a file of readings; ``name`` stands in messages. Raises DocumentError as ``load``."""
    depth = 0
    for found in _BRACKETS.finditer(text):
        depth = depth + 1 if found[0] in "[{" else max(0, depth - 1)
        if depth > _MAX_DEPTH:
            raise DocumentError("brackets are nested too deeply", where=name, mend="flatten the values")
    try:
        read = placed.read(name, text)
    except placed.PlacedError as error:
        where, _, rest = str(error).partition(": ")
        what, _, mend = rest.rstrip(".").rpartition("; ")
        raise DocumentError(what or rest, where=where, mend=mend or None) from None
    data = _plain(read.data, (), read)
    _validate(data, read)
    entries: list[Declared] = []
    for number, plain in enumerate(data["readings"]):
        entry = _entry(plain, number, read)
        for other in entries:
            if entry.meets(other):
                raise DocumentError(
                    f"the sentence is declared in {other.where} too: {entry.shown}",
                    where=entry.where,
                    mend="keep one of the two, or give each its own `path` or `operations`",
                )
        entries.append(entry)
    return tuple(entries)


def _plain(value: Any, path: placed.Path, read: placed.Placed) -> Any:
    """Return a value as JSON has it: a date, which YAML reads without quotes, is a text.

    Raises:
        DocumentError: JSON has no such value.
    """
    if isinstance(value, dict):
        return {key: _plain(inner, (*path, key), read) for key, inner in value.items()}
    if isinstance(value, list):
        return [_plain(inner, (*path, number), read) for number, inner in enumerate(value)]
    if isinstance(value, date):
        return value.isoformat()
    if value is None or isinstance(value, str | int) or (isinstance(value, float) and math.isfinite(value)):
        return value
    raise DocumentError(f"JSON has no value {value!r}", where=read.place(path), mend="write it as a text, in quotes")


@cache
def _validator() -> Draft202012Validator:
    from jsonschema import Draft202012Validator  # slow to import, and few builds have readings

    from specs.schema import whole

    return Draft202012Validator(whole(SCHEMA))


def _validate(data: Any, read: placed.Placed) -> None:
    """Raise DocumentError for the first value that does not fit the schema."""
    from jsonschema.exceptions import best_match

    wrong = best_match(_validator().iter_errors(data))
    if wrong is None:
        return
    path = tuple(wrong.absolute_path)
    message = wrong.message if len(wrong.message) < 200 else f"{wrong.message[:200]}..."
    if path[2:] == ("facts",) and wrong.instance is None:
        message = "the entry does not say yet which facts the sentence states"
        raise DocumentError(message, where=read.place(path), mend="name them, or write `facts: {}` if there are none")
    name = f"{'.'.join(map(str, path[2:]))}: " if path[2:] else ""
    raise DocumentError(f"{name}{message}", where=read.place(path), mend=f"correct it by specs/schemas/{SCHEMA}")


def _entry(plain: Mapping[str, Any], number: int, read: placed.Placed) -> Declared:
    where = read.place(("readings", number))
    sentence = bare(plain["sentence"])
    if not sentence:
        raise DocumentError("the sentence has no word", where=where, mend="write it as it stands in the reference")
    facts = plain["facts"]
    try:
        return Declared(
            sentence,
            number,
            where,
            plain.get("path"),
            tuple(plain.get("operations", ())),
            tuple(_fact(Condition, one, line=0) for one in facts.get("preconditions", ())),
            tuple(_fact(Condition, one, line=0) for one in facts.get("postconditions", ())),
            tuple(_fact(Refusal, one) for one in facts.get("refusals", ())),
            tuple(_constraints(facts)),
        )
    except PlainError as error:
        raise DocumentError(str(error), where=where, mend=f"correct it by specs/schemas/{SCHEMA}") from None


def _fact(kind: type, plain: Mapping[str, Any], **more: Any) -> Any:
    return replace(from_plain(kind, {**plain, **more}), declared=True)


_NO_ROW = {"name": "x", "in": None, "type": None, "ref": "x", "line": None}


def _constraints(facts: Mapping[str, Any]) -> Iterator[Constraints]:
    for section in ("request", "response"):
        for name, plain in facts.get(section, {}).items():
            read: Parameter = from_plain(Parameter, {"required": False, **_NO_ROW, **plain})
            values = {key: getattr(read, key) for key in plain}
            if "refusals" in values:
                values["refusals"] = tuple(replace(one, declared=True) for one in read.refusals)
            yield Constraints(section, name, tuple(values.items()))
