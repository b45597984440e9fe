"""The order of the trials of a lane: refusals that could keep others from sharing a look come before these."""

from __future__ import annotations

from dataclasses import replace

import pytest
from widgets import action, becomes, status
from workshop import KNOWN, SPIN, driving, opened, tried

from conformance.engine.api.given import Attachment
from conformance.engine.model.binding import Binding
from conformance.engine.model.setup import Locked
from conformance.engine.run.jobs import Job, in_order

PATH = "/servers/{server_id}/action"
LOCK, UNLOCK, HANG, TAKE = (action(name, path=PATH) for name in ("lock", "unlock", "hang", "take"))


def leading(name, source, target):
    before, after = replace(status(source), resource="server"), replace(becomes(target), resource="server")
    return action(name, path=PATH, preconditions=(before,), postconditions=(after,))


AWAY, BACK = leading("away", "IDLE", "SPINNING"), leading("back", "SPINNING", "IDLE")
PICTURE = Binding("picture", "id", "attached")


@pytest.fixture
def context(tmp_path):
    how = Attachment(HANG.id, "picture", "id", detach=TAKE.id)
    known = driving(KNOWN, attached_by={"picture": how, "wing": replace(how, background=True)})
    return opened(tmp_path, SPIN, LOCK, UNLOCK, HANG, TAKE, AWAY, BACK, service=known)[1].context


def refused(operation, **more):
    more.setdefault("key", operation.action)
    trial = tried(operation, more.pop("state", "IDLE"), **({"accepted": False} | more))
    return Job(trial, (), ())


def order(context, *jobs):
    return [job.trial.key for job in in_order(jobs, context)]


def test_what_could_undo_another_request_comes_before_it(context):
    assert order(context, refused(AWAY), refused(BACK)) == ["back", "away"]
    one, other = refused(AWAY, key="a", refused_for="sender"), refused(BACK, key="b", refused_for="sender")
    assert order(context, refused(AWAY), one, refused(BACK), other) == ["back", "b", "away", "a"]
    locked = refused(AWAY, setup=(Locked(),)), refused(BACK, setup=(Locked(),))
    assert order(context, *locked) == ["back", "away"]


def test_what_could_undo_nothing_here_keeps_its_place(context):
    assert order(context, refused(AWAY, state="SPINNING"), refused(BACK, state="SPINNING")) == ["away", "back"]
    assert order(context, refused(BACK), refused(SPIN)) == ["back", "spin"]
    assert order(context, refused(AWAY, accepted=True), refused(BACK, accepted=True)) == ["away", "back"]


def test_a_lock_and_what_has_to_be_attached_would_be_preceded_by_a_look_and_come_first(context):
    with_picture = refused(TAKE, body={"take": {"picture": PICTURE}})
    given = order(context, refused(AWAY), refused(BACK), refused(LOCK), refused(UNLOCK), with_picture)
    assert given == ["take", "lock", "back", "away", "unlock"]


def test_what_makes_other_requests_fail_is_attached_last(context):
    wing = refused(TAKE, key="wing", body={"take": {"wing": replace(PICTURE, resource="wing")}})
    assert order(context, wing, refused(SPIN)) == ["spin", "wing"]
