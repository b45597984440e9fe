"""Everything that comes in has a bound, whoever asks and however it comes."""

from __future__ import annotations

import gzip
import json
import zlib

import pytest
import requests
from fault_proxy import FAULTS, fault_proxy
from hypothesis import given
from hypothesis import strategies as st

from conformance.engine.cloud.adapter import BoundedAdapter
from conformance.engine.cloud.bounds import BODY, DEPTH, VALUES, Unreadable, decoded, json_of
from conformance.engine.cloud.errors import EndpointError
from conformance.engine.cloud.exchange import ABSENT
from conformance.engine.cloud.roles import Role
from conformance.engine.cloud.target import Target, connect
from conformance.engine.cloud.transport import Transport
from tests.unit.engine.cloud.conftest import PROFILE, TOKEN

NOWHERE = "127.0.0.1:9"

SENTENCES = {
    "endless": "sent an answer of more than 8 MiB",
    "bomb": "sent an answer of more than 8 MiB",
    "bomb-twice": "sent an answer of more than 8 MiB",
    "drip": "did not answer within 0.4 s",
    "drip-head": "did not answer within 0.4 s",
    "silent": "did not answer within 0.4 s",
    "continue-endless": "sent headers of more than 64 KiB",
    "compression": r"sent an answer in the encoding '\\x1b[31mzip', which nobody asked for",
    "headers-many": "sent headers that are too many or too long (got more than 100 headers)",
    "headers-huge": "sent headers of more than 64 KiB",
    "header-endless": "sent headers that are too many or too long",
    "headers-endless": "sent headers that are too many or too long",
    "status-line": r"broke the connection before it had answered: \x1b[2J\x1b]0;owned\x07 hello",
    "reset": "broke off in the middle of its answer",
    "length-long": "broke off in the middle of its answer",
    "chunks": "broke off in the middle of its answer",
}


@pytest.mark.parametrize(("fault", "sentence"), SENTENCES.items())
def test_an_answer_without_end_or_form_is_told_in_one_sentence(fault, sentence):
    with fault_proxy(NOWHERE, fault) as proxy:
        transport = Transport()
        reply = transport.exchange("GET", f"{proxy.url}/v2.1/", {}, None, timeout=0.4)
        transport.close()
    assert reply.status == 0
    assert sentence in reply.error
    assert reply.error.isprintable()


@pytest.mark.parametrize("fault", sorted(set(FAULTS) - {name for name, one in FAULTS.items() if one.change}))
def test_the_first_request_is_bounded_and_said_in_one_sentence(fault):
    """A run that cannot begin ends with one sentence, whatever comes in the place of the version document."""
    with fault_proxy(NOWHERE, fault) as proxy, pytest.raises(EndpointError) as caught:
        connect(Target(url=f"{proxy.url}/v2.1", tokens={Role.MEMBER: TOKEN}), profile=PROFILE, timeout=0.4)
    assert str(caught.value).isprintable()
    assert proxy.strayed == []


@pytest.mark.parametrize(
    "document",
    [
        {"links": 7},
        {"links": [{"rel": "self", "href": "http://["}]},
        {"links": [{"rel": "self"}]},
        {"min_version": ["2.1"]},
        {"version": {"2": 1}},
        {"id": None, "links": [{"rel": "self", "href": 7}]},
    ],
)
@pytest.mark.parametrize("many", [True, False])
def test_a_version_document_of_no_right_form(fake, document, many):
    """It is used, or refused in one sentence; what is not needed of it may be of any form."""
    entry = {"id": "v2.1", "status": "CURRENT", "min_version": "2.1", "version": "2.104", **document}
    path, body = ("/", {"versions": [entry]}) if many else ("/v2.1/", {"version": entry})
    fake.routes["GET", path] = (200, body)
    said = ""
    try:
        connect(Target(url=fake.url + path, tokens={Role.MEMBER: TOKEN}), profile=PROFILE).close()
    except EndpointError as error:
        said = str(error)
    assert not said or said.isprintable()


@pytest.mark.parametrize("name", ["gzip", "x-gzip", "GZIP", "deflate", "identity, gzip", ""])
def test_bodies_are_decompressed(name):
    packed = zlib.compress(b"all is well") if name == "deflate" else gzip.compress(b"all is well")
    assert decoded(packed if name else b"all is well", name) == b"all is well"


def test_deflate_without_its_header_and_empty_bodies():
    packing = zlib.compressobj(wbits=-zlib.MAX_WBITS)
    assert decoded(packing.compress(b"all is well") + packing.flush(), "deflate") == b"all is well"
    assert decoded(b"", "gzip") == b""


@pytest.mark.parametrize(
    ("data", "name", "message"),
    [
        (gzip.compress(b"a" * (BODY + 1)), "gzip", "more than 8 MiB"),
        (b"a" * (BODY + 1), "", "more than 8 MiB"),
        (gzip.compress(b"all is well")[:-9], "gzip", "ends too early"),
        (b"all is well", "gzip", "cannot be decompressed"),
        (b"all is well", "br", "in the encoding 'br', which nobody asked for"),
    ],
    ids=["packed", "plain", "cut", "not packed", "brotli"],
)
def test_bodies_beyond_the_bound_or_of_no_form_are_refused(data, name, message):
    with pytest.raises(Unreadable, match=message):
        decoded(data, name)


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(), lambda x: st.lists(x) | st.dictionaries(st.text(), x)
    )
)
def test_json_is_read_as_it_is(value):
    assert json_of(json.dumps(value).encode()) == value


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b" \n",
        b"<html/>",
        b"[" * 100_000 + b"]" * 100_000,
        b"[" * (DEPTH + 2) + b"]" * (DEPTH + 2),
        b"[" + b"[]," * VALUES + b"[]]",
        b'{"a": NaN}',
        b"[-Infinity]",
        b"1" * 10_000,
        "{}".encode("utf-16"),
    ],
    ids=["empty", "blank", "page", "deep", "too deep", "wide", "nan", "infinity", "long number", "utf-16"],
)
def test_what_is_no_json_or_beyond_a_bound_is_no_value(content):
    assert json_of(content) is ABSENT


def test_json_that_is_nested_as_deep_as_it_may_be():
    assert json_of(b"[" * DEPTH + b"]" * DEPTH) is not ABSENT


def test_half_a_character_is_shown_as_one_that_cannot_be_read_and_whole_ones_stay():
    assert json_of(rb'{"a\ud800": ["b\udc00c", "\ud83d\ude00"]}') == {"a\ufffd": ["b\ufffdc", "\U0001f600"]}


def test_the_session_of_an_identity_service_is_led_to_no_other_host():
    with fault_proxy(NOWHERE, "redirect-elsewhere") as proxy:
        session = requests.Session()
        adapter = BoundedAdapter(stay=True)
        session.mount("http://", adapter)
        with pytest.raises(requests.RequestException, match="redirects to another host"):
            session.post(f"{proxy.url}/v3/auth/tokens", json={"auth": "a password"})
        assert "redirects to another host ('localhost'), which gets no credentials" in adapter.trouble
        assert proxy.strayed == []
        session.close()
