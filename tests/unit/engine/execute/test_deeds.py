"""A status counts when what led to it has ended, as the record of what was done shows."""

from __future__ import annotations

from dataclasses import replace

import pytest
from subjects import OPERATIONS, Cloud, answer, subject_on
from widgets import KNOWLEDGE, driving, plain

from conformance.engine.api.entries import ActionLog
from conformance.engine.cloud.exchange import ABSENT
from conformance.engine.cloud.waits import PROMPT
from conformance.engine.provision import subject as module

LOG = plain("GET", "/widgets/{widget_id}/deeds", normal=(200,))
ENTRY = plain("GET", "/widgets/{widget_id}/deeds/{request_id}", normal=(200,))


def with_deeds(cloud, *shown):
    """A resource under test that shows what is done to it; each answer shows the steps of the newest deed."""
    subject = subject_on(cloud, operations=(*OPERATIONS, LOG, ENTRY))
    subject.context.service = driving(KNOWLEDGE, action_log=ActionLog(LOG.id, ENTRY.id, "steps", "ended"))
    get, answers, asked = cloud.get, iter(shown), []

    def shows(path, **more):
        if "/deeds" not in path:
            return get(path, **more)
        asked.append(path)
        if path.endswith("/deeds"):
            return answer(200, {"deeds": [{"request_id": "req-2"}, {"request_id": "req-1"}]})
        return answer(*next(answers))

    cloud.get = shows
    return subject, asked


def deed(*ended):
    return 200, {"deed": {"steps": [{"name": "s", "ended": moment} for moment in ended]}}


def test_a_status_counts_when_what_led_to_it_has_ended():
    cloud = Cloud()
    subject, asked = with_deeds(cloud, deed("then", None), deed("then", None), deed("then", "now"))
    assert subject.reach("SPINNING") is None
    assert asked == ["/widgets/w1/deeds", "/widgets/w1/deeds/req-2"] * 3
    assert subject.reach("SPINNING") is None
    assert len(asked) == 6, "nothing was done since"


@pytest.mark.parametrize("shown", [(403,), (200, {"deed": None}), (200, {"deed": {}}), (200, ABSENT), deed()])
def test_a_cloud_that_does_not_show_what_is_done_is_not_waited_for(shown):
    subject, asked = with_deeds(Cloud(), shown)
    assert subject.reach("SPINNING") is None
    assert len(asked) == 2


def test_what_never_ends_is_not_waited_for_for_ever(monkeypatch):
    monkeypatch.setattr(module, "CALM", 0.05)
    subject, asked = with_deeds(Cloud(), *[deed(None)] * 100_000)
    assert subject.reach("SPINNING") is None
    assert len(asked) > 2


def test_a_list_that_shows_fewer_fields_than_the_resource_shows_the_same():
    """The poll may have seen the resource in a list."""
    cloud = Cloud()
    subject, _ = with_deeds(cloud, *[deed("then")] * 9)
    get, looks = cloud.get, []

    def shows(path, **more):
        if "/deeds" in path:
            return get(path, **more)
        looks.append(path)
        return answer(200, {"widget": {**cloud.server, "wings": 2}})

    cloud.get = shows
    assert subject.reach("SPINNING") is None
    assert looks == ["/widgets/w1"]


def test_a_resource_that_still_changes_is_looked_at_again():
    cloud = Cloud()
    subject, _ = with_deeds(cloud, *[deed("then")] * 9)
    get, locks = cloud.get, iter([True, False, False, False])

    def shows(path, **more):
        if "/deeds" in path:
            return get(path, **more)
        return answer(200, {"widget": {**cloud.server, "locked": next(locks)}})

    cloud.get = shows
    assert subject.reach("SPINNING") is None
    assert list(locks) == [False], "the last two looks showed the same"


