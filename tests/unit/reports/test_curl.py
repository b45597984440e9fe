"""The commands that a report shows do what they say when a shell runs them."""

from __future__ import annotations

import json
import shlex
import subprocess
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from record_builder import ENDPOINT, exchange, info, result
from syrupy.assertion import SnapshotAssertion

from reports.again import again
from reports.curl import curl, curl_of, decisive, quote, shown_header
from specs.record.model import SentRequest

texts = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"))
names = st.from_regex(r"\A[A-Za-z0-9-]{1,12}\Z").filter(lambda name: name.lower() not in ("host", "connection"))
plain = names.filter(lambda name: name.lower() not in ("cookie", "authorization"))


@given(texts)
def test_what_is_quoted_is_one_word(text: str) -> None:
    assert shlex.split(quote(text)) == [text]


@given(
    method=texts.filter(lambda text: text.upper() != "HEAD"),
    path=texts,
    headers=st.dictionaries(plain, texts.filter(lambda text: text.strip() and text == text.strip()), max_size=4),
    body=st.none() | st.dictionaries(texts, texts | st.integers() | st.none(), max_size=3) | texts,
)
def test_a_command_gives_back_its_request(method: str, path: str, headers: dict[str, str], body: Any) -> None:
    words = shlex.split(curl(SentRequest(method, f"{ENDPOINT}/{path}", headers, body), ENDPOINT))
    assert words[:2] == ["curl", "-sS"]
    assert words[words.index("-X") + 1] == method
    assert f"$ENDPOINT/{path}" in words
    sent = [words[at + 1] for at, word in enumerate(words) if word == "-H" and words[at - 1] != "-X"]
    for name, value in headers.items():
        expected = " ".join(value.replace("\r", "\n").split("\n")) if "\n" in value or "\r" in value else value
        if "\n" not in value and "\r" not in value:
            assert f"{name}: {expected}" in sent
    if body is not None:
        given_body = words[-1]
        assert given_body == body if isinstance(body, str) else json.loads(given_body) == body


@given(st.text(), st.dictionaries(st.text(max_size=8), st.text(max_size=8), max_size=3), st.text())
def test_any_request_becomes_words_without_a_traceback(url: str, headers: dict[str, str], body: str) -> None:
    words = shlex.split(curl(SentRequest("POST", url, headers, body), ENDPOINT))
    assert words[0] == "curl"
    assert "\x00" not in "".join(words)


REQUESTS = {
    "an action": {},
    "a look": {"method": "GET", "url": f"{ENDPOINT}/servers?limit=1&name=a b", "headers": {}, "body": None},
    "a head": {"method": "HEAD", "body": None},
    "quotes": {"body": {"name": 'it\'s "so"'}},
    "a microversion": {"headers": {"OpenStack-API-Version": "compute 2.73", "X-Auth-Token": "secret-token"}},
    "elsewhere": {"url": "https://other.example.org/servers/[a]"},
}


def test_the_lines_as_printed(snapshot: SnapshotAssertion) -> None:
    shown = {name: result(exchanges=(exchange(202, **request),)) for name, request in REQUESTS.items()}
    assert "\n".join(f"{name}: {curl_of(one, info())}" for name, one in shown.items()) == snapshot


def run_by_sh(command: str) -> list[str]:
    script = f"curl() {{ printf '%s\\0' \"$@\"; }}; TOKEN=t0ken ENDPOINT=http://here; {command}"
    done = subprocess.run(["/bin/sh", "-c", script], capture_output=True, check=True, cwd="/")
    return done.stdout.decode().split("\0")[:-1]


@pytest.mark.parametrize(
    "hostile",
    ["$(touch /tmp/x)", "`id`", "'; id; '", '"; id; "', "$TOKEN", "\\", "!x", "a\nb", "*", "~", "@/etc/passwd", "ü"],
)
def test_a_shell_changes_nothing_but_the_two_variables(hostile: str) -> None:
    request = SentRequest(
        "POST", f"{ENDPOINT}/x/{hostile}", {"X-Auth-Token": "secret", "X-Name": hostile}, {"name": hostile}
    )
    words = run_by_sh(curl(request, ENDPOINT))
    assert f"http://here/x/{hostile}" in words
    assert "X-Auth-Token: t0ken" in words
    assert f"X-Name: {hostile}".replace("\n", " ") in words
    assert json.loads(words[-1]) == {"name": hostile}


def test_secrets_are_never_shown() -> None:
    for name in ("X-Auth-Token", "x-auth-token", "Authorization", "X-Subject-Token", "Cookie", "X-Service-Token"):
        command = curl(SentRequest("GET", "http://x", {name: "hunter2"}))
        assert "hunter2" not in command
        assert f"{name}: $TOKEN" in shlex.split(command)


