"""Waivers: deviations that are accepted in writing, in a file of this form.

```yaml
format: 1
waivers:
- deviation: widgets.lock/error/404!contradiction!*   # an id of the record; * stands for any text
  reason: the vendor mends it in 2027.1
  link: https://bugs.example.org/4711
  expires: 2027-06-30
```
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from functools import cached_property
from pathlib import Path
from typing import Any

import yaml

from conformance.plugin.trouble import Trouble
from specs.record import model
from specs.record.model import Result, scoped
from specs.record.totals import deviations_of


@dataclass(frozen=True)
class Waiver:
    """One accepted deviation.

    Attributes:
        deviation: the id of the deviation, after its service and a colon if it is of one of several services only;
            ``*`` stands for any text.
        reason: why the deviation is accepted.
        link: the URL of the agreement or of a bug report.
        expires: the last day on which the waiver counts.
    """

    deviation: str
    reason: str
    link: str
    expires: date

    @cached_property
    def _pattern(self) -> re.Pattern[str]:
        return re.compile(".*".join(re.escape(part) for part in self.deviation.split("*")), re.DOTALL)

    def accepts(self, deviation: str) -> bool:
        """True if the waiver covers the deviation of this id."""
        return self._pattern.fullmatch(deviation) is not None

    def as_json(self) -> dict[str, Any]:
        """Return the entry for the record."""
        return {
            "deviation": self.deviation,
            "reason": self.reason,
            "link": self.link,
            "expires": self.expires.isoformat(),
        }


@dataclass(frozen=True)
class Waivers:
    """The waivers of a run.

    Attributes:
        valid: the waivers that count.
        expired: the waivers that no longer count.
        used: the waivers that have accepted a deviation of this run.
    """

    valid: tuple[Waiver, ...] = ()
    expired: tuple[Waiver, ...] = ()
    used: set[Waiver] = field(default_factory=set)

    def apply(self, result: Result) -> Result:
        """Return the result, with its waiver if every deviation of it is accepted."""
        if result.waiver is not None or not self.valid:
            return result
        found = []
        for deviation in deviations_of(result):
            named = (deviation.id, scoped(result.service, deviation.id))
            waiver = next((one for one in self.valid if any(map(one.accepts, named))), None)
            if waiver is None:
                return result
            found.append(waiver)
        if not found:
            return result
        self.used.update(found)
        return replace(result, waiver=found[0].as_json())

    @property
    def sentences(self) -> tuple[str, ...]:
        """The sentences for the end of the run, one for each expired waiver."""
        return tuple(
            f"the waiver {one.deviation} expired on {one.expires.isoformat()} and does not count: {one.reason}"
            for one in self.expired
        )


def load_waivers(path: Path, today: date | None = None) -> Waivers:
    """Read a file of waivers. Raises Trouble: the file cannot be read, or does not have the form above."""
    import jsonschema  # slow to import, and few runs have waivers

    today = today or datetime.now(UTC).date()
    try:
        data = yaml.safe_load(path.read_text("utf-8"))
    except OSError as error:
        raise Trouble(f"the waivers {path} cannot be read: {error.strerror or error}") from None
    except UnicodeDecodeError:
        raise Trouble(f"the waivers {path} are not UTF-8: save the file as UTF-8") from None
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        line = f":{mark.line + 1}" if mark else ""
        raise Trouble(f"{path}{line} is not YAML: {getattr(error, 'problem', None) or 'correct it'}") from None
    plain = _plain(data)
    schema = json.loads((Path(model.__file__).parent.parent / "schemas" / "waivers-1.json").read_text("utf-8"))
    wrong = jsonschema.Draft202012Validator(schema, format_checker=jsonschema.FormatChecker()).iter_errors(plain)
    first = jsonschema.exceptions.best_match(wrong)
    if first is not None:
        place = "/".join(str(part) for part in first.absolute_path) or "the file"
        raise Trouble(f"{path} is not a valid file of waivers: {place}: {first.message}")
    read = [
        Waiver(item["deviation"], item["reason"], item["link"], date.fromisoformat(item["expires"]))
        for item in plain["waivers"]
    ]
    return Waivers(
        tuple(one for one in read if one.expires >= today), tuple(one for one in read if one.expires < today)
    )


def _plain(value: Any) -> Any:
    """Turn dates into texts: YAML reads an unquoted date as a date."""
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_plain(item) for item in value]
    return value.isoformat() if isinstance(value, date) else value
