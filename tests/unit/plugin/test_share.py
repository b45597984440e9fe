"""The share of a process gives its cases in the order in which they are decided."""

from __future__ import annotations

from types import SimpleNamespace

from hypothesis import given
from hypothesis import strategies as st

from conformance.plugin.share import Share

IDS = list("abcdefgh")


def share(done=()):
    stopping = SimpleNamespace(wait=lambda seconds: None, is_set=lambda: False)
    session = SimpleNamespace(run=SimpleNamespace(active=False), context=SimpleNamespace(stopping=stopping))
    return Share(None, session, None, {}, done=dict.fromkeys(done))


@given(
    st.lists(st.sampled_from(IDS), unique=True),
    st.lists(st.lists(st.sampled_from([*IDS, "of another run"])), max_size=6),
    st.sets(st.sampled_from(IDS)),
)
def test_each_case_comes_once_and_what_is_ahead_comes_next(selected, bursts, done):
    own = share(done)
    bursts = iter(bursts)

    def decide():
        for one in next(bursts, ()):
            own._decided.put(one)

    decide()
    order, ahead = [], []
    for case_id in own.as_decided(selected):
        order.append(case_id)
        ahead.append(own.ahead)
        decide()
    assert sorted(order) == sorted(selected)
    assert order[: len(done & set(selected))] == [one for one in selected if one in done]
    assert ahead[-1:] in ([], [None])
    assert all(told in (None, comes) for told, comes in zip(ahead, order[1:], strict=False))


def test_a_case_that_is_decided_already_is_ahead():
    own = share()
    for one in "bca":
        own._decided.put(one)
    assert [(one, own.ahead) for one in own.as_decided("abc")] == [("b", "c"), ("c", "a"), ("a", None)]


def test_what_is_decided_soon_after_a_case_comes_with_it():
    own = share()
    own._decided.put("b")
    own.session.context.stopping.wait = lambda seconds: own._decided.put("a")
    assert [(one, own.ahead) for one in own.as_decided("ab")] == [("b", "a"), ("a", None)]
