"""The keys of an answer that its table and its samples document."""

from __future__ import annotations

from dataclasses import replace

from widgets import case, ids, plain, row, sample, suite

from conformance.engine.derive.undocumented import PAGE, documented_keys
from conformance.engine.judge.contents import DocumentedKeys

ROWS = (row("widgets", "array"), row("widgets.size", "integer"), row("hue", max="2.5"), row("labels", "object"))
BODY = {"widgets": [{"size": 1, "links": [{"href": "x"}], "labels": {"front": "a", "back": "b"}}], "page": 2}


def shown(*rows, body=BODY):
    return plain("GET", "/widgets", name="see", normal=(200,), answers=rows, answered=(sample(body),))


def test_the_keys_of_an_object_are_those_of_the_samples_and_of_all_rows():
    names = {"widgets", "widgets.size", "size", "hue", "labels"}
    found = documented_keys(shown(*ROWS))
    assert found == {(): names | {"page"}, ("widgets", "[]"): names | {"links"}}


def test_the_keys_of_an_object_without_rows_may_be_data():
    assert documented_keys(shown(row("labels", "object"), body={"labels": {"front": "a"}})) == {
        (): {"labels"},
    }
    uuids = {"widgets": {"0f0f0f0f-5d0c-4b7e-9f3a-6f1d2b8c9e7a": {"size": 1}}}
    assert documented_keys(shown(row("widgets", "object"), row("size", "integer"), body=uuids)) == {
        (): {"widgets", "size"},
    }


def test_the_documented_request_is_judged_once_and_for_free():
    found = suite(shown(*ROWS))
    one = case(found, "see/body/undocumented")
    assert one.expectation == DocumentedKeys(tuple(documented_keys(shown(*ROWS)).items()))
    assert one.trial == case(found, "see/normal/200").trial


def test_without_a_sample_nothing_is_known_of_the_keys():
    assert ids(suite(plain("GET", "/widgets", name="see", answers=ROWS)), "undocumented") == []


def test_a_page_of_a_list_may_show_what_the_whole_list_does_not():
    def listed(*queries):
        return plain("GET", "/widgets", *queries, name="see", normal=(200,), answers=ROWS, answered=(sample(BODY),))

    limit = row("limit", "integer", location="query")
    found = suite(listed(limit))
    whole, page = case(found, "see/body/undocumented"), case(found, "see/body/undocumented[limit]")
    assert page.expectation == whole.expectation
    assert page.trial.request.query == (*whole.trial.request.query, PAGE)
    assert ids(suite(listed()), "undocumented") == ids(suite(listed(replace(limit, max="2.5"))), "undocumented")
