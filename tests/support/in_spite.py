"""Requests that a role may not make, a workshop that does them in spite of its refusal, and the judgement of that."""

from __future__ import annotations

from widgets import plain

from conformance.engine.judge.codes import Refused

BADGES = plain("GET", "/servers/{server_id}/badges", normal=(200,))
PIN = plain("PUT", "/servers/{server_id}/badges/{badge}", normal=(201,))
UNPIN = plain("DELETE", "/servers/{server_id}/badges/{badge}", normal=(204,))
STRIP = plain("DELETE", "/servers/{server_id}/badges", normal=(204,))
ROLES = ("member", "admin", "reader", "alt")
NO = {"badRequest": {"code": 403, "message": "no"}}


def judged(evidence):
    assert evidence.problem is None, evidence.problem
    judgement = Refused((evidence.status,), "the role may not").judge(evidence)
    return judgement.reason or judgement.verdict


def wrong(shop, code=403):
    """Do what was asked, and say that it was refused."""

    def answer(ask):
        parts = ask.path.strip("/").split("/")
        shop.usual(ask, parts, parts[-1] if len(parts) % 2 else parts[-2])
        return code, NO

    return answer
