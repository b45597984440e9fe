"""A certificate as one HTML page that loads no other files and prints well. Its data stands in it as JSON, too."""

from __future__ import annotations

import json
import re
from typing import Any

from markupsafe import Markup

from reports import words
from reports.certificate import UNKNOWN, Certificate, Standing
from reports.certificate_json import as_json
from reports.html import render
from specs.record.model import Verdict
from specs.text import visible_json

DATA = "certificate-data"
"""The id of the element that holds the data."""

SIGNS: dict[str, Verdict] = {
    "proved": "pass",
    "broken": "fail",
    "not proved": "inconclusive",
    "excepted": "inapplicable",
    "flagged": "inapplicable",
}
"""A standing -> the verdict that has the sign and the colour for it."""

_DATA = re.compile(rf'<script type="application/json" id="{DATA}">(.*?)</script>', re.DOTALL)


def page(made: Certificate) -> str:
    """Return the page."""
    data = as_json(made)
    return render(
        "certificate.html.j2",
        made=made,
        data=data,
        headline=headline(made),
        bar=_bar(made.counts),
        facts=_facts(made, data),
        rows=[(one, one.label, capability) for one, capability in zip(made.judged, data["capabilities"], strict=True)],
        first=_first(data),
        signs=SIGNS,
        unknown=UNKNOWN,
        tests=[(standing or "not covered", count) for standing, count in made.tests.items() if count],
        data_id=DATA,
        # `<` cannot end the element, because it is written as an escape of JSON.
        data_text=Markup(visible_json(json.dumps(data, ensure_ascii=False)).replace("<", "\\u003c")),  # noqa: S704
    )


def data_of(text: str) -> Any:
    """Return the data in the text of a page.

    Raises:
        ValueError: the text holds none.
    """
    found = _DATA.search(text)
    if found is None:
        raise ValueError("the page holds no data of a certificate")
    return json.loads(found[1])


def _first(data: dict[str, Any]) -> dict[str, str]:
    """Return, for each requirement by its service and id, the first capability that needs it: it shows the evidence."""
    first: dict[str, str] = {}
    for capability in data["capabilities"]:
        for proof in capability["requirements"]:
            first.setdefault(f"{proof['service']}:{proof['id']}", capability["id"])
    return first


def headline(made: Certificate) -> str:
    """Return the result in one sentence."""
    counts = made.counts
    total = sum(counts.values())
    if not total:
        return "No required capability counts, so nothing is proved."
    if made.standing == "proved":
        return f"All {words.spelled(total)} required capabilities are proved."
    parts = []
    if counts["broken"]:
        parts.append(f"{words.spelled(counts['broken'])} {'is' if counts['broken'] == 1 else 'are'} broken")
    if counts["not proved"]:
        parts.append(f"{words.spelled(counts['not proved'])} {'is' if counts['not proved'] == 1 else 'are'} not proved")
    said = " and ".join(parts)
    proved = counts["proved"]
    rest = f"{words.spelled(proved)} {'is' if proved == 1 else 'are'} proved" if proved else "none is proved"
    return f"Of {words.spelled(total)} required capabilities {said}; {rest}."


def _bar(counts: dict[Standing, int]) -> dict[Verdict, int]:
    return {SIGNS[standing]: count for standing, count in counts.items()}


def _facts(made: Certificate, data: dict[str, Any]) -> list[tuple[str, str]]:
    info, guideline = made.info, made.needs.guideline
    took = words.lasted(info)
    facts = [
        ("Guideline", f"{guideline.id} {guideline.version} ({guideline.status})"),
        ("Cloud", str(info.endpoint.get("name") or "not recorded")),
    ]
    if data["cloud"]["region"]:
        facts.append(("Region", str(data["cloud"]["region"])))
    facts += [
        ("When", words.when(info.started) + (f", for {took}" if took else "")),
        ("Roles", ", ".join(info.roles) or "none recorded"),
    ]
    work = words.work_of(info)
    return facts + ([("Work", ", ".join(work))] if work else [])
