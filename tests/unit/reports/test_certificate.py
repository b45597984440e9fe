"""A certificate: three verdicts of a record, and nothing proved by what was skipped, empty or another's right."""

from __future__ import annotations

import json
import re
import subprocess
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from checkout import ROOT
from jsonschema import Draft202012Validator
from record_builder import exchange, result
from spinning import GONE, HUM, SHOW, SPIN, TEXT, but, needs, passed, written

from reports import certify as certify_module
from reports.certificate import UNKNOWN, Certificate, certificate
from reports.certificate_json import as_earl, as_json
from reports.certificate_page import data_of, page
from reports.certify import certify, contents_of, verify
from specs.guideline.load import GuidelineError
from specs.guideline.needed import FILE, Declared, Needs
from specs.record.model import Result


def made(folder: Path, results: list[Result], need: Needs | None = None, **head: Any) -> Certificate:
    return certificate(written(folder / "run", results, need, **head))


def standings(of: Certificate) -> dict[str, tuple[str, str]]:
    return {one.capability.id: (one.standing, one.why) for one in of.judged}


def test_all_is_proved_if_every_needed_case_passed(tmp_path: Path) -> None:
    found = made(tmp_path, passed())
    assert set(standings(found).values()) == {("proved", "")}
    assert (found.standing, found.status) == ("proved", 0)
    assert found.counts == {"broken": 0, "not proved": 0, "proved": 2}
    assert found.requirements == {"broken": 0, "not proved": 0, "proved": 3}
    assert found.tests == {"broken": 0, "not proved": 0, "proved": 1, None: 1}


def test_one_failure_breaks_its_capability_and_the_whole(tmp_path: Path) -> None:
    found = made(tmp_path, but(GONE, "unknown-id", "fail", expected="404", observed="204"))
    assert standings(found)["spin"] == ("broken", f"the cloud breaks {GONE}")
    assert standings(found)["show"] == ("proved", "")
    assert (found.standing, found.status) == ("broken", 1)
    (proof,) = [proof for proof in found.judged[0].proofs if proof.standing == "broken"]
    assert proof.why == "expected 404, observed 204"
    assert [one.case for one in proof.evidence] == [f"{GONE}[unknown-id]"]


def test_a_waiver_does_not_mend_a_broken_promise(tmp_path: Path) -> None:
    waiver = {"reason": "r", "link": "https://example.org", "expires": "2027-01-01", "deviation": "d"}
    assert made(tmp_path, but(SHOW, "", "fail", waiver=waiver)).status == 1


@pytest.mark.parametrize(
    ("results", "why"),
    [
        (but(SPIN, "2.1", "inconclusive", reason="the quota is full"), f"{SPIN}: inconclusive: the quota is full"),
        (but(SPIN, "2.1", "error", reason="it fell"), f"{SPIN}: error: it fell"),
        (but(GONE, "unknown-id", "inapplicable", reason="it has none"), f"{GONE}: inapplicable: it has none"),
        ([one for one in passed() if one.requirement != GONE], f"{GONE}: its case was not tried"),
        ([one for one in passed() if one.case != f"{SPIN}[2.1]"], f"{SPIN}: 1 of 2 cases was not tried"),
        (but(SPIN, "2.1", role="admin"), f"{SPIN}: it needed the role admin, which the capability does not allow"),
    ],
)
def test_what_was_skipped_or_undecided_or_anothers_right_is_not_proved(
    tmp_path: Path, results: list[Result], why: str
) -> None:
    found = made(tmp_path, results)
    assert standings(found)["spin"] == ("not proved", why)
    assert (found.standing, found.status) == ("not proved", 3)


def test_an_inapplicable_case_beside_a_pass_takes_nothing_away(tmp_path: Path) -> None:
    assert made(tmp_path, but(SPIN, "2.1", "inapplicable", reason="it has no such version")).status == 0


@pytest.mark.parametrize(
    ("body", "empty"),
    [
        ({"widgets": []}, True),
        ({"widgets": [], "widgets_links": []}, True),
        ({"widgets": [], "first": "/widgets", "schema": "/schemas/widgets"}, True),
        ([], True),
        ({"widgets": [{"id": "a"}]}, False),
        ({"widget": {"tags": []}}, False),
        ({"id": "a", "tags": []}, False),
        ({}, False),
        (None, False),
        ("", False),
    ],
)
def test_an_empty_list_proves_nothing(tmp_path: Path, body: Any, empty: bool) -> None:
    shown = (exchange(200, body, method="GET", body=None),)
    found = made(tmp_path, but(SHOW, status=200, observed="200", exchanges=shown))
    assert standings(found)["show"][0] == ("not proved" if empty else "proved")


