"""A control tells the cloud's own answer from what something else has given in its place."""

from __future__ import annotations

import email.utils
import time
from dataclasses import replace

import pytest

from conformance.engine.api.load import load_service
from conformance.engine.cloud import standing as module
from conformance.engine.cloud.cleanup import cleanup
from conformance.engine.cloud.exchange import Ask
from conformance.engine.cloud.journal import Journal
from conformance.engine.cloud.poll import Watch
from conformance.engine.cloud.roles import Role
from conformance.engine.cloud.standing import retry_after, seconds_ahead
from conformance.engine.cloud.target import Target, connect

PAGE = (200, b"<html>Sign in first.</html>", {"Content-Type": "text/html"})
EXPIRED = (401, {"error": {"code": 401, "message": "expired"}})
BUSY = (429, {"overLimit": {"code": 429}}, {"Retry-After": "31536000"})

GIVEN_OUT = {
    "401": (EXPIRED, "the token of the role member is no longer accepted (401)"),
    "page": (PAGE, "another program answers in place of the cloud: GET /flavors gave 200 and no JSON (text/html)"),
    "page of a refusal": ((403, *PAGE[1:]), "another program answers in place of the cloud: GET /flavors gave 403"),
    "redirect": ((302, None, {"Location": "http://sign-in.invalid/"}), "another program answers in place of the cloud"),
    "nothing": ((200, {}), "GET /flavors gave 200 with flavors, and now 200 without"),
    "500": ((500, {"computeFault": {"code": 500, "message": "no database"}}), "GET /flavors gave 200, and now 500"),
    "busy": (BUSY, "is overloaded, or limits how often it may be asked: GET /flavors gave 429, and asks to wait"),
    "413": ((413, b"too large"), "is overloaded, or limits how often it may be asked: GET /flavors gave 413"),
    "broken": (None, "the cloud no longer answers: "),
}


@pytest.fixture(autouse=True)
def impatient(monkeypatch):
    monkeypatch.setattr(module, "PATIENCE", 0.0)
    monkeypatch.setattr(module, "PAUSE", 0.0)


def gives_out(fake, answer):
    """From now on the same comes to every request."""
    fake.routes.clear()
    fake.default = (lambda _: None) if answer is None else answer


@pytest.mark.parametrize(("answer", "sentence"), GIVEN_OUT.values(), ids=GIVEN_OUT)
def test_what_comes_to_every_request_is_not_the_clouds_answer(fake, cloud, answer, sentence):
    told = []
    cloud.standing.when_lost = lambda: told.append(cloud.lost)
    gives_out(fake, answer)
    found = cloud.get("/servers")
    assert (found.status, found.error) == (0, cloud.lost)
    assert sentence in cloud.lost
    assert told == [cloud.lost]


@pytest.mark.parametrize(("answer", "_"), GIVEN_OUT.values(), ids=GIVEN_OUT)
def test_what_comes_to_one_request_alone_is_its_answer(fake, cloud, answer, _):
    fake.routes["GET", "/v2.1/servers"] = (lambda _: None) if answer is None else answer
    found = cloud.get("/servers")
    assert found.status == (answer[0] if answer else 0)
    assert cloud.lost is None


def test_a_request_with_headers_of_its_own_is_no_control(fake, cloud):
    """A control has none, so that it would be answered in another way, and the cloud be taken for lost."""
    shown, whose = {"token": {}}, {"badRequest": {"code": 400, "message": "whose?"}}
    told = ("X-Subject-Token", "a")
    fake.routes["GET", "/v2.1/images"] = (200, {"images": []})
    fake.routes["GET", "/v2.1/tokens"] = lambda asked: (200, shown) if told[0] in asked.headers else (400, whose)
    assert cloud.get("/images").ok
    assert cloud.send(Ask("GET", "/tokens", Role.MEMBER, "2.1", headers=(told,))).json == shown
    fake.routes["GET", "/v2.1/flavors"] = EXPIRED
    assert cloud.get("/flavors").status == 401
    assert cloud.lost is None


def test_the_list_that_is_the_control_may_itself_be_at_fault(fake, cloud):
    """Another GET that was answered speaks for the cloud."""
    fake.routes["GET", "/v2.1/images"] = (200, {"images": []})
    assert cloud.get("/images").ok
    fake.routes["GET", "/v2.1/flavors"] = EXPIRED
    assert cloud.get("/flavors").status == 401
    assert cloud.lost is None


def test_a_control_asks_for_the_version_that_was_answered(fake, cloud):
    def new(asked):
        return (200, {"images": []}) if "2.90" in asked.headers.get("OpenStack-API-Version", "") else (404, b"gone")

    fake.routes["GET", "/v2.1/images"] = new
    assert cloud.get("/images", microversion="2.90").ok
    fake.routes["GET", "/v2.1/flavors"] = EXPIRED
    assert cloud.get("/flavors").status == 401
    assert cloud.lost is None


def test_a_cloud_that_comes_back_is_asked_again_and_a_change_is_not_made_twice(fake, cloud, monkeypatch):
    monkeypatch.setattr(module, "PATIENCE", 60.0)
    pages = []

    def or_page(answer):
        """The network's page three times, and then an answer."""

        def answered(asked):
            pages.append(asked)
            return PAGE if len(pages) <= 3 else answer

        return answered

    fake.routes["GET", "/v2.1/flavors"] = or_page((200, {"flavors": []}))
    fake.routes["GET", "/v2.1/servers"] = or_page((200, {"servers": []}))
    assert cloud.get("/servers").json == {"servers": []}
    pages.clear()
    fake.routes["POST", "/v2.1/servers"] = PAGE
    intent = cloud.journal.intend("server", f"{cloud.prefix}-server-1")
    answer = cloud.send(Ask("POST", "/servers", body={"server": {}}, intent=intent))
    assert "another program answers in place of the cloud" in answer.error
    assert len(fake.changes) == 1
    assert not cloud.journal.entries()[0].settled
    assert cloud.lost is None


