"""Synthetic run records for the tests of the record and of the reports."""

from __future__ import annotations

from typing import Any

from specs.record.model import Deviation, Exchange, ReceivedResponse, Result, RunInfo, SentRequest, Source
from specs.record.reader import RunRecord

ENDPOINT = "https://cloud.example.org/compute/v2.1"
PATH = "api-ref/source/servers-actions.inc"


def exchange(status: int | None = 202, came: Any = None, **request: Any) -> Exchange:
    """A POST of an action (or what ``request`` says), and its answer; without a status, none."""
    sent: dict[str, Any] = {
        "method": "POST",
        "url": f"{ENDPOINT}/servers/5f1c/action",
        "headers": {"X-Auth-Token": "secret-token", "Content-Type": "application/json"},
        "body": {"lock": None},
    }
    answer = None if status is None else ReceivedResponse(status, {"Content-Type": "application/json"}, came)
    return Exchange(SentRequest(**(sent | request)), answer, 41.2)


def result(requirement: str = "servers-actions.lock/normal/202", verdict: Any = "pass", **more: Any) -> Result:
    """A result of which only what matters needs to be said; an observed code fills ``status`` and ``accepted``.

    A failure gets its deviation and an exchange.
    """
    detail = more.pop("detail", None)
    given: dict[str, Any] = {
        "case": f"{requirement}[{detail}]" if detail else requirement,
        "requirement": requirement,
        "operation": requirement.partition("/")[0],
        "verdict": verdict,
        "source": Source(PATH, 409),
        "expected": "202",
        "observed": "202" if verdict == "pass" else "200",
        "microversion": "2.73",
        "role": "member",
        "reason": None if verdict == "pass" else "so it came",
        "seconds": 0.31,
    }
    if verdict == "fail":
        observed = more.get("observed", given["observed"])
        given["deviation"] = Deviation.of(requirement, "contradiction", observed)
        given["exchanges"] = (exchange(200),)
    given |= more
    if given["observed"].isdecimal() and "status" not in given:
        given["status"] = int(given["observed"])
    if given.get("status") is not None and "accepted" not in given:
        given["accepted"] = 200 <= given["status"] < 300
    return Result(**given)


def omission(requirement: str, observed: str, **more: Any) -> Result:
    """A result that passes and shows an omission."""
    return result(requirement, deviation=Deviation.of(requirement, "omission", observed), observed=observed, **more)


def info(**more: Any) -> RunInfo:
    """The head of a run that has come to its end."""
    given: dict[str, Any] = {
        "started": "2026-03-01T12:00:05.000000Z",
        "finished": "2026-03-01T12:05:17.000000Z",
        "endpoint": {"url": ENDPOINT, "release": "34.0.0", "min": "2.1", "max": "2.104"},
        "roles": ("member", "admin"),
        "environment": {"python": "3.11.9"},
        "spec": {"service": "compute", "package": "nova", "version": "34.0.0", "operations": 22},
        "options": {"url": ENDPOINT},
    }
    return RunInfo(**(given | more))


def record(*results: Result, **head: Any) -> RunRecord:
    """A record in memory."""
    return RunRecord(info(**head), results)


def mixed() -> RunRecord:
    """One of everything that a report has to show."""
    lock, pause, rebuild = "servers-actions.lock", "servers-actions.pause", "servers-actions.rebuild"
    states = {"ACTIVE": True, "SHUTOFF": False, "PAUSED": False, "SUSPENDED": False, "RESCUE": False}
    return record(
        result(f"{lock}/normal/202", detail="2.1"),
        result(f"{lock}/normal/202", "fail", detail="2.73", exchanges=(exchange(200, {"server": {"id": "5f1c"}}),)),
        result(f"{lock}/error/401", expected="401", observed="401", detail="none", role=None),
        result(f"{lock}/error/403", "inapplicable", expected="403", observed="-", reason="no reader was given"),
        result(f"{lock}/error/404", expected="404", observed="404"),
        result(
            f"{lock}/error/409",
            "inconclusive",
            expected="409",
            observed="-",
            reason="server conf-7f3a01 did not reach ERROR within 300 s",
        ),
        *(
            result(
                f"{pause}/precondition/silent",
                detail=state,
                state=state,
                observed="202" if took else "409",
                observation={"situation": f"status {state}", "state": state, "answer": 202 if took else 409},
            )
            for state, took in states.items()
        ),
        omission(f"{pause}/error/404", "400", expected="404", detail="long-id"),
        omission(f"{rebuild}/error/404", "400", expected="404", detail="long-id"),
        result(f"{rebuild}/precondition/status", detail="ACTIVE", state="ACTIVE", expected="202"),
        result(f"{rebuild}/precondition/status", detail="PAUSED", state="PAUSED", expected="409", observed="409"),
        result(
            f"{rebuild}/precondition/status", "fail", detail="RESCUE", state="RESCUE", expected="409", observed="202"
        ),
        result(f"{rebuild}/postcondition/status", expected="ACTIVE", observed="ACTIVE"),
        result(
            f"{rebuild}/error/403",
            "fail",
            expected="403",
            observed="202",
            waiver={"reason": "members may", "link": "https://bugs.example.org/1", "expires": "2027-01-01"},
        ),
        result(f"{rebuild}/error/400", "error", expected="400", observed="-", reason="the connection broke"),
        notes=(
            {"kind": "binding", "parameter": "imageRef", "value": "the smallest image"},
            {
                "kind": "untested",
                "requirement": f"{rebuild}/error/501",
                "reason": "provider",
                "source": {"path": PATH, "line": 12},
            },
        ),
        exit_status=1,
    )
