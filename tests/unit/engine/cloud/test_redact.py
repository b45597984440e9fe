"""No secret gets past the redactor, and what is none stays as it was."""

import json
import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conformance.engine.cloud.redact import _ENDINGS, _NAMES, PLACEHOLDER, Redactor, _value, is_secret_name

SECRET = st.text(string.ascii_letters + string.digits + "+/=_-.~!$()", min_size=12, max_size=40).map(
    lambda s: f"s3cr{s}"
)
ANY_SECRET = st.text(min_size=8, max_size=40).filter(lambda s: s.strip("*") and PLACEHOLDER not in s)
HOLDERS = st.sampled_from(
    [
        "adminPass",
        "password",
        "private_key",
        "user_data",
        "OS-EXT-SRV-ATTR:user_data",
        "token",
        "admin_password",
        "ADMINPASS",
        "auth_key",
    ]
)
PLAIN = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text("abcdef -", max_size=12),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text("abcdefgh", max_size=6), inner, max_size=3),
    max_leaves=12,
)


def nest(value, how):
    for step in how:
        value = [value] if step == 0 else {f"m{step}": value}
    return value


@given(SECRET, HOLDERS, st.lists(st.integers(0, 3), max_size=6), PLAIN)
def test_by_name_at_any_depth(secret, holder, how, beside):
    shown = Redactor().value(nest({holder: secret, "beside": beside}, how))
    assert secret not in json.dumps(shown)
    assert shown == nest({holder: PLACEHOLDER, "beside": beside}, how)


@given(ANY_SECRET, st.text(max_size=20), st.text(max_size=20), st.lists(st.integers(0, 3), max_size=4))
def test_by_value_anywhere_once_known(secret, before, after, how):
    redactor = Redactor()
    redactor.learn(secret)
    text = before + secret + after
    assert secret not in redactor.text(text)
    shown = redactor.value(nest({"message": text, text: 1}, how))
    assert json.dumps(secret)[1:-1] not in json.dumps(shown)
    assert secret not in json.dumps(shown, ensure_ascii=False)
    # As it stands in a cut JSON text.
    assert secret not in redactor.text(json.dumps({"x": secret}, ensure_ascii=False)[:-1])


@given(SECRET, HOLDERS)
def test_what_a_request_held_is_not_repeated_by_its_answer(secret, holder):
    redactor = Redactor()
    redactor.learn_from({"rebuild": {holder: [secret]}})
    assert secret not in redactor.text(f"Invalid input for field {holder}. Value: {secret}.")


@given(PLAIN)
def test_what_is_no_secret_stays(value):
    assert Redactor().value(value) == value


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("http://h:6080/vnc_auto.html?token=f9906a48-b71e", "http://h:6080/vnc_auto.html?token=***"),
        ("http://h/vnc.html?path=%3Ftoken%3Df9906a48&x=1", "http://h/vnc.html?path=%3Ftoken%3D***&x=1"),
        ("ws://h:6083/?token=f9906a48", "ws://h:6083/?token=***"),
        ("http://h/v2.1/os-console-auth-tokens/f9906a48?x=1", "http://h/v2.1/os-console-auth-tokens/***?x=1"),
        ("https://user:hunter2@h/v3", "https://user:***@h/v3"),
        ('{"adminPass": "a\\"bc", "name": "x"}', '{"adminPass": "***", "name": "x"}'),
        ("{'adminPass': 'abc', 'name': 'x'}", "{'adminPass': '***', 'name': 'x'}"),
        ('cut: {"adminPass": "ab', 'cut: {"adminPass": "***"'),
        ("a\n-----BEGIN RSA PRIVATE KEY-----\nMII\n-----END RSA PRIVATE KEY-----\nb", "a\n***\nb"),
        ("tokens are not secrets, nor is a password", "tokens are not secrets, nor is a password"),
    ],
)
def test_in_free_text(text, shown):
    assert Redactor().text(text) == shown
    assert Redactor().text(shown) == shown


def test_headers():
    headers = {"X-Auth-Token": "abc", "x-subject-token": "abc", "Set-Cookie": "a=b", "X-Compute-Request-Id": "req-1"}
    shown = Redactor().headers(headers)
    assert shown == {
        **dict.fromkeys(["X-Auth-Token", "x-subject-token", "Set-Cookie"], PLACEHOLDER),
        "X-Compute-Request-Id": "req-1",
    }