def test_nothing_is_sent_to_a_cloud_that_is_lost_and_nothing_is_looked_for(fake, cloud, tmp_path):
    gives_out(fake, EXPIRED)
    cloud.get("/servers")
    fake.asked.clear()
    intent = cloud.journal.intend("server", f"{cloud.prefix}-server-1")
    answer = cloud.send(Ask("POST", "/servers", body={"server": {}}, intent=intent))
    assert answer.error == cloud.lost
    assert fake.asked == []
    (entry,) = cloud.journal.entries()
    assert entry.settled


def test_waits_end_when_the_cloud_is_lost(fake, cloud):
    gives_out(fake, EXPIRED)
    watch = Watch(cloud)
    result = watch.until("1", lambda view: False, 600.0)
    watch.close()
    assert result.timed_out
    assert result.problem == cloud.lost


def test_the_cleanup_looks_whether_the_cloud_is_back_and_does_not_wait_for_it(fake, cloud, tmp_path):
    name = f"{cloud.prefix}-server-1"
    cloud.journal.made(cloud.journal.intend("server", name), "1", "/servers/1")
    kept = dict(fake.routes)
    gives_out(fake, EXPIRED)
    cloud.get("/servers")
    report = cleanup(tmp_path, cloud, timeout=600.0)
    assert len(report.left) == 1
    assert cloud.lost in report.left[0]
    fake.routes.update(kept)
    fake.default = (404, {"itemNotFound": {"code": 404, "message": "not here"}})
    assert cleanup(tmp_path, cloud).clean
    assert cloud.lost is None


@pytest.mark.parametrize("role", [Role.ADMIN, Role.MEMBER])
def test_each_role_has_its_control(fake, cloud, role):
    def refuse(asked):
        return EXPIRED if asked.token.startswith("admin") else (200, {"flavors": [], "servers": []})

    fake.default = refuse
    fake.routes.clear()
    answer = cloud.get("/servers", role=role)
    assert (answer.error is None) is (role is Role.MEMBER)
    assert (cloud.lost is None) is (role is Role.MEMBER)


@pytest.mark.parametrize(
    ("value", "seconds"),
    [("7", 7.0), (" 7 ", 7.0), ("9" * 400, float("9" * 12)), ("²", None), ("soon", None), ("-1", None), (None, None)],
)
def test_the_time_of_retry_after(value, seconds):
    assert retry_after(value) == seconds


@pytest.mark.parametrize(
    "value", ["Mon, 01 Jan 0001 00:00:00 GMT", "Fri, 31 Dec 9999 23:59:59 -2359", "Mon, 99 Xyz 1 1:1:1"]
)
def test_a_date_of_retry_after_that_is_none_is_let_be(value):
    found = retry_after(value)
    assert found is None or found >= 0


def test_a_date_of_retry_after():
    assert 50 < retry_after(time.strftime("%a, %d %b %Y %H:%M:%S GMT", time.gmtime(time.time() + 60))) <= 60


@pytest.mark.parametrize(
    ("off", "said"),
    [(0, None), (59, None), (-59, None), (3600, "3600 s ahead of the cloud's"), (-3600, "3600 s behind the cloud's")],
)
def test_a_clock_that_is_off_is_told(fake, cloud, off, said):
    shown = email.utils.formatdate(time.time() - off, usegmt=True)
    fake.routes["GET", "/v2.1/flavors"] = (200, {"flavors": []}, {"Date": shown})
    cloud.get("/flavors")
    if said is None:
        assert cloud.clock is None
    else:
        # Whole seconds, one of which may have passed meanwhile.
        assert (
            cloud.clock.replace("3599", "3600")
            .replace("3601", "3600")
            .startswith(f"the clock of this machine is {said}: ")
        )


@pytest.mark.parametrize("headers", [{}, {"Date": ""}, {"Date": "yesterday"}, {"Date": "Mon, 99 Foo 99999999999"}])
def test_an_answer_without_a_date_says_nothing_of_a_clock(headers):
    assert seconds_ahead(headers) is None


def test_a_token_that_was_never_accepted_may_have_expired(fake, tmp_path):
    """Nothing is known of the role but that it is refused, as where no request shows whether a token is valid."""
    tokens = {Role.MEMBER: "member-token-0123456789", Role.ALT: "alt-token-0123456789"}
    profile = replace(load_service("compute").profile, token_check=None)
    cloud = connect(Target(url=fake.url, tokens=tokens), Journal(tmp_path / "alt.jsonl"), profile=profile)
    fake.routes["GET", "/v2.1/servers/s"] = EXPIRED
    under_test = Ask("GET", "/servers/s", Role.ALT, operation="servers.show")
    refused = cloud.send(under_test)
    assert (refused.status, cloud.lost) == (0, None)
    assert "the token of the role alt is refused (401)" in refused.error
    assert cloud.get("/flavors", role=Role.ALT).ok
    assert cloud.send(under_test).status == 401
    cloud.close()