def test_a_pass_of_a_case_that_is_not_needed_does_not_count(tmp_path: Path) -> None:
    more = [*passed(), result(SPIN, "fail", detail="other")]
    assert made(tmp_path, more).status == 0


def test_an_advisory_capability_does_not_decide(tmp_path: Path) -> None:
    found = made(tmp_path, but(HUM, "", "fail"))
    assert standings(found)["hum"][0] == "broken"
    assert found.status == 0


def test_a_declared_exception_takes_a_capability_out_and_is_shown_with_its_words(tmp_path: Path) -> None:
    declared = Declared("no-spin", "operator of example: no axle")
    need = needs(TEXT, declared)
    assert all(not name.startswith("widgets.spin") for _, name in need.cases)
    found = made(tmp_path, [one for one in passed() if "spin" not in one.case], need)
    assert (found.status, found.counts["proved"]) == (0, 1)
    data = as_json(found)
    assert data["exceptions"] == [
        {"id": "no-spin", "title": "It does not spin", "condition": "It has no axle.", "declared": declared.reason}
    ]
    assert "operator of example: no axle" in page(found)


def test_a_flag_takes_a_requirement_out_for_a_time(tmp_path: Path) -> None:
    flag = 'flags: [{of: "spin:widgets.spin/error/404", since: 2026-01-01, until: 2026-12-31, reason: It is late.}]\n'
    broken = but(GONE, "unknown-id", "fail")
    assert made(tmp_path, broken, needs(TEXT + flag)).status == 0
    old = flag.replace("2026-12-31", "2026-01-31")
    assert certificate(written(tmp_path / "old", broken, needs(TEXT + old))).status == 1


def test_a_flag_takes_one_case_out_and_the_others_still_count(tmp_path: Path) -> None:
    flag = f'flags: [{{of: "spin:{SPIN}[2.1]", since: 2026-01-01, reason: It is late.}}]\n'
    found = made(tmp_path, but(SPIN, "2.1", "fail"), needs(TEXT + flag))
    assert found.status == 0
    assert f"{SPIN}[2.1]</span> does not count since 2026-01-01: It is late." in page(found)
    other = but(SPIN, "IDLE", "fail")
    assert certificate(written(tmp_path / "other", other, needs(TEXT + flag))).status == 1
    both = flag.replace("}]", f'}}, {{of: "spin:{SPIN}[IDLE]", since: 2026-01-01, reason: It is late.}}]')
    found = certificate(written(tmp_path / "both", passed(), needs(TEXT + both)))
    assert standings(found)["spin"] == ("not proved", f"{SPIN}: every needed case of it is flagged")


def test_requirements_that_the_run_did_not_know_are_not_proved(tmp_path: Path) -> None:
    found = made(tmp_path, passed(), needs(without=SHOW))
    assert standings(found)["show"] == ("not proved", f"{UNKNOWN}: widgets.show/*/*")
    assert UNKNOWN in page(found)
    lacking = needs(without=SHOW, lacking={"compute": "the catalogue has no compute service"})
    found = certificate(written(tmp_path / "lacking", passed(), lacking))
    assert standings(found)["show"] == ("not proved", "the catalogue has no compute service")
    found = certificate(written(tmp_path / "spin", passed(), needs(without=SPIN)))
    assert found.tests == {"broken": 0, "not proved": 1, "proved": 0, None: 1}


def test_a_foreign_requirement_is_never_proved(tmp_path: Path) -> None:
    foreign = '  foreign: [{states: widgets are green, source: {title: W-2, url: "https://example.org/w-2"}}]\n'
    text = TEXT.replace("  requirements: [{operation: widgets.show}]\n", foreign)
    found = made(tmp_path, passed(), needs(text))
    assert standings(found)["show"][0] == "not proved"
    assert "widgets are green" in page(found)


