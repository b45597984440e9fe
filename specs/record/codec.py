"""Conversion between the classes of a run record and the JSON of its files.

Every required key is written, even if it is null; the optional ones (``kind``, ``state``, ``omissions``,
``observation``, ``service``; in the head ``services``) only if they have a value. Unknown keys are ignored on
reading, so that a record of a later version in the same format can still be read. ``status`` and ``accepted`` were
added later: if a line lacks them, they are read as null. ``schemas/record-1.json`` and ``schemas/run-1.json`` define
the same format.
"""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Iterable, Mapping
from typing import Any, cast

from specs.record.model import (
    VERDICTS,
    Deviation,
    DeviationClass,
    Exchange,
    ReceivedResponse,
    Result,
    RunInfo,
    SentRequest,
    ServicePart,
    Source,
    Verdict,
)

FORMAT = 1

_TEXT_OR_NULL: tuple[type, ...] = (str, type(None))
_NUMBER: tuple[type, ...] = (int, float)
_OBJECT_OR_NULL: tuple[type, ...] = (dict, type(None))
_NAMES = {
    str: "a text",
    dict: "an object",
    list: "a list",
    bool: "true or false",
    int: "a number",
    float: "a number",
    type(None): "null",
}


ReadExchanges = Callable[[list[Any]], tuple[Exchange, ...]]
"""Reads the exchanges of a result, given as JSON values."""


class MalformedError(ValueError):
    """JSON that is not a result or not the head of a run. The message names the wrong key and its place."""


# --- results ---


def exchanges_to_json(exchanges: Iterable[Exchange]) -> list[dict[str, Any]]:
    """Return the exchanges of a result as JSON objects. Raises TypeError as ``result_to_json`` does."""
    return [_exchange_to_json(exchange) for exchange in exchanges]


def result_to_json(result: Result, exchanges: list[dict[str, Any]] | None = None) -> dict[str, Any]:
    """Return a result as the JSON object of its line, with the keys in the order of the format.

    Args:
        result: the result.
        exchanges: its exchanges as JSON objects, if they are at hand.

    Raises:
        TypeError: a body or an observation holds a value that JSON cannot express.

    """
    data: dict[str, Any] = {
        "case": result.case,
        "requirement": result.requirement,
        "operation": result.operation,
        "verdict": result.verdict,
        "microversion": result.microversion,
        "role": result.role,
        "source": result.source.plain,
        "expected": result.expected,
        "observed": result.observed,
        "status": result.status,
        "accepted": result.accepted,
        "reason": result.reason,
        "deviation": None if result.deviation is None else _deviation_to_json(result.deviation),
        "waiver": _plain(result.waiver),
        "exchanges": exchanges_to_json(result.exchanges) if exchanges is None else exchanges,
        "seconds": _finite(result.seconds),
    }
    if result.kind is not None:
        data["kind"] = result.kind
    if result.state is not None:
        data["state"] = result.state
    if result.omissions:
        data["omissions"] = [_deviation_to_json(omission) for omission in result.omissions]
    if result.observation is not None:
        data["observation"] = _plain(result.observation)
    if result.service is not None:
        data["service"] = result.service
    return data


def line_of(result: Result, exchanges: str) -> str:
    """Return the line of a result, with the keys in the order of the format and without its end.

    Args:
        result: the result.
        exchanges: the JSON text of its exchanges. The cases of a trial share them, and they are most of a line.

    Raises:
        TypeError: as ``result_to_json`` does.

    """
    data = result_to_json(result, [])
    keys = list(data)
    at = keys.index("exchanges")
    before, after = dumps({key: data[key] for key in keys[:at]}), dumps({key: data[key] for key in keys[at + 1 :]})
    return f'{before[:-1]},"exchanges":{exchanges},{after[1:]}'


def exchanges_from_json(data: list[Any]) -> tuple[Exchange, ...]:
    """Return the exchanges of a result. Raises MalformedError as ``result_from_json`` does."""
    return tuple(map(_exchange_from_json, data))