def test_the_shape_of_a_secret_stays_but_not_its_content():
    value = {"rebuild": {"adminPass": {"a": [123456789, None, True, "x"]}, "user_data": None, "password": ""}}
    assert Redactor().value(value) == {
        "rebuild": {"adminPass": {"a": [PLACEHOLDER, None, True, PLACEHOLDER]}, "user_data": None, "password": ""}
    }


def test_a_short_word_is_not_hunted_for():
    redactor = Redactor()
    redactor.learn("member")
    assert redactor.text("as member") == "as member"


def test_what_is_forgotten_and_what_is_not():
    redactor = Redactor()
    redactor.learn("keep-for-good")
    for number in range(600):
        redactor.learn(f"password-{number:05}", keep=False)
    assert redactor.text("keep-for-good password-00599") == "*** ***"


@pytest.mark.parametrize("name", ["key_name", "public_key", "keypair", "tokens", "x-openstack-request-id", "id"])
def test_names_that_hold_no_secret(name):
    assert not is_secret_name(name)


def spellings(name):
    """A name in letters of any case; the sign of Kelvin is a k in lower case."""
    return st.tuples(*(st.sampled_from([c, c.upper(), *("\u212a" if c == "k" else "")]) for c in name)).map("".join)


SECRET_NAMES = sorted(_NAMES) + [f"any{ending}" for ending in _ENDINGS]


@given(st.sampled_from(SECRET_NAMES).flatmap(spellings), PLAIN, st.booleans())
def test_no_secret_name_escapes_the_quick_check(name, beside, listed):
    value = {"a": [{name: "abcdefghi"}] if listed else {name: "abcdefghi"}, "b": beside}
    assert is_secret_name(name)
    assert "abcdefghi" not in json.dumps(Redactor().value(value), ensure_ascii=False)


ODD = st.sampled_from(["https://u:p@h/", "token=abc", '"password": "x', "/v3/tokens/abc", 'a"b', "\ud800", "key_name"])


VALUES = st.recursive(
    PLAIN | ODD | st.floats(allow_nan=False) | st.binary(max_size=3),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["a", *SECRET_NAMES]) | ODD, inner),
    max_leaves=8,
)


@given(VALUES, st.booleans())
def test_the_quick_way_gives_the_same(value, known):
    redactor = Redactor()
    if known:
        redactor.learn("abc def -abc")
    assert redactor.value(value) == _value(value, redactor._known)


@given(st.lists(VALUES, max_size=3), st.sampled_from(SECRET_NAMES).flatmap(spellings))
def test_the_secrets_of_all_values_are_learned_before_any_is_shown(values, name):
    values = [*values, {"said": "not abcdefghi"}, [{name: "abcdefghi"}]]
    one, other = Redactor(), Redactor()
    for value in values:
        other.learn_from(value)
    shown = one.values(*values)
    assert shown == [other.value(value) for value in values]
    assert "abcdefghi" not in repr(shown)


def test_the_copy_is_nobody_elses():
    value = {"a": [{"b": 1}]}
    shown = Redactor().value(value)
    value["a"].clear()
    assert shown == {"a": [{"b": 1}]}


def test_an_object_that_describes_a_token_holds_secrets_in_itself_and_not_in_its_parts():
    """The user, the project and the catalogue of a token stand in every other answer as well."""
    redactor = Redactor()
    token = {
        "id": "gAAAAA-a-token",
        "user": {"id": "1234567890ab", "password": "hunter2-hunter2"},
        "methods": ["password"],
    }
    body = {"token": {**token, "catalog": [{"type": "identity", "url": "http://cloud.example/v3"}]}}
    redactor.learn_from(body)
    text = "gAAAAA-a-token of 1234567890ab by hunter2-hunter2 at http://cloud.example/v3 for identity"
    assert redactor.text(text) == "*** of 1234567890ab by *** at http://cloud.example/v3 for identity"
    shown = redactor.value(body)["token"]
    assert (shown["id"], shown["user"]["password"]) == ("***", "***")
    redactor.learn_from({"token": {"oauth_verifier": "an-odd-verifier"}, "secret": {"deep": {"in": "deep-in-there"}}})
    assert redactor.text("an-odd-verifier deep-in-there") == "*** ***"