def test_the_same_files_give_the_same_certificate(tmp_path: Path) -> None:
    run = written(tmp_path / "run", but(SPIN, "2.1", "fail"))
    assert contents_of(certificate(run)) == contents_of(certificate(run))


def test_the_digest_of_the_record_is_that_of_sha256sum(tmp_path: Path) -> None:
    run = written(tmp_path / "run", passed())
    command = "sha256sum results.jsonl run.json | sha256sum"
    said = subprocess.run(["sh", "-c", command], cwd=run, capture_output=True, text=True, check=True).stdout
    assert certificate(run).record_sha256 == said.split()[0]


# --- files, and their verification ---


def test_certify_writes_four_files_and_says_the_result(tmp_path: Path) -> None:
    run = written(tmp_path / "run", but(SPIN, "2.1", "inconclusive", reason="no room"))
    done = certify(run)
    assert {path.name for path in done.written} == {f"certificate.{end}" for end in ("html", "json", "jsonld", "svg")}
    assert done.status == 3
    assert done.lines[-3:] == (
        "spinning 1.2: not proved: of 2 required capabilities 1 proved, 0 broken, 1 not proved",
        "tests of the older programme by what covers them: 1 not covered, 0 proved, 1 not proved, 0 broken",
        f"certificate: {run / 'certificate.html'}",
    )
    assert done.lines[0] == f"spin: not proved: {SPIN}: inconclusive: no room"
    assert "1 of 2 proved" in (run / "certificate.svg").read_text()


