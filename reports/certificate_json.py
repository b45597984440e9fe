"""A certificate as JSON, and as EARL in JSON-LD so that other programmes can read it.

Source of the second form: W3C, Evaluation and Report Language (EARL) 1.0 Schema.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

from reports.again import again
from reports.certificate import Certificate, Judged, Proof, Standing
from reports.curl import curl_of
from reports.words import place
from specs.guideline.model import Flag, Origin
from specs.record.model import Result, RunInfo
from specs.text import visible_value

FORMAT = 1
EVIDENCE = 5
"""Largest number of cases that are shown as evidence of one requirement."""
MOST = 6_000
"""Largest number of characters of a curl command; a longer one is left out."""


def as_json(certificate: Certificate) -> dict[str, Any]:
    """Return the certificate as JSON data of format 1 (``specs/schemas/certificate-1.json``)."""
    needs, info, guideline = certificate.needs, certificate.info, certificate.needs.guideline
    data = {
        "format": FORMAT,
        "guideline": {
            "id": guideline.id,
            "title": guideline.title,
            "version": guideline.version,
            "status": guideline.status,
            "replaces": guideline.replaces,
            "source": _origin(guideline.source),
        },
        "cloud": {
            "name": info.endpoint.get("name"),
            "region": info.endpoint.get("region"),
            "roles": list(info.roles),
            "services": [_service(certificate, one.service) for one in guideline.applies_to],
        },
        "started": info.started,
        "finished": info.finished,
        "run": certificate.run,
        "work": {key: info.totals.get(key) for key in ("requests", "seconds", "made", "cases")},
        "standing": certificate.standing,
        "counts": {
            "capabilities": dict(certificate.counts),
            "requirements": dict(certificate.requirements),
            "tests": {standing or "not covered": count for standing, count in certificate.tests.items()},
        },
        "exceptions": [
            {"id": one.id, "title": one.title, "condition": one.condition, "declared": declared.reason}
            for one in guideline.exceptions
            for declared in needs.declared
            if declared.id == one.id
        ],
        "capabilities": [_capability(certificate, one) for one in certificate.judged],
        "left_out": [{"test": old.test, "beyond": _reasons(certificate, old.beyond)} for old in guideline.left_out],
        "digests": {
            "guideline": needs.loaded.sha256,
            "needs": certificate.needs_sha256,
            "record": certificate.record_sha256,
            "specs": {one.service: one.sha256 for one in needs.specs},
        },
    }
    shown: dict[str, Any] = visible_value(data)
    return shown


def _service(certificate: Certificate, service: str) -> dict[str, Any]:
    scope = next(one for one in certificate.needs.guideline.applies_to if one.service == service)
    given = next((one for one in certificate.needs.specs if one.service == service), None)
    head = certificate.head(service)
    endpoint = head.endpoint if head.service == service else {}
    return {
        "service": service,
        "url": endpoint.get("url"),
        "release": endpoint.get("release"),
        "min": endpoint.get("min"),
        "max": endpoint.get("max"),
        "reference": {"package": given.package, "version": given.version} if given else None,
        "guideline_of": {"package": scope.package, "version": scope.version},
        "lacking": (certificate.needs.lacking or {}).get(service),
    }


def _origin(origin: Origin) -> dict[str, Any]:
    return {"title": origin.title, "url": origin.url, "section": origin.section}


def _flag(flag: Flag | None) -> dict[str, Any] | None:
    if flag is None:
        return None
    until = flag.until.isoformat() if flag.until else None
    return {"since": flag.since.isoformat(), "until": until, "reason": flag.reason}


def _reasons(certificate: Certificate, keys: tuple[str, ...]) -> list[str]:
    sentences = dict(certificate.needs.guideline.reasons)
    return [sentences[key] for key in keys]


def _capability(certificate: Certificate, one: Judged) -> dict[str, Any]:
    capability = one.capability
    return {
        "id": capability.id,
        "title": capability.title,
        "service": capability.service,
        "status": capability.status,
        "since": capability.since,
        "roles": list(capability.roles),
        "counts": one.counts,
        "standing": one.standing,
        "why": one.why,
        "excepted": one.excepted.reason if one.excepted else None,
        "flag": _flag(one.flag),
        "requirements": [_proof(certificate, proof) for proof in one.proofs],
        "unknown": [str(selector) for selector in one.unknown],
        "foreign": [{"states": given.states, "source": _origin(given.source)} for given in capability.foreign],
        "tests": [
            {
                "test": old.test,
                "standing": one.standing_of(old),
                "by": list(old.by),
                "beyond": _reasons(certificate, old.beyond),
            }
            for old in capability.tests
        ],
    }


def _proof(certificate: Certificate, proof: Proof) -> dict[str, Any]:
    need = proof.need
    return {
        "service": need.service,
        "id": need.requirement,
        "source": place(need.source),
        "promise": proof.promise,
        "standing": proof.standing,
        "why": proof.why,
        "cases": {"needed": list(need.cases), "of": need.of, "verdicts": dict(proof.counts)},
        "flag": _flag(proof.flag),
        "flagged": [{"case": case, **(_flag(flag) or {})} for case, flag in proof.flagged],
        "evidence": [_evidence(certificate.head(need.service), result) for result in proof.evidence[:EVIDENCE]],
    }


def _evidence(head: RunInfo, result: Result) -> dict[str, Any]:
    command = curl_of(result, head) if result.verdict == "fail" else None
    return {
        "case": result.case,
        "verdict": result.verdict,
        "expected": result.expected,
        "observed": result.observed,
        "reason": result.reason,
        "role": result.role,
        "microversion": result.microversion,
        "again": again(result.case, head),
        "curl": command if command is not None and len(command) <= MOST else None,
    }


# --- EARL ---

_OUTCOMES: dict[Standing, str] = {"proved": "earl:passed", "broken": "earl:failed", "not proved": "earl:cantTell"}

_CONTEXT = {
    "earl": "http://www.w3.org/ns/earl#",
    "dct": "http://purl.org/dc/terms/",
    "doap": "http://usefulinc.com/ns/doap#",
    "foaf": "http://xmlns.com/foaf/0.1/",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
    "assertedBy": {"@id": "earl:assertedBy", "@type": "@id"},
    "subject": {"@id": "earl:subject", "@type": "@id"},
    "test": {"@id": "earl:test", "@type": "@id"},
    "mode": {"@id": "earl:mode", "@type": "@id"},
    "result": "earl:result",
    "outcome": {"@id": "earl:outcome", "@type": "@id"},
    "info": "earl:info",
    "title": "dct:title",
    "description": "dct:description",
    "isPartOf": {"@id": "dct:isPartOf", "@type": "@id"},
    "source": "dct:source",
    "date": {"@id": "dct:date", "@type": "xsd:dateTime"},
}


def as_earl(certificate: Certificate, version: str | None) -> dict[str, Any]:
    """Return the certificate as JSON-LD: one EARL assertion for each requirement of each capability."""
    info, guideline = certificate.info, certificate.needs.guideline
    cloud = str(info.endpoint.get("url") or info.endpoint.get("name") or "cloud")
    graph: list[dict[str, Any]] = [
        {"@id": "#tool", "@type": "earl:Software", "title": "apiref-conformance", "doap:revision": version or ""},
        {"@id": "#cloud", "@type": "earl:TestSubject", "title": str(info.endpoint.get("name") or ""), "source": cloud},
        {
            "@id": f"#guideline-{_part(guideline.id)}",
            "@type": "earl:TestRequirement",
            "title": f"{guideline.title} {guideline.version}",
            "source": guideline.source.url,
        },
    ]
    for one in certificate.judged:
        graph.append(
            {
                "@id": f"#capability-{_part(one.capability.id)}",
                "@type": "earl:TestRequirement",
                "title": one.capability.title,
                "isPartOf": f"#guideline-{_part(guideline.id)}",
            }
        )
        graph += _assertions(one, info.finished or info.started)
    data: dict[str, Any] = visible_value({"@context": _CONTEXT, "@graph": graph})
    return data


def _assertions(one: Judged, when: str) -> Iterator[dict[str, Any]]:
    for proof in one.proofs:
        need = proof.need
        yield {
            "@type": "earl:Assertion",
            "assertedBy": "#tool",
            "subject": "#cloud",
            "mode": "earl:automatic",
            "test": {
                "@id": f"#requirement-{_part(one.capability.id)}-{_part(need.service)}-{_part(need.requirement)}",
                "@type": "earl:TestCase",
                "title": need.requirement,
                "description": proof.promise,
                "source": place(need.source),
                "isPartOf": f"#capability-{_part(one.capability.id)}",
            },
            "result": {
                "@type": "earl:TestResult",
                "outcome": _OUTCOMES[proof.standing],
                "info": proof.why,
                "date": when,
            },
        }


def _part(text: str) -> str:
    return quote(text, safe="")
