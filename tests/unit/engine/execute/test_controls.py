"""What shows that a route is there, and what does not: no promise passes on an answer that anything may give."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from widgets import action

from conformance.engine.cloud.errors import GuardRefusal
from conformance.engine.cloud.exchange import ABSENT, Answer, Ask
from conformance.engine.cloud.roles import Role
from conformance.engine.cloud.seen import Seen
from conformance.engine.execute.controls import Controls, elsewhere
from specs.model import Code, Operation, Removal, Responses

GEAR = Operation("gears.show", "", "GET", "/gears/{gear_id}", 1)
GEARS = Operation("gears.list", "", "GET", "/gears", 2)
MAKE = Operation("gears.make", "", "POST", "/gears", 3)
GONE = replace(GEAR, id="gears.gone", removed=Removal("2.0", 4))
TURN = action("turn")


def answer(status, json=ABSENT, text="", kind="application/json", error=None):
    return Answer(status, {"Content-Type": kind}, text, json, 1.0, None, error)


def fault(message, name="itemNotFound"):
    return answer(404, {name: {"code": 404, "message": message}})


class Cloud:
    """Answers by a function of the request; names of routes that cannot exist are numbered."""

    def __init__(self, does):
        self.does, self.asked, self.invented, self.seen = does, [], 0, Seen()

    def invent(self):
        self.invented += 1
        return f"nowhere-{self.invented}"

    def send(self, ask):
        self.asked.append(ask)
        found = self.does(ask) if callable(self.does) else self.does
        if isinstance(found, Exception):
            raise found
        return found


class Context:
    def __init__(self, does, *operations):
        self.cloud, self.operations = Cloud(does), {o.id: o for o in operations}


def ask_for(operation, **more):
    path = operation.path.replace("{gear_id}", "7f").replace("{widget_id}", "7f")
    return Ask(operation.method, path, **more)


def missing(contrast, came, operation=GEAR, harmless=None, others=()):
    """Why the route of an operation is not shown, after an answer to it and with an answer to other routes."""
    context = Context(contrast, operation, *others)
    if came is not None:
        context.cloud.seen.add(operation.id, ask_for(operation), came)
    return Controls(context).missing(operation, lambda o: harmless(o) if harmless else None)


HTML = answer(404, text="<h1>Not Found</h1>The resource could not be found.", kind="text/html; charset=UTF-8")


@pytest.mark.parametrize(
    ("came", "contrast"),
    [
        (answer(200, {"gear": {}}), HTML),
        (answer(204), HTML),
        (answer(409), HTML),
        (answer(403), HTML),
        (answer(400), HTML),
        (fault("Gear 7f could not be found."), HTML),
        (fault("Gear 7f could not be found."), fault("The resource could not be found.")),
        (fault("Not found", "GearNotFound"), fault("Not found", "HTTPNotFound")),
        (answer(404, text="no gear", kind="text/plain"), answer(404, kind="text/plain")),
        (answer(200, {"gears": []}), answer(401)),
    ],
)
def test_an_answer_unlike_that_of_a_route_that_cannot_exist_shows_the_route(came, contrast):
    assert missing(contrast, came) is None


@pytest.mark.parametrize("code", [401, 405, 413, 429, 301, 302, 500, 502, 503, 504])
def test_what_something_in_front_of_the_service_may_say_shows_nothing(code):
    why = missing(HTML, answer(code))
    assert why == f"the answer {code} may come from something in front of the service"


def test_a_choice_of_versions_shows_the_route_only_where_it_is_documented():
    versions = replace(GEARS, responses=Responses(normal=(Code(300, 7),)))
    choice = answer(300, {"versions": []})
    assert missing(HTML, choice, versions) is None
    assert "in front of the service" in missing(HTML, choice, GEARS)
    assert "is answered with 300" in missing(choice, choice, versions), "whatever answers so to every path"


@pytest.mark.parametrize(
    ("came", "contrast", "why"),
    [
        (HTML, HTML, "a route that cannot exist is answered in the same way (404)"),
        (answer(403), answer(403), "a route that cannot exist is answered in the same way (403)"),
        (answer(200, {}), answer(200, {}), "a route that cannot exist is answered with 200"),
        (answer(200, {"gears": [1]}), answer(200, {}), "a route that cannot exist is answered with 200"),
        (fault("no"), answer(200, {}), "a route that cannot exist is answered with 200"),
        (fault("no"), answer(502), "a route that cannot exist is answered with 502"),
        (fault("no"), answer(0, error="it broke"), "a route that cannot exist is answered with it broke"),
        (
            fault("no"),
            GuardRefusal("not sent"),
            "no request could be sent to a route that cannot exist, to compare the answers",
        ),
        (answer(0, error="no answer"), HTML, "the answer no answer may come from something in front of the service"),
    ],
)
def test_an_answer_that_any_route_gets_shows_nothing(came, contrast, why):
    assert missing(contrast, came) == why


def echo(ask):
    return fault(f"Cannot {ask.method} {ask.path} (req-0a1b2c3d-0a1b-4c3d-8e5f-{ask.path.__hash__() % 10**12:012})")


def test_a_front_door_that_repeats_the_path_shows_nothing():
    assert "in the same way" in missing(echo, echo(ask_for(GEAR)))


@given(st.text(max_size=30), st.sampled_from([400, 403, 404, 409]))
def test_whatever_says_the_same_of_every_path_shows_nothing(text, status):
    def same(ask):
        return answer(status, {"said": f"{ask.path} {text} {ask.path.rpartition('/')[2]}"})

    assert missing(same, same(ask_for(GEAR))) is not None


def test_an_answer_that_differs_every_time_shows_nothing():
    words = iter(["apple", "pear", "plum", "fig"])
    assert "in the same way" in missing(lambda ask: fault(next(words)), fault("cherry"))


def test_a_later_answer_shows_what_earlier_ones_did_not():
    context = Context(HTML, GEAR)
    controls = Controls(context)
    context.cloud.seen.add(GEAR.id, ask_for(GEAR), answer(401))
    assert controls.missing(GEAR, lambda o: None) is not None
    context.cloud.seen.add(GEAR.id, ask_for(GEAR), answer(409))
    assert controls.missing(GEAR, lambda o: None) is None
    sent = len(context.cloud.asked)
    assert controls.missing(GEAR, lambda o: None) is None
    assert len(context.cloud.asked) == sent


def test_an_operation_was_answered_once_any_answer_was_compared():
    context = Context(answer(404, text="no such route", kind="text/html"), GEAR)
    controls = Controls(context)
    controls.missing(GEAR, lambda _: None)
    assert not controls.answered(GEAR)
    context.cloud.seen.add(GEAR.id, ask_for(GEAR), answer(401))
    controls.missing(GEAR, lambda _: None)
    assert controls.answered(GEAR)


def test_where_the_run_has_no_answer_one_harmless_request_is_made_once():
    context, asked = Context(HTML, GEAR), []

    def harmless(operation):
        asked.append(operation.id)
        return ask_for(operation), fault("Gear 7f could not be found.")

    controls = Controls(context)
    assert controls.missing(GEAR, harmless) is None
    assert controls.missing(GEAR, harmless) is None
    assert asked == [GEAR.id]
    assert (
        missing(HTML, None) == "no request of the operation had an answer, and none is known that would change nothing"
    )


def test_as_long_as_a_trial_may_be_accepted_nothing_is_sent_for_a_refusal():
    context = Context(HTML, GEAR)
    controls = Controls(context)
    context.cloud.seen.add(GEAR.id, ask_for(GEAR), fault("Gear 7f could not be found."))
    assert controls.missing(GEAR, None) is not None
    assert controls.nowhere(GEAR, None) is not None
    assert context.cloud.asked == []
    context.cloud.seen.add(GEAR.id, ask_for(GEAR), answer(200, {"gear": {}}))
    assert controls.missing(GEAR, None) is None
    assert len(context.cloud.asked) == 1


def test_a_refusal_that_was_only_glanced_at_is_looked_at_when_no_trial_is_left():
    context = Context(HTML, GEAR)
    controls = Controls(context)
    context.cloud.seen.add(GEAR.id, ask_for(GEAR), fault("Gear 7f could not be found."))
    assert controls.missing(GEAR, None) is not None
    assert controls.missing(GEAR, lambda _: None) is None


@pytest.mark.parametrize(
    ("other", "refuses"),
    [
        ({"role": Role.VISITOR}, lambda ask: ask.role == Role.VISITOR),
        ({"microversion": "9.9"}, lambda ask: ask.microversion == "9.9"),
        ({"body": []}, lambda ask: ask.body == []),
    ],
)
def test_only_answers_to_requests_of_one_manner_are_compared(other, refuses):
    def front_door(ask):
        return answer(403) if refuses(ask) else HTML

    context = Context(front_door, GEAR)
    for ask in (ask_for(GEAR, **other), ask_for(GEAR), ask_for(GEAR, **other)):
        context.cloud.seen.add(GEAR.id, ask, front_door(ask))
    assert len(context.cloud.seen.of(GEAR.id)) == 2
    assert "in the same way" in Controls(context).missing(GEAR, lambda o: None)


def test_what_was_removed_need_not_be_there_but_something_must():
    assert "in the same way" in missing(HTML, HTML, GONE, others=[GEARS])
    accepted = {GEARS.id: (ask_for(GEARS), answer(200, {"gears": []}))}
    assert missing(HTML, HTML, GONE, harmless=lambda o: accepted.get(o.id), others=[GEARS]) is None


def test_what_is_broken_needs_some_of_the_api_to_be_there():
    context = Context(HTML, GEAR, GEARS)
    context.cloud.seen.add(GEAR.id, ask_for(GEAR), HTML)
    controls = Controls(context)
    assert "in the same way" in controls.nowhere(GEAR, lambda o: None)
    context.cloud.seen.add(GEARS.id, ask_for(GEARS), answer(200, {"gears": []}))
    assert controls.nowhere(GEAR, lambda o: None) is None


@pytest.mark.parametrize(
    ("documented", "path", "there"),
    [
        ("/gears", "/gears", "/x"),
        ("/gears/{gear_id}", "/gears/7", "/x/7"),
        ("/gears/{gear_id}/teeth", "/gears/7/teeth", "/gears/7/x"),
        ("/gears/{gear_id}/teeth/{n}", "/gears/gears/teeth/teeth", "/gears/gears/x/teeth"),
        ("/gears/", "/gears/", "/x/"),
        ("/", "/", "/x"),
        ("/{box}", "/b", "/b/x"),
    ],
)
def test_the_last_fixed_word_is_replaced(documented, path, there):
    operation = replace(GEAR, path=documented)
    found = elsewhere(operation, Ask("GET", path, microversion="2.3", query=(("a", "b"),)), "x")
    assert (found.path, found.microversion, found.query) == (there, "2.3", (("a", "b"),))


def test_of_an_action_its_name_is_replaced():
    found = elsewhere(TURN, Ask("POST", "/widgets/7/action", body={"turn": {"by": 3}}), "x")
    assert (found.path, found.body) == ("/widgets/7/action", {"x": None})


TEETH = Operation("gears.teeth", "", "GET", "/gears/{gear_id}/teeth", 5)
COLOURS = Operation("gears.colours", "", "GET", "/gears/{id}/colours", 6)


def shown(does, *came):
    """Whether each operation is shown, one after the other, by an answer of its own; and the requests for that."""
    context = Context(does, *(operation for operation, _ in came))
    controls = Controls(context)
    for operation, told in came:
        context.cloud.seen.add(operation.id, ask_for(operation), told)
    return [controls.missing(o, lambda _: None) is None for o, _ in came], len(context.cloud.asked)


def test_operations_that_differ_in_the_replaced_word_alone_share_the_request_to_a_route_that_cannot_exist():
    assert shown(HTML, (TEETH, answer(200, {})), (COLOURS, answer(200, {}))) == ([True, True], 1)
    assert shown(HTML, (TURN, answer(202)), (action("stop"), answer(202))) == ([True, True], 1)


def test_an_accepted_request_is_not_compared_with_a_route_in_the_manner_of_a_refused_one():
    # The things in the path of a refused request may not exist; a service may look for them first.
    assert shown(HTML, (TEETH, answer(200, {})), (COLOURS, fault("no such gear"))) == ([True, True], 3)


def test_a_route_of_another_form_or_method_is_compared_with_a_route_of_its_own():
    assert shown(HTML, (GEARS, answer(200, {})), (MAKE, answer(200, {})), (TEETH, answer(200, {})))[1] == 3


def test_a_fault_on_the_way_to_a_route_that_cannot_exist_does_not_count_for_other_operations():
    answers = iter([answer(502), HTML])
    found, _ = shown(lambda _: next(answers), (TEETH, answer(200, {})), (COLOURS, answer(200, {})))
    assert found == [False, True]


@pytest.mark.parametrize(
    ("below", "at_first", "shown"), [(500, 404, True), (500, 500, False), (502, 404, False), (500, 200, False)]
)
def test_where_a_service_fails_below_its_own_words_the_first_word_is_invented(below, at_first, shown):
    def routes(ask):
        return answer(at_first if ask.path.startswith("/nowhere") else below, {})

    assert (missing(routes, answer(200, {}), TEETH) is None) is shown
