"""Operations that end what another one begins: which they are, and the steps that follow from it."""

from __future__ import annotations

import pytest
from widgets import KNOWLEDGE, action, plain, row, spec

from conformance.engine.api.entries import Refusal
from conformance.engine.api.needs import Needs
from conformance.engine.api.opposites import opposites
from conformance.engine.api.producers import Producers
from conformance.engine.api.references import with_references
from conformance.engine.api.service import ServiceDescription
from conformance.engine.model.binding import Step
from specs.microversion import Microversion


def of_action(word, *rows, path="/gears/{gear_id}/action"):
    return action(word, *rows, path=path)


def of_path(word, *rows, method="PUT"):
    return plain(method, f"/gears/{{gear_id}}/{word}", *rows)


@pytest.mark.parametrize(
    ("begins", "ends"),
    [
        (of_action("addAccess"), of_action("removeAccess")),
        (of_action("os-set_keys"), of_action("os-unset_keys")),
        (of_path("add_peer"), of_path("remove_peer")),
        (of_path("associate", method="GET"), of_path("disassociate", method="GET")),
        (of_path("add_peer", row("peer", "string", True)), of_path("remove_peer", row("peer", "string", True))),
        (of_path("add_peer", row("peer"), row("port")), of_path("remove_peer", row("port"))),
    ],
)
def test_words_tell_which_operation_ends_what_another_begins(begins, ends):
    (pair,) = opposites([ends, begins])
    assert (pair.begins, pair.ends) == (begins, ends)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (of_action("addAccess"), of_action("removePeer")),
        (of_action("addAccess"), of_action("removeAccess", path="/wheels/{wheel_id}/action")),
        (of_action("add_peer"), of_path("remove_peer")),
        (of_path("addresses"), of_path("removeresses")),
        (of_path("settings"), of_path("unsettings")),
        (of_path("reset"), of_path("reunset")),
        # What is to be taken away has a name that the one which gives it does not know.
        (of_path("add_peer", row("network")), of_path("remove_peer", row("peer", "string", True))),
    ],
)
def test_other_words_tell_nothing(one, other):
    assert list(opposites([one, other])) == []


ADD, REMOVE = of_path("add_peer", row("peer")), of_path("remove_peer", row("peer"))


def needs(operation, service):
    return Needs.of(
        operation, with_references(service, [spec(ADD, REMOVE)]), Producers((ADD, REMOVE)), Microversion(1, 0)
    )


def test_what_is_taken_away_was_given_before_and_what_is_given_is_taken_away_after():
    given, taken = needs(ADD, ServiceDescription()), needs(REMOVE, ServiceDescription())
    assert (given.before, given.after, given.undo_refused) == ((), (Step(REMOVE.id, {}),), ())
    # A refusal that is none shows only beside something to take away, which must not stay either.
    assert (taken.before, taken.after, taken.undo_refused) == ((Step(ADD.id, {}),), (), (Step(REMOVE.id, {}),))


def test_the_steps_of_a_description_stand_alone():
    own = Step("something.else", {})
    told = ServiceDescription(steps_before=((REMOVE.id, own),), steps_after=((ADD.id, own),))
    assert needs(REMOVE, told).before == needs(ADD, told).after == (own,)


def test_what_a_refusal_begins_before_its_request_is_ended():
    drop = plain("DELETE", "/gears/{gear_id}")
    told = ServiceDescription(refusals=(Refusal(drop.id, 409, "with-a-peer", None, steps=(Step(ADD.id, {}),)),))
    service = with_references(told, [spec(ADD, REMOVE, drop)])
    assert service.steps(drop, "undo_refused") == [Step(REMOVE.id, {})]
    assert service.steps(drop, "steps_after") == []


def test_a_resource_under_test_needs_none():
    begins, ends = (of_action(word, path="/widgets/{widget_id}/action") for word in ("addTag", "removeTag"))
    service = with_references(KNOWLEDGE, [spec(begins, ends)])
    assert service.steps(ends, "steps_before") == service.steps(begins, "steps_after") == []
