"""The page is one file that says what the record says, whatever the record holds."""

from __future__ import annotations

import hashlib
import re
from base64 import b64encode
from dataclasses import replace
from html.parser import HTMLParser
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from record_builder import exchange, info, mixed, omission, record, result

from reports import cards
from reports import html as html_module
from reports.compare import compare
from reports.html import page
from reports.runs import runs_page
from reports.view import view
from specs.record.model import Result, Source
from specs.record.reader import RunRecord

HOSTILE = "</script><script>alert(1)</script><img src=x onerror=alert(1)>\"'\x1b[31m\x00\u202e]]>--> {{ 7*7 }} &amp;"
VOID = {"meta", "link", "br", "input", "rect", "hr", "img", "li", "option"}
INLINE = {"a", "b", "code", "small", "span"}


class Reader(HTMLParser):
    """Reads the page as a browser would: its text, its elements, its ids and links; checks that they nest."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.text = ""
        self.ids: list[str] = []
        self.links: list[str] = []
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self._open: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag not in INLINE:
            self.text += " "
        self.tags.append((tag, given))
        if given.get("id"):
            self.ids.append(str(given["id"]))
        if "href" in given:
            self.links.append(str(given["href"]))
        if tag not in VOID:
            self._open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag not in VOID:
            assert self._open.pop() == tag

    def handle_data(self, data: str) -> None:
        if self._open and self._open[-1] not in ("script", "style"):
            self.text += data

    def close(self) -> None:
        super().close()
        assert self._open == []


def read(page_text: str) -> Reader:
    reader = Reader()
    reader.feed(page_text)
    reader.close()
    reader.text = " ".join(reader.text.split())
    return reader


def shown(run: RunRecord) -> Reader:
    return read(page(view(run)))


def test_the_first_screen() -> None:
    text = shown(mixed()).text
    for words in (
        "2 promises are broken; 1 is waived; 2 could not be decided; 6 hold; 1 has no case.",
        "Exit status 1: a promise is broken, and no waiver accepts it.",
        "Endpoint https://cloud.example.org/compute/v2.1",
        "Release 34.0.0",
        "Microversions 2.1 to 2.104",
        "Reference nova 34.0.0, 22 operations",
        "When 2026-03-01 12:00:05 UTC, for 5 min 12 s",
        "Compute API, checked against its own reference",
        "5 of 9 documented error codes decided",
    ):
        assert words in text


def test_a_failure() -> None:
    text = shown(mixed()).text
    for words in (
        "servers-actions.lock/normal/202",
        "Requirement the documented request is answered with 202 — api-ref/source/servers-actions.inc:409",
        "Expected 202 Observed 200 Reason so it came Tried as member, at microversion 2.73",
        "conformance run -k 'servers-actions.lock/normal/202[2.73]' --url https://cloud.example.org/compute/v2.1",
        'curl -sS -i -X POST "$ENDPOINT"/servers/5f1c/action -H "X-Auth-Token: $TOKEN"',
        "Request as member POST",
        "Response after 41 ms",
    ):
        assert words in text
    assert "secret-token" not in page(view(mixed()))


def test_the_other_sections() -> None:
    text = shown(mixed()).text
    for words in (
        "Omissions 1 finding (2 deviations)",
        "One finding in 2 requirements of 2 operations (2 cases): the reference does not mention 400.",
        "server conf-… did not reach ERROR within 300 s",
        "no reader was given",
        "refuses the other four (SHUTOFF, PAUSED, SUSPENDED, RESCUE)",
        "RESCUE: accepted",
        "401: 1 of 1",
        "imageRef",
        "Without a case 1 promise",
        "error/501 servers-actions.inc:12 ○ no case provider",
        "members may https://bugs.example.org/1; until 2027-01-01",
    ):
        assert words in text


def test_every_link_has_its_target() -> None:
    reader = shown(mixed())
    assert len(set(reader.ids)) == len(reader.ids)
    for link in reader.links:
        assert link == "https://bugs.example.org/1" or link.removeprefix("#") in reader.ids


def test_no_request_leaves_the_page_and_only_its_own_script_may_run() -> None:
    text = page(view(mixed()))
    reader = read(text)
    assert not [tag for tag, given in reader.tags if given.get("src") or tag in ("link", "img", "iframe", "object")]
    assert not re.search(r"@import|url\(", text)
    policy = next(str(given["content"]) for tag, given in reader.tags if given.get("http-equiv"))
    assert policy.startswith("default-src 'none';")
    for tag in ("style", "script"):
        (content,) = re.findall(rf"<{tag}>(.*?)</{tag}>", text, re.DOTALL)
        digest = b64encode(hashlib.sha256(content.encode()).digest()).decode()
        assert f"{tag}-src 'sha256-{digest}'" in policy
    assert not [given for _, given in reader.tags if any(name.startswith("on") or name == "style" for name in given)]


@pytest.mark.parametrize(
    ("run", "words"),
    [
        (record(), "No promise was tried."),
        (record(), "The record holds no result."),
        (record(finished=None), "The run has not ended: this report shows only the results up to then."),
        (record(result(verdict="error")), "No promise is broken; 1 could not be decided; 0 hold."),
        (record(result()), "No contradiction was found."),
        (replace(mixed(), damaged=("results.jsonl:9: the last line is incomplete, and is ignored",)), "is incomplete"),
        (RunRecord(replace(info(), endpoint={}, spec={}, roles=(), options={}, environment={}), ()), "An API"),
        (record(result(operation="", requirement="framework/406")), "no operation"),
        (record(result("a.b/normal/202", "fail", exchanges=())), "conformance run -k a.b/normal/202"),
        (record(result("a.b/normal/202", "fail", exchanges=(exchange(None),))), "no answer came"),
        (record(result("a.b/normal/202", "fail", source=Source("x.inc", 0))), "x.inc"),
    ],
)
def test_records_at_the_edge(run: RunRecord, words: str) -> None:
    assert words in shown(run).text


@pytest.mark.parametrize(
    ("totals", "words"),
    [
        (
            {"requests": 1204, "made": {"widget": 12, "box_policy": 1}},
            "Work 1,204 requests, 12 widgets made, 1 box policy",
        ),
        ({"requests": 1, "widgets": 7, "pass": 3}, "Work 1 request, 7 widgets made Verdict"),
        ({"made": {"widget": "many"}, "requests": "few"}, "Roles member, admin Verdict"),
    ],
)
def test_what_a_run_made_is_named_as_its_record_names_it(totals: dict[str, Any], words: str) -> None:
    assert words in shown(record(result(), totals=totals)).text


def test_an_older_record_is_said_to_know_less() -> None:
    older = result(status=None, accepted=None, exchanges=(exchange(202),))
    words = "which did not note which requests were accepted"
    assert words in shown(record(older)).text
    assert words not in shown(record(older, result())).text


def hostile(text: str) -> RunRecord:
    body = {text: [text, {"a": text}]}
    one = result(
        f"{text}/normal/{text}",
        "fail",
        operation=text,
        case=text,
        expected=text,
        observed=text,
        reason=text,
        microversion=text,
        role=text,
        state=text,
        source=Source(text, 3),
        exchanges=(exchange(200, body, url=text, method=text, headers={text: text}, body=text),),
    )
    waived = replace(one, case="w", waiver={"reason": text, "link": f"javascript:{text}", "expires": text})
    seen = replace(one, case="o", verdict="pass", deviation=None, observation={text: text, "about": text})
    return record(
        one,
        waived,
        seen,
        replace(one, case="i", verdict="inconclusive", deviation=None),
        omission(f"{text}/error/404", text, operation=text),
        endpoint={"url": text, "release": text, "min": text, "max": text},
        spec={"service": text, "package": text, "version": text, "operations": 1},
        roles=(text,),
        environment={text: text},
        options={text: text, "os_cloud": text, "url": text},
        notes=({"kind": text, text: text},),
        started=text,
    )


def test_hostile_content_is_only_shown() -> None:
    run = hostile(HOSTILE)
    text = page(view(run))
    reader = read(text)
    assert [tag for tag, _ in reader.tags if tag in ("script", "img")] == ["script"]
    assert "<script>alert(1)</script>" in reader.text
    assert "{{ 7*7 }}" in reader.text
    assert not re.search("[\x00\x1b\u202e]", text)
    assert not [link for link in reader.links if not link.startswith("#")]
    read(runs_page([view(run), view(mixed())]))
    read(page(view(run), compare(view(run), view(mixed()))))


@settings(max_examples=60, suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(st.text(st.characters(exclude_categories=())))
def test_any_content_makes_a_page_that_can_be_written(text: str) -> None:
    written = page(view(hostile(text)))
    written.encode("utf-8")
    reader = read(written)
    assert [tag for tag, _ in reader.tags if tag in ("script", "img")] == ["script"]


def test_operations_whose_names_look_alike_have_anchors_of_their_own() -> None:
    run = record(result("a b/normal/200", operation="a b"), result("a?b/normal/200", operation="a?b"))
    reader = shown(run)
    assert {"op-a_b", "op-a_b_2"} <= set(reader.ids)


def test_huge_bodies_are_cut_and_said_to_be() -> None:
    run = record(result("a.b/normal/202", "fail", exchanges=(exchange(200, "x" * 1_000_000),)))
    written = page(view(run))
    assert "996,000 more characters in the run record" in written
    assert len(written) < 60_000


def test_many_exchanges_are_the_first_and_the_last() -> None:
    polls = tuple(exchange(200, {"poll": at}, method="GET") for at in range(40))
    text = shown(record(result("a.b/postcondition", "fail", observed="ERROR", exchanges=polls))).text
    assert [at for at in range(40) if f'"poll": {at} ' in text] == [0, 1, 36, 37, 38, 39]
    assert "34 more exchanges in the run record, at a.b/postcondition" in text


def test_a_page_has_bounds(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cards, "CARDS", 3)
    monkeypatch.setattr(cards, "BUDGET", 100)
    monkeypatch.setattr(html_module, "LISTED", 4)
    run = record(
        *(result(f"a.{at}/normal/202", "fail", observed="200") for at in range(5)),
        *(result(f"a.{at}/normal/202", "fail", observed=f"field {at} is missing") for at in range(5, 7)),
        *(result("b.c/body", detail=f"{at}") for at in range(9)),
    )
    reader = shown(run)
    assert reader.text.count("Try again") == 3
    assert "2 more are listed by their ids only, because the page would grow too large: a.3/normal/202!" in reader.text
    assert "a.6/normal/202!contradiction!field 6 is missing" in reader.text
    assert "1 more exchange in the run record" in reader.text
    assert "… and 6 more" in reader.text


def big(operations: int, cases: int) -> list[Result]:
    found: list[Result] = []
    for at in range(operations):
        for case in range(cases):
            name = f"servers-actions.operation{at}/{'body' if case % 3 else 'error'}/{400 + case % 12}"
            kind: Any = "pass" if case % 17 else "inconclusive"
            found.append(result(name, kind, detail=f"ACTIVE-2.{case}", exchanges=(exchange(202, "x" * 500),) * 2))
        found.append(result(f"servers-actions.operation{at}/normal/202", "fail", observed=f"20{at % 7}"))
    return found


def test_the_size_of_a_large_run() -> None:
    """22 operations and 1,500 cases stay under 3 MB, 251 and 12,000 under 15."""
    assert len(page(view(record(*big(22, 68)))).encode()) < 3_000_000
    assert len(page(view(record(*big(251, 48)))).encode()) < 15_000_000


def test_against_a_baseline() -> None:
    now, before = view(mixed()), view(record(result("a.b/normal/202", "fail")))
    text = read(page(now, compare(now, before))).text
    assert "Against the baseline 5 deviations new, 0 gone, 0 unchanged, 1 not tried this time." in text
    assert "contradiction new Requirement" in text


def test_runs_side_by_side() -> None:
    other = record(result("servers-actions.lock/normal/202"))
    text = read(runs_page([view(mixed()), view(other)])).text
    assert "2 runs: they differ on 12 requirements." in text
    assert "servers-actions.lock/normal/202 ✗ fail ✓ pass" in text
    same = read(runs_page([view(other), view(other)])).text
    assert "They agree on every requirement." in same


KNOWN = (
    {"kind": "expected deviations", "text": "1 expected deviation seen, 1 unexpected: x, 0 vanished"},
    {
        "kind": "expected",
        "deviation": "servers-actions.lock/normal/202!contradiction!200",
        "why": "Nobody sets the status.",
        "reference": ["api-ref/source/servers-actions.inc:409"],
        "source": ["nova/api/openstack/compute/lock_server.py:31-33"],
        "link": "https://bugs.example.org/4711",
    },
)


TWO = (1, "compute"), (2, "image")


def test_the_releases_of_several_services_were_examined_each() -> None:
    said = [{"kind": "expected deviations", "text": f"{n} expected deviations seen", "service": s} for n, s in TWO]
    run = record(result("servers-actions.lock/normal/202"), notes=tuple(said))
    text = shown(run).text
    assert "The deviations of these releases were examined before:" in text
    assert "compute: 1 expected deviations seen" in text
    assert "image: 2 expected deviations seen" in text


def test_of_an_entry_for_many_operations_the_first_places_are_shown() -> None:
    places = [f"nova/api/x.py:{line}" for line in range(1, 31)]
    run = record(result("servers-actions.lock/normal/202", "fail"), notes=(KNOWN[0], {**KNOWN[1], "source": places}))
    assert f"source {', '.join(places[:4])}, and 26 more" in shown(run).text


def test_what_is_known_stands_beside_the_finding() -> None:
    lock, pause = "servers-actions.lock/normal/202", "servers-actions.pause/normal/202"
    run = record(result(lock, "fail"), result(pause, "fail"), notes=KNOWN)
    seen = shown(run)
    assert "The deviations of this release were examined before: 1 expected deviation seen" in seen.text
    known, unknown = seen.text.split(f"{lock} contradiction expected deviation")[1].split(
        f"{pause} contradiction unexpected deviation"
    )
    assert "Nobody sets the status." in known
    assert "nova/api/openstack/compute/lock_server.py:31-33" in known
    assert "Known" not in unknown.split("About this run")[0]
    assert "https://bugs.example.org/4711" in seen.links


def test_a_case_that_is_not_known_to_show_what_others_do_is_named() -> None:
    lock = "servers-actions.lock/normal/202"
    news = {"kind": "unexpected", "deviation": f"{lock}!contradiction!200", "case": f"{lock}[PAUSED]"}
    seen = shown(record(result(lock, "fail"), notes=(*KNOWN, news))).text
    assert f"{lock} contradiction expected deviation unexpected deviation" in seen
    assert f"Not known in {lock}[PAUSED]" in seen
    assert "Not known in" not in shown(record(result(lock, "fail"), notes=KNOWN)).text


def test_without_a_comparison_nothing_is_called_unexpected() -> None:
    assert "unexpected" not in shown(record(result("servers-actions.lock/normal/202", "fail"))).text


def test_hostile_notes_of_what_is_known() -> None:
    note = {**KNOWN[1], "why": HOSTILE, "reference": HOSTILE, "source": [HOSTILE, 3], "link": "javascript:alert(1)"}
    seen = shown(record(result("servers-actions.lock/normal/202", "fail"), notes=(KNOWN[0], note)))
    assert not [link for link in seen.links if link.startswith("javascript")]
    assert [tag for tag, _ in seen.tags].count("script") == 1


def test_the_page_says_that_an_observation_is_inapplicable_too():
    assert "the reference leaves it open" in page(view(record(result("a.b/normal/200"))))