@pytest.mark.parametrize(("header", "lists"), [("x-deed", 0), ("x-other", 1)])
def test_the_answer_that_names_the_deed_saves_the_look_for_it(header, lists):
    cloud = Cloud()
    subject, asked = with_deeds(cloud, deed("then"))
    log = ActionLog(LOG.id, ENTRY.id, "steps", "ended", name_header="X-Deed")
    subject.context.service = driving(KNOWLEDGE, action_log=log)
    send = cloud.send
    cloud.send = lambda ask: replace(send(ask), headers={header: "req-2"})
    assert subject.reach("SPINNING") is None
    assert [path.rpartition("/")[2] for path in asked] == ["deeds"] * lists + ["req-2"]


def test_a_deed_that_is_not_in_the_log_is_not_the_newest():
    cloud = Cloud()
    subject, asked = with_deeds(cloud, (404,), deed("then"))
    log = ActionLog(LOG.id, ENTRY.id, "steps", "ended", name_header="X-Deed")
    subject.context.service = driving(KNOWLEDGE, action_log=log)
    send = cloud.send
    cloud.send = lambda ask: replace(send(ask), headers={"x-deed": "req-7"})
    assert subject.reach("SPINNING") is None
    assert [path.rpartition("/")[2] for path in asked] == ["req-7", "deeds", "req-2"]


@pytest.mark.parametrize(
    ("shown", "looks"),
    [([deed("then", "now")], 1), ([deed("then", None), deed("then", "now")], 2), ([deed(), deed()], 2)],
    ids=["ended", "not yet", "without steps"],
)
def test_a_resource_whose_deed_has_ended_is_calm_at_the_first_look(shown, looks):
    cloud = Cloud()
    subject, asked = with_deeds(cloud, *shown)
    log = ActionLog(LOG.id, ENTRY.id, "steps", "ended", name_header="X-Deed")
    subject.context.service = driving(KNOWLEDGE, action_log=log)
    send, waited = cloud.send, []
    cloud.send = lambda ask: replace(send(ask), headers={"x-deed": "req-2"})
    subject.context.stopping.wait = lambda seconds: waited.append(seconds) or False
    assert subject.reach("SPINNING") is None
    assert (len(asked), len(waited)) == (looks, looks - 1)


def prompt_subject(*shown):
    """A subject whose cloud names its deeds, and has ended each with its status so far; and the paths asked for."""
    cloud = Cloud()
    subject, asked = with_deeds(cloud, *shown)
    log = ActionLog(LOG.id, ENTRY.id, "steps", "ended", name_header="X-Deed")
    subject.context.service = driving(KNOWLEDGE, action_log=log)
    send = cloud.send
    cloud.send = lambda ask: replace(send(ask), headers={"x-deed": "req-2"})
    for _ in range(PROMPT):
        subject.context.waits.ended_with("widgets.spin", status=True)
    return subject, asked


def test_a_deed_that_has_always_ended_with_its_status_is_looked_for_only_where_that_must_be_known():
    subject, asked = prompt_subject(deed("then", "now"))
    subject.exact = False
    assert subject.reach("SPINNING") is None
    assert (asked, subject.late) == ([], True), "a later look corrects the view"
    subject.exact = True
    assert subject.reach("SPINNING") is None
    assert [path.rpartition("/")[2] for path in asked] == ["req-2"]
    assert subject.reach("SPINNING") is None
    assert len(asked) == 1


def test_a_resource_that_is_changing_for_another_reason_is_looked_at():
    subject, asked = prompt_subject(deed("then", "now"))
    subject.exact = False
    subject.reach("IDLE")
    subject.stir()
    assert subject.reach("SPINNING") is None
    assert len(asked) == 1


def test_a_deed_without_steps_has_ended_if_that_of_the_same_operation_never_had_any():
    subject, asked = prompt_subject(deed(), deed(), deed())
    assert subject.reach("SPINNING") is None
    assert len(asked) == 2, "it may not have begun"
    subject.discard()
    assert subject.reach("SPINNING") is None
    assert len(asked) == 3