def test_the_token_is_that_of_the_role_and_an_invalid_one_is_shown() -> None:
    sent = exchange(202, headers={"X-Auth-Token": "***"})
    roles = {"member": "$TOKEN", "admin": "$ADMIN_TOKEN", "reader": "$READER_TOKEN", "alt": "$ALT_TOKEN"}
    roles |= {"visitor": "$VISITOR_TOKEN", "bad-token": "not-a-token", "$(id)": "$TOKEN"}
    for role, value in roles.items():
        command = curl_of(result(observed="202", role=role, exchanges=(sent,)), info())
        assert command is not None
        assert f"X-Auth-Token: {value}" in shlex.split(command)
        assert curl(sent.request, role=role) in command.replace('"$ENDPOINT"', ENDPOINT)
    assert curl_of(result(exchanges=()), info()) is None
    assert shown_header("x-auth-token", "hunter2") == "***"
    assert shown_header("Accept", "a") == "a"


def test_the_endpoint_is_replaced_only_where_it_ends() -> None:
    assert curl(SentRequest("GET", ENDPOINT), ENDPOINT + "/").endswith('"$ENDPOINT"')
    assert "\"$ENDPOINT\"'?a=b'" in curl(SentRequest("GET", ENDPOINT + "?a=b"), ENDPOINT)
    assert "$ENDPOINT" not in curl(SentRequest("GET", ENDPOINT + "extra"), ENDPOINT)
    assert "$ENDPOINT" not in curl(SentRequest("GET", "http://elsewhere/v2.1"), ENDPOINT)


def test_what_curl_would_take_otherwise() -> None:
    assert "--head" in curl(SentRequest("HEAD", "http://x"))
    assert "--globoff" in curl(SentRequest("GET", "http://x/[a]{b}"))
    assert "--url -x" in curl(SentRequest("GET", "-x"))
    assert "--data-raw @file" in curl(SentRequest("POST", "http://x", {}, "@file"))
    assert "'X-Empty;'" in curl(SentRequest("GET", "http://x", {"X-Empty": ""}))
    short = curl(SentRequest("GET", "http://x", {"Host": "y", "Content-Length": "3", "@file": "z", "User-Agent": "u"}))
    assert short == "curl -sS -i -X GET http://x"


def test_the_exchange_that_decides() -> None:
    acts, looks = exchange(202), exchange(200, method="GET", body=None)
    assert decisive(result(exchanges=())) is None
    assert decisive(result(status=202, exchanges=(acts, looks))) is acts
    assert decisive(result(status=200, exchanges=(acts, looks))) is looks
    again = exchange(202)
    assert decisive(result(observed="refused with 200", status=202, exchanges=(acts, looks, again))) is acts
    silence = exchange(None)
    assert decisive(result(status=None, accepted=None, exchanges=(silence, looks))) is silence


def test_the_exchange_of_an_older_record_is_the_tried_one_whatever_its_texts_say() -> None:
    acts, looks = exchange(202), exchange(200, method="GET", body=None)
    for observed in ("200", "field x is missing", "PAUSED"):
        assert decisive(result(observed=observed, status=None, accepted=None, exchanges=(acts, looks))) is acts


@pytest.mark.parametrize(
    ("options", "roles", "expected"),
    [
        ({}, (), ""),
        ({"sandbox": True}, ("member",), " --sandbox"),
        ({"os_cloud": "my cloud", "os_cloud_admin": "adm"}, ("member", "admin"),
         " --os-cloud 'my cloud' --os-cloud-admin adm"),
        ({"os_cloud": "c", "os_cloud_visitor": "v"}, ("member", "visitor"), " --os-cloud c --os-cloud-visitor v"),
        ({"url": "http://x/v2"}, ("visitor",), " --url http://x/v2"),
        ({"--url": "http://x/v2.1", "token": "t"}, ("member", "admin", "reader", "alt"),
         " --url http://x/v2.1"),
        ({"max_servers": 8, "seed": 3, "default-policy": True, "spec": "my specs"}, (),
         " --spec 'my specs' --default-policy"),
    ],
)  # fmt: skip
def test_the_command_that_tries_again(options: dict[str, Any], roles: tuple[str, ...], expected: str) -> None:
    command = again("a.lock/normal/202[x]", info(options=options, roles=roles))
    assert command == f"conformance run -k 'a.lock/normal/202[x]'{expected}"


def test_namesakes_are_told_apart_in_words_that_pytest_knows() -> None:
    assert again("a.show~2/normal/200", info(options={})) == "conformance run -k 'a.show and 2/normal/200'"