def result_from_json(data: object, exchanges: ReadExchanges = exchanges_from_json) -> Result:
    """Return the result in the JSON object of a line.

    Args:
        data: the JSON object.
        exchanges: reads the exchanges, which are most of the line.

    Raises:
        MalformedError: a key is missing or holds a value of another type.

    """
    line = _typed(data, (dict,), "the line")
    verdict = _get(line, "verdict", (str,))
    if verdict not in VERDICTS:
        raise MalformedError(f"'verdict' is {verdict!r}, none of {', '.join(VERDICTS)}")
    source = _get(line, "source", (dict,))
    deviation = _get(line, "deviation", _OBJECT_OR_NULL)
    return Result(
        case=_get(line, "case", (str,)),
        requirement=_get(line, "requirement", (str,)),
        operation=_get(line, "operation", (str,)),
        verdict=cast("Verdict", verdict),
        microversion=_get(line, "microversion", _TEXT_OR_NULL),
        role=_get(line, "role", _TEXT_OR_NULL),
        source=Source(
            _get(source, "path", (str,), "source"),
            _get(source, "line", (int,), "source"),
            _optional(source, "declared", (bool,), False, "source"),
        ),
        expected=_get(line, "expected", (str,)),
        observed=_get(line, "observed", (str,)),
        status=_optional(line, "status", (int,), None),
        accepted=_optional(line, "accepted", (bool,), None),
        reason=_get(line, "reason", _TEXT_OR_NULL),
        deviation=None if deviation is None else _deviation_from_json(deviation, "deviation"),
        waiver=_get(line, "waiver", _OBJECT_OR_NULL),
        exchanges=exchanges(_get(line, "exchanges", (list,))),
        seconds=_get(line, "seconds", _NUMBER),
        kind=_optional(line, "kind", (str,), None),
        state=_optional(line, "state", (str,), None),
        omissions=tuple(_deviation_from_json(item, "omissions") for item in _list_of(line, "omissions", (dict,))),
        observation=_optional(line, "observation", (dict,), None),
        service=_optional(line, "service", (str,), None),
    )


def _deviation_to_json(deviation: Deviation) -> dict[str, Any]:
    return {"id": deviation.id, "class": deviation.class_, "observed": deviation.observed}


def _deviation_from_json(data: dict[str, Any], where: str) -> Deviation:
    class_ = _get(data, "class", (str,), where)
    if class_ not in ("contradiction", "omission"):
        raise MalformedError(f"'class' of '{where}' is {class_!r}, neither contradiction nor omission")
    return Deviation(
        _get(data, "id", (str,), where), cast("DeviationClass", class_), _get(data, "observed", (str,), where)
    )


def _exchange_to_json(exchange: Exchange) -> dict[str, Any]:
    request, response = exchange.request, exchange.response
    return {
        "request": {
            "method": request.method,
            "url": request.url,
            "headers": dict(request.headers),
            "body": _plain(request.body),
        },
        "response": None
        if response is None
        else {"status": response.status, "headers": dict(response.headers), "body": _plain(response.body)},
        "ms": _finite(exchange.ms),
    }


def _exchange_from_json(data: object) -> Exchange:
    item = _typed(data, (dict,), "an item of 'exchanges'")
    sent = _get(item, "request", (dict,), "exchanges")
    came = _get(item, "response", _OBJECT_OR_NULL, "exchanges")
    return Exchange(
        SentRequest(
            _get(sent, "method", (str,), "request"),
            _get(sent, "url", (str,), "request"),
            _headers(sent, "request"),
            sent.get("body"),
        ),
        None
        if came is None
        else ReceivedResponse(_get(came, "status", (int,), "response"), _headers(came, "response"), came.get("body")),
        _get(item, "ms", _NUMBER, "exchanges"),
    )


def _headers(data: dict[str, Any], where: str) -> dict[str, str]:
    headers: dict[str, str] = _optional(data, "headers", (dict,), {}, where)
    for name, value in headers.items():
        if not isinstance(value, str):
            raise MalformedError(f"header {name!r} of '{where}' is {_name(value)}, and a text is expected")
    return headers


# --- the head of a run ---


def info_to_json(info: RunInfo) -> dict[str, Any]:
    """Return the head of a run as the JSON object of ``run.json``."""
    data: dict[str, Any] = {
        "format": info.format,
        "started": info.started,
        "finished": info.finished,
        "endpoint": _plain(info.endpoint),
        "roles": list(info.roles),
        "environment": _plain(info.environment),
        "spec": _plain(info.spec),
        "options": _plain(info.options),
        "totals": _plain(info.totals),
        "notes": _plain(list(info.notes)),
        "exit_status": info.exit_status,
    }
    if info.services:
        data["services"] = [_part_to_json(part) for part in info.services]
    return data


