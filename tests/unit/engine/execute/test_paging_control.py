"""Lists that others change are asked for again, and one control serves several trials where nobody does."""

from __future__ import annotations

import pytest
from shelf import FILTERED, FILTERS, SUITE, Shelf, judged, made_of, paged, paging, shelf, widget
from widgets import case

from conformance.engine.execute import paging as pages


def test_a_list_that_does_not_stand_still_is_asked_for_again_and_decides_nothing():
    turning = shelf()

    def turned(found, query):
        if "marker" not in query:
            turning.widgets.reverse()
        return paged(found, query)

    turning.page = turned
    assert judged(turning, "marker").verdict == "inconclusive"
    assert sum("marker" in query for query in turning.asked) == pages.TRIES


@pytest.mark.parametrize(("busy", "verdict"), [(3, "pass"), (pages.TRIES, "inconclusive")])
def test_what_is_counted_is_asked_for_until_nobody_makes_anything_meanwhile(busy, verdict):
    on = shelf()

    def page(found, query):
        if "offset" in query and len(on.widgets) < 5 + busy:
            on.widgets.append(widget(1, id=f"new-{len(on.widgets)}"))
        return paged(found, query)

    on.page = page
    assert judged(on, "offset").verdict == verdict


def test_an_element_that_was_asked_about_and_went_away_is_asked_about_again():
    leaving = shelf()

    def page(found, query):
        if "marker" in query and len(leaving.widgets) == 5:
            del leaving.widgets[2]
        return paged(found, query)

    leaving.page = page
    assert judged(leaving, "marker").verdict == "pass"


# --- one control for several trials ---


def at_once(on, *shorts):
    """The verdicts of trials that do without a second control, one after the other."""
    one = paging(on)
    one.together = True
    found = [case(SUITE, f"list/list/{short}") for short in shorts]
    shown = [(case_, made_of(one, case_.trial)) for case_ in found]
    assert not any(e.pages.controlled for _, e in shown)
    return [case_.expectation.judge(e).verdict for case_, e in shown]


def test_one_control_serves_all_trials_that_follow_each_other():
    on = shelf()
    shorts = ("name", "size", "flag")
    assert at_once(on, *shorts) == ["pass"] * 3
    asked = len(on.asked)
    assert [judged(other, short).verdict for other, short in ((shelf(), short) for short in shorts)] == ["pass"] * 3
    others = [shelf() for _ in shorts]
    for other, short in zip(others, shorts, strict=True):
        judged(other, short)
    assert asked == sum(len(other.asked) for other in others) - 2 * len(shorts) + 1


@pytest.mark.parametrize("name", FILTERED)
def test_without_a_second_control_a_parameter_that_is_ignored_does_not_pass_either(name):
    assert at_once(shelf(ignores=(name,)), name) == ["fail"]


@pytest.mark.parametrize("name", FILTERED)
def test_without_a_second_control_a_filter_that_lets_nothing_through_does_not_pass_either(name):
    assert at_once(shelf(filters={**FILTERS, name: lambda *_: False}), name) == ["fail"]


@pytest.mark.parametrize("name", ["limit", "marker", "offset"])
def test_a_page_of_a_list_that_others_change_needs_a_second_control(name):
    on = shelf()
    one = paging(on)
    one.together = True
    trial = case(SUITE, f"list/list/{name}").trial
    assert made_of(one, trial).pages.controlled


def test_a_list_that_has_shrunk_to_one_element_proves_no_limit():
    on = Shelf([widget(1), widget(2)], ignores=("limit",))
    one = paging(on)
    one.together = True
    limit = case(SUITE, "list/list/limit")
    assert limit.expectation.judge(made_of(one, limit.trial)).verdict == "fail"
    on.widgets.pop()
    assert made_of(one, limit.trial).problem.verdict == "inapplicable"


def test_an_old_control_that_shows_too_little_is_asked_for_again():
    on = Shelf([widget(1)])
    one = paging(on)
    one.together = True
    limit = case(SUITE, "list/list/limit").trial
    assert [made_of(one, limit).problem.verdict for _ in range(2)] == ["inapplicable"] * 2
    on.widgets.append(widget(2))
    assert made_of(one, limit).problem is None
