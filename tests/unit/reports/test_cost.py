"""The cost of a run: requests by purpose, and the work for each decided fact."""

from __future__ import annotations

from record_builder import mixed, record, result

from reports.cost import cost_of, lines_of
from reports.html import page
from reports.text import of_view
from reports.view import view

TOTALS = {
    "requests": 40,
    "made": {"widget": 2},
    "purposes": {"trial": 10, "looking": 20, "polling": 10},
    "seconds": 8.0,
    "processor_seconds": 2.0,
}
RESULTS = (
    result("a.b/error/404"),
    result("a.b/error/409", detail="one"),
    result("a.b/error/409", detail="two"),
    result("a.b/error/403", "inconclusive"),
    result("a.b/normal/202"),
)


def test_each_figure_is_divided_by_the_decided_pairs_and_requirements() -> None:
    cost = cost_of(view(record(*RESULTS, totals=TOTALS)))
    assert cost is not None
    assert (cost.pairs, cost.requirements) == (2, 3)
    assert cost.purposes == (("trial", 10, 25.0), ("looking", 20, 50.0), ("polling", 10, 25.0))
    assert [(one.name, one.total, one.per_pair) for one in cost.figures] == [
        ("requests", 40, 20.0),
        ("widgets made", 2, 1.0),
        ("seconds", 8.0, 4.0),
        ("processor seconds", 2.0, 1.0),
    ]
    assert cost.figures[0].per_requirement == 40 / 3


def test_the_text_and_the_page_show_both_tables() -> None:
    seen = view(record(*RESULTS, totals=TOTALS))
    text, html = of_view(seen), page(seen)
    rows = [line.split() for line in text.splitlines()]
    assert ["looking", "20", "50.0"] in rows
    assert ["requests", "40", "20.00", "13.33"] in rows
    assert '<section id="cost">' in html
    assert '<td class="r">20.00</td>' in html


def test_a_record_that_counts_no_purposes_has_no_table() -> None:
    seen = view(mixed())
    assert cost_of(seen) is None
    assert "purpose" not in of_view(seen)
    assert '<section id="cost">' not in page(seen)


def test_requests_of_a_run_that_was_begun_by_an_older_version_have_no_purpose() -> None:
    cost = cost_of(view(record(*RESULTS, totals=TOTALS | {"requests": 50})))
    assert cost is not None
    assert cost.purposes[-1] == ("unknown", 10, 20.0)


def test_where_nothing_is_decided_there_is_no_rate() -> None:
    cost = cost_of(view(record(result("a.b/error/403", "inconclusive"), totals=TOTALS)))
    assert cost is not None
    assert cost.figures[0].per_pair is None
    assert any(line.split() == ["requests", "40", "-", "-"] for line in lines_of(cost))