def info_from_json(data: object) -> RunInfo:
    """Return the head of a run in the JSON object of ``run.json``.

    Raises:
        MalformedError: ``started`` is missing, or a key holds a value of another type.

    """
    head = _typed(data, (dict,), "the file")
    parts = ("endpoint", "environment", "spec", "options", "totals")
    return RunInfo(
        started=_get(head, "started", (str,)),
        format=_optional(head, "format", (int,), FORMAT),
        finished=_optional(head, "finished", (str,), None),
        roles=_list_of(head, "roles", (str,)),
        notes=_list_of(head, "notes", (dict,)),
        exit_status=_optional(head, "exit_status", (int,), None),
        services=tuple(_part_from_json(item) for item in _list_of(head, "services", (dict,))),
        **{key: _optional(head, key, (dict,), {}) for key in parts},
    )


def _part_to_json(part: ServicePart) -> dict[str, Any]:
    return {
        "service": part.service,
        "endpoint": _plain(part.endpoint),
        "roles": list(part.roles),
        "spec": _plain(part.spec),
        "totals": _plain(part.totals),
        "options": _plain(part.options),
        "lacking": part.lacking,
    }


def _part_from_json(data: dict[str, Any]) -> ServicePart:
    return ServicePart(
        service=_get(data, "service", (str,), "services"),
        roles=_list_of(data, "roles", (str,)),
        lacking=_optional(data, "lacking", (str,), None, "services"),
        **{key: _optional(data, key, (dict,), {}, "services") for key in ("endpoint", "spec", "totals", "options")},
    )


# --- text ---

_LINES = json.JSONEncoder(ensure_ascii=True, allow_nan=False, separators=(",", ":"))


def dumps(data: object, indent: int | None = None) -> str:
    """Return a value as the JSON text of the record's files: in ASCII, so that no character can break a line."""
    if indent is None:
        return _LINES.encode(data)
    return json.dumps(data, ensure_ascii=True, allow_nan=False, indent=indent, separators=(",", ": "))


# --- helpers ---


_AS_THEY_ARE = frozenset({str, bool, int, type(None)})
"""The types of JSON whose values need no change."""


def _plain(value: Any) -> Any:
    """Return a value in JSON's types: bytes as text, tuples as lists, not-a-number as the text ``nan``."""
    kind = type(value)
    if kind in _AS_THEY_ARE:
        return value
    if kind is dict:  # all values of an answer are of these few types, which are compared much faster than found out
        return {
            key if type(key) is str else str(key): item if type(item) in _AS_THEY_ARE else _plain(item)
            for key, item in value.items()
        }
    if kind is list:
        return [item if type(item) in _AS_THEY_ARE else _plain(item) for item in value]
    if isinstance(value, (str, bool, int)):
        return value
    if isinstance(value, float):
        return value if math.isfinite(value) else str(value)
    if isinstance(value, (list, tuple)):
        return [_plain(item) for item in value]
    if isinstance(value, Mapping):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, (bytes, bytearray)):
        return bytes(value).decode("utf-8", "replace")
    raise TypeError(f"a run record can hold only JSON, not a value of type {type(value).__name__}: {value!r:.100}")


_MISSING = object()


def _finite(number: float) -> float:
    return round(number, 6) if math.isfinite(number) else 0.0


def _name(value: object) -> str:
    return "true or false" if isinstance(value, bool) else _NAMES.get(type(value), type(value).__name__)


def _typed(value: object, types: tuple[type, ...], what: str) -> Any:
    if isinstance(value, types) and (bool in types or not isinstance(value, bool)):
        return value
    expected = " or ".join(dict.fromkeys(_NAMES[kind] for kind in types))
    raise MalformedError(f"{what} is {_name(value)}, and {expected} is expected")


def _get(data: dict[str, Any], key: str, types: tuple[type, ...], where: str | None = None) -> Any:
    value = data.get(key, _MISSING)
    if type(value) in types:  # so it is nearly always, in records of ten thousand lines
        return value
    inside = f" of '{where}'" if where else ""
    try:
        value = data[key]
    except KeyError:
        raise MalformedError(f"the key '{key}'{inside} is missing") from None
    return _typed(value, types, f"'{key}'{inside}")


def _optional(data: dict[str, Any], key: str, types: tuple[type, ...], default: Any, where: str | None = None) -> Any:
    return default if data.get(key) is None else _get(data, key, types, where)


def _list_of(data: dict[str, Any], key: str, types: tuple[type, ...]) -> tuple[Any, ...]:
    return tuple(_typed(item, types, f"an item of '{key}'") for item in _optional(data, key, (list,), []))