def test_the_terminal_lists_some_capabilities_and_counts_the_rest(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(certify_module, "LISTED", 1)
    lines = certify(written(tmp_path / "run", but(SHOW, "", "fail")[1:])).lines
    assert lines[0].startswith("show: broken: ")
    assert lines[1] == "... and 1 more: the page shows all"


@pytest.mark.parametrize("name", ["certificate.html", "certificate.json"])
def test_a_certificate_is_verified_by_its_record(tmp_path: Path, name: str) -> None:
    run = written(tmp_path / "run", passed())
    certify(run)
    outcome = verify(run / name, run)
    assert outcome.holds
    assert "is the certificate that the record run gives: proved" in outcome.sentence


def test_a_changed_page_or_record_is_told_in_one_sentence(tmp_path: Path) -> None:
    run = written(tmp_path / "run", but(SPIN, "2.1", "fail"))
    certify(run)
    shown = tmp_path / "shown.html"
    text = (run / "certificate.html").read_text()
    shown.write_text(text.replace("<h1>Of two", "<h1>All two"))
    assert "another text around it" in verify(shown, run).sentence
    shown.write_text(text.replace('"standing": "broken"', '"standing": "proved"'))
    assert "its standing differs from what the record gives" in verify(shown, run).sentence
    shown.write_text(text)
    assert verify(shown, run).holds
    with (run / "results.jsonl").open("a") as lines:
        lines.write("\n")
    assert "it is of another record, by the digest" in verify(shown, run).sentence
    (run / FILE).write_text(needs(TEXT.replace("Spin widgets", "Spin")).dumps())
    assert "it is of another guideline, by the digest" in verify(shown, run).sentence
    shown.write_text("<html></html>")
    with pytest.raises(ValueError, match="is no certificate"):
        verify(shown, run)


def test_a_run_without_a_guideline_has_no_certificate(tmp_path: Path) -> None:
    run = written(tmp_path / "run", passed())
    (run / FILE).write_text("{}")
    with pytest.raises(GuidelineError, match="is damaged"):
        certificate(run)
    (run / FILE).unlink()
    with pytest.raises(GuidelineError, match="the run followed no guideline"):
        certificate(run)


# --- forms ---


class Parts(HTMLParser):
    """The elements of a page with their attributes."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))


HOSTILE = '</script><script>alert(1)</script><img src="https://evil.example/x" onerror="alert(1)">\u202e'


def test_what_a_cloud_sends_stays_text(tmp_path: Path) -> None:
    plain = Parts(page(made(tmp_path, but(SPIN, "2.1", "fail", reason="plain", observed="200"))))
    (tmp_path / "other").mkdir()
    hostile = made(tmp_path / "other", but(SPIN, "2.1", "fail", reason=f"{HOSTILE}!", observed=HOSTILE))
    text = page(hostile)
    assert [tag for tag, _ in Parts(text).found] == [tag for tag, _ in plain.found]
    assert "\u202e" not in text
    assert data_of(text) == as_json(hostile)


def test_the_page_loads_nothing_and_has_a_strict_policy(tmp_path: Path) -> None:
    found = Parts(page(made(tmp_path, passed()))).found
    assert not [tag for tag, _ in found if tag in ("link", "img", "iframe", "object", "base", "form")]
    assert not [attributes for _, attributes in found if "src" in attributes or "style" in attributes]
    policy = next(
        str(attributes["content"])
        for tag, attributes in found
        if tag == "meta" and attributes.get("http-equiv") == "Content-Security-Policy"
    )
    assert policy.startswith("default-src 'none'; style-src 'sha256-")


def test_the_page_shows_the_evidence_and_the_command_of_what_is_broken(tmp_path: Path) -> None:
    text = page(made(tmp_path, but(GONE, "unknown-id", "fail", expected="404", observed="204")))
    words = re.sub(r"<[^>]+>|\s+", " ", text)
    assert "conformance run -k" in words
    assert f"{GONE}[unknown-id]" in text
    assert "widgets.inc:7" in text
    assert "Of two required capabilities one is broken; one is proved." in words


def test_the_headline_says_so_if_nothing_is_proved(tmp_path: Path) -> None:
    words = re.sub(r"<[^>]+>|\s+", " ", page(made(tmp_path, [])))
    assert "Of two required capabilities two are not proved; none is proved." in words


def test_the_data_keeps_its_schema(tmp_path: Path) -> None:
    flags = "flags: [{of: hum, since: 2026-01-01, reason: Late.}, "
    flags += "{of: 'spin:widgets.spin/normal/202[2.1]', since: 2026-01-01, reason: L}]\n"
    foreign = '  foreign: [{states: widgets are green, source: {title: W-2, url: "https://example.org/w-2"}}]\n'
    text = TEXT.replace("- id: hum\n", f"{foreign}- id: hum\n") + flags
    need = needs(text, Declared("no-spin", "no axle"), without=SHOW)
    validator = Draft202012Validator(json.loads((ROOT / "specs/schemas/certificate-1.json").read_text()))
    for name, results in (("a", but(SHOW, "", "fail")), ("b", []), ("c", passed())):
        assert list(validator.iter_errors(as_json(certificate(written(tmp_path / name, results, need))))) == []
        assert list(validator.iter_errors(as_json(certificate(written(tmp_path / f"{name}2", results))))) == []


def test_earl_has_one_assertion_for_each_requirement(tmp_path: Path) -> None:
    results = but(GONE, "unknown-id", "fail")
    results = [one for one in results if one.requirement != SHOW]
    data = as_earl(made(tmp_path, results), "1")
    assertions = [one for one in data["@graph"] if one["@type"] == "earl:Assertion"]
    assert {one["test"]["title"]: one["result"]["outcome"] for one in assertions} == {
        SPIN: "earl:passed",
        GONE: "earl:failed",
        SHOW: "earl:cantTell",
        HUM: "earl:passed",
    }
    names = {one["@id"] for one in data["@graph"] if "@id" in one}
    assert all(one["test"]["isPartOf"] in names and one["subject"] in names for one in assertions)
    assert json.loads(json.dumps(data)) == data


def test_the_region_of_the_cloud_is_shown_if_the_record_has_it(tmp_path: Path) -> None:
    endpoint = {"url": "https://cloud.example.org", "name": "example", "region": "R-7"}
    found = made(tmp_path, passed(), endpoint=endpoint)
    assert as_json(found)["cloud"]["region"] == "R-7"
    assert "<dt>Region</dt><dd>R-7</dd>" in page(found)


def test_a_run_that_has_not_ended_says_so(tmp_path: Path) -> None:
    run = written(tmp_path / "run", passed())
    head = json.loads((run / "run.json").read_text())
    (run / "run.json").write_text(json.dumps({**head, "finished": None}))
    assert "The run has not ended" in page(certificate(run))


def test_needs_are_read_back_as_they_were_written(tmp_path: Path) -> None:
    need = needs(TEXT, Declared("no-spin", "no axle"), lacking={"x": "y"})
    read = certificate(written(tmp_path / "run", [], need)).needs
    assert replace(read, loaded=need.loaded) == need
    assert read.loaded.sha256 == need.loaded.sha256
