"""URLs of the documented form and of others: what is told, and what is to be written instead."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from specs.paths import fault

NAMES = st.from_regex(re.compile(r"[a-z][a-z0-9_]{0,8}"), fullmatch=True)


@pytest.mark.parametrize(
    "url",
    [
        "/",
        "/v2/kites",
        "/v2/kites/{kite_id}",
        "/v2/kites/{kite_id}/tails/",
        "/v2/kites/{kite_id}@{place}",
        "/v2/kites/{kite_id}:land",
        "/v2/kites?limit=2&sort_by=-name",
        "/v2/kites{?limit,marker}",
        "/v2/sso?origin=https%3A//kites.example",
        "/v2/kites/{kite-id}",
    ],
)
def test_documented_form(url: str) -> None:
    assert fault(url) is None


@pytest.mark.parametrize(
    ("url", "what", "instead"),
    [
        ("/v2/kites/(kite_id)", "(kite_id)", "/v2/kites/{kite_id}"),
        ("/v2/kites/:kite_id/tails", ":kite_id", "/v2/kites/{kite_id}/tails"),
        ("/v2/kites/<kite_id>", "<kite_id>", "/v2/kites/{kite_id}"),
        ("/v2/kites/$kite_id", "$kite_id", "/v2/kites/{kite_id}"),
        ("/v2/kites/${kite_id}", "${kite_id}", "/v2/kites/{kite_id}"),
        ("/v2/kites/{{kite_id}}", "{{kite_id}}", "/v2/kites/{kite_id}"),
        ("/v2/kites/%(kite_id)s", "%(kite_id)s", "/v2/kites/{kite_id}"),
        ("/v2/kites/[kite_id]", "[kite_id]", "/v2/kites/{kite_id}"),
        ("/v2/kites/%7Bkite_id%7D", "%7Bkite_id%7D", "/v2/kites/{kite_id}"),
        ("/v2/kites/{ kite_id }", "{ kite_id }", "/v2/kites/{kite_id}"),
        ("`/v2/kites/<kite_id>`", "quotation marks", "/v2/kites/{kite_id}"),
        ("v2/kites/{kite_id}", "slash", "/v2/kites/{kite_id}"),
        ("https://sky.example:99/v2/kites", "host", "/v2/kites"),
        ("/v2/kites?id={kite_id}", "query", "/v2/kites"),
        ("/v2/kites?id=<kite_id>", "<kite_id>", "/v2/kites"),
        ("/v2/kites/{kite_id/name}", "{kite_id/name}", None),
        ("/v2/kites/{kite_id", "{kite_id", None),
        ("/v2/kites/...", "...", None),
        ("/v2/kites/*", "*", None),
        ("< an address of yours >", "blank", None),
        ("/v2/red kites", "blank", None),
        ("", "no path", None),
    ],
)
def test_another_form(url: str, what: str, instead: str | None) -> None:
    found = fault(url)
    assert found is not None
    assert what in found.what
    assert found.instead == instead


@given(st.lists(NAMES, min_size=1, max_size=4), st.sampled_from(["({})", ":{}", "<{}>", "${}", "{{{{{}}}}}"]))
def test_what_is_to_be_written_is_of_the_documented_form(names: list[str], form: str) -> None:
    url = "/" + "/".join(f"{name}s/{form.format(name)}" for name in names)
    found = fault(url)
    assert found is not None
    assert found.instead == "/" + "/".join(f"{name}s/{{{name}}}" for name in names)
    assert fault(found.instead) is None


@given(st.text(max_size=40))
def test_any_text_is_told_or_of_the_form(url: str) -> None:
    found = fault(url)
    if found is None:
        assert url.startswith("/")
    elif found.instead is not None:
        assert fault(found.instead) is None
