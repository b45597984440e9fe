"""Ways between statuses, and the lanes of trials."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from widgets import KNOWLEDGE, TOP, action, becomes, row, spec, status, suite, trial, view

from conformance.engine.derive.state_graph import Edge, StateGraph
from conformance.engine.derive.suite import views
from conformance.engine.model.setup import Locked
from conformance.engine.run.lanes import HOME_LANES, NO_RESOURCE, lane_of, order
from specs.model import Policy, Removal, Versions, When

SPIN = action("spin", preconditions=(status("IDLE"),), postconditions=(becomes("SPINNING"),))
HALT = action("halt", preconditions=(status("SPINNING", "IDLE"),), postconditions=(becomes("HALTED"),))
WAKE = action("wake", preconditions=(status("HALTED"),), postconditions=(becomes("IDLE"),))
SMASH = action("smash", row("how", required=True))
MEND = action("mend")


def graph(*operations):
    return StateGraph.of(views([spec(*operations)], TOP, KNOWLEDGE))


def walked(way):
    return None if way is None else [f"{e.operation.action} as {e.role}" for e in way]


def test_a_precondition_and_a_postcondition_are_an_edge():
    assert walked(graph(SPIN).way("IDLE", "SPINNING")) == ["spin as member"]
    assert graph(SPIN).way("SPINNING", "IDLE") is None


def test_nothing_leads_from_a_status_to_itself():
    assert graph(SPIN).way("IDLE", "IDLE") == []
    assert graph().way("NOWHERE", "NOWHERE") == []


def test_the_cheapest_way_is_gone():
    around = action("around", preconditions=(status("HALTED"),), postconditions=(becomes("SPINNING"),))
    assert walked(graph(SPIN, HALT, around).way("IDLE", "HALTED")) == ["halt as member"]
    assert walked(graph(HALT, around).way("IDLE", "SPINNING")) == ["halt as member", "around as member"]


def test_what_the_reference_says_is_cheaper_than_the_table():
    documented = action("heal", preconditions=(status("BROKEN"),), postconditions=(becomes("IDLE"),))
    assert walked(graph(MEND).way("BROKEN", "IDLE")) == ["mend as member"]
    assert walked(graph(MEND, documented).way("BROKEN", "IDLE")) == ["heal as member"]


def test_a_member_goes_before_an_administrator():
    documented = action("hit", preconditions=(status("IDLE"),), postconditions=(becomes("BROKEN"),))
    as_admin = replace(documented, id="widgets.beat", action="beat", policy=Policy(("admin",), 1))
    assert walked(graph(as_admin).way("IDLE", "BROKEN")) == ["beat as admin"]
    assert walked(graph(as_admin, documented).way("IDLE", "BROKEN")) == ["hit as member"]


def test_of_two_ways_the_one_that_takes_nothing_from_the_resource_is_gone():
    other = action("other", preconditions=(status("IDLE"),), postconditions=(becomes("SPINNING"),))
    found = graph(SPIN, other)
    assert walked(found.way("IDLE", "SPINNING", spending={SPIN.id})) == ["other as member"]
    assert walked(found.way("IDLE", "SPINNING", spending={other.id})) == ["spin as member"]
    assert walked(graph(SPIN).way("IDLE", "SPINNING", spending={SPIN.id})) == ["spin as member"]


def test_an_edge_of_the_table_is_marked_and_says_what_it_asks():
    (edge,) = graph(SMASH).way("IDLE", "BROKEN")
    assert edge.from_table
    assert edge.body == {"smash": {"how": "hard"}}
    assert edge.note == "states: widgets.smash leads from IDLE to BROKEN"
    (edge,) = graph(MEND).way("BROKEN", "IDLE")
    assert edge.body == {"mend": None}
    (edge,) = graph(SPIN).way("IDLE", "SPINNING")
    assert not edge.from_table


def test_a_status_that_only_the_table_names_is_marked_too():
    polish = action("polish", postconditions=(becomes("HALTED"),))
    (edge,) = graph(polish).way("SPINNING", "HALTED")
    assert edge.from_table


def test_broken_edges_are_avoided_and_an_administrator_goes_in_their_place():
    found = graph(SPIN)
    (member,) = found.way("IDLE", "SPINNING")
    (admin,) = found.way("IDLE", "SPINNING", [member])
    assert (admin.role, admin.detour) == ("admin", True)
    assert found.way("IDLE", "SPINNING", [member, admin]) is None


def test_ways_keep_to_the_roles_of_the_run():
    assert graph(SMASH).way("IDLE", "BROKEN", roles=["member"]) is None
    assert walked(graph(SMASH).way("IDLE", "BROKEN", roles=["member", "admin"])) == ["smash as admin"]


def test_a_variant_is_an_edge_with_its_request():
    soft, hard = (status("IDLE", line=20, when=When(request=(("how", how),))) for how in ("soft", "hard"))
    to = becomes("BROKEN", when=When(request=(("how", "hard"),)))
    hit = action(
        "hit", row("how", required=True, enum=("soft", "hard")), preconditions=(soft, hard), postconditions=(to,)
    )
    (edge,) = graph(hit).way("IDLE", "BROKEN")
    assert edge.body == {"hit": {"how": "hard"}}


@pytest.mark.parametrize(
    "operation",
    [
        replace(SPIN, removed=Removal(1)),
        replace(SPIN, microversions=Versions(min="2.90")),
        action("spin", preconditions=(status("IDLE"),), postconditions=(becomes("STARTING"),)),
        action("spin", preconditions=(status("IDLE"),), postconditions=(becomes("IDLE"),)),
    ],
)
def test_what_is_gone_or_leads_to_nothing_that_lasts_is_no_edge(operation):
    assert graph(operation).way("IDLE", operation.postconditions[0].becomes[0]) in (None, [])


def test_an_operation_that_has_ended_is_asked_for_at_its_last_version():
    (edge,) = graph(replace(SPIN, microversions=Versions(max="2.7"))).way("IDLE", "SPINNING")
    assert edge.microversion == "2.7"


def test_an_administrators_operation_is_gone_by_him():
    (edge,) = graph(replace(SPIN, policy=Policy(("admin",), 1))).way("IDLE", "SPINNING")
    assert (edge.role, edge.detour) == ("admin", False)


nodes = st.sampled_from("ABCDE")
edges = st.lists(st.tuples(nodes, nodes, st.sampled_from(["member", "admin"])), max_size=12)


@given(edges, nodes, nodes, st.data())
def test_a_way_is_connected_and_none_is_shorter(pairs, start, end, data):
    made = [Edge(SPIN, a, (b,), role, None) for a, b, role in pairs]
    broken = data.draw(st.lists(st.sampled_from(made))) if made else []
    way = StateGraph(made).way(start, end, broken)
    usable = [e for e in made if e not in broken]
    costs = {start: 0.0}
    for _ in range(6):
        for e in usable:
            if e.source in costs:
                costs[e.targets[0]] = min(costs.get(e.targets[0], 99.0), costs[e.source] + e.cost)
    if way is None:
        assert end not in costs
        return
    at = start
    for edge in way:
        assert edge in usable
        assert edge.source == at
        at = edge.targets[0]
    assert at == end
    assert sum(e.cost for e in way) == pytest.approx(costs[end])


def lane(**more):
    return lane_of(trial(**more), KNOWLEDGE)


def test_a_lane_is_named_for_the_status_that_is_not_the_first():
    assert lane(state="HALTED") == "HALTED"
    assert lane(state="IDLE", leads_to=("SPINNING",)) == "SPINNING"
    assert lane(state="HALTED", leads_to=("IDLE",)) == "HALTED"
    assert lane(state=None, target="unknown") == NO_RESOURCE


@pytest.mark.parametrize("accepted", [False, None])
def test_what_may_be_refused_stays_at_home(accepted):
    assert lane(accepted=accepted, leads_to=("SPINNING",)).startswith("IDLE-")


def test_the_first_status_has_a_few_lanes_and_an_operation_keeps_to_one():
    lanes = {lane(operation=action(f"a{n}")) for n in range(60)}
    assert lanes == {f"IDLE-{n}" for n in range(1, HOME_LANES + 1)}
    assert lane(operation=action("a1"), role="admin") == lane(operation=action("a1"), role="reader")


def test_a_lane_is_a_function_of_the_trial_alone():
    """Literal names: another process, with another seed of hashes, must find the same."""
    assert [lane(operation=action(name)) for name in ("spin", "halt", "paint")] == ["IDLE-1", "IDLE-3", "IDLE-4"]


def ranked(**trials):
    given = {name: trial(**{"key": name, **more}) for name, more in trials.items()}
    return sorted(given, key=lambda name: order(given[name], KNOWLEDGE))


def test_refusals_come_first_and_the_end_last():
    assert ranked(
        h_final={"operation": action("melt")},
        g_more={"uses_optional_fields": True},
        f_away={"leads_to": ("SPINNING",)},
        e_silent={"accepted": None},
        d_same={"leads_to": ("IDLE",)},
        c_locked={"setup": (Locked(),)},
        b_refused_locked={"setup": (Locked(),), "accepted": False},
        a_refused={"accepted": False},
    ) == ["a_refused", "b_refused_locked", "c_locked", "d_same", "e_silent", "f_away", "g_more", "h_final"]


def test_a_refusal_of_a_final_operation_is_a_refusal():
    assert ranked(b_other={"operation": action("spin")}, a_final={"operation": action("melt"), "accepted": False}) == [
        "a_final",
        "b_other",
    ]


def test_no_two_trials_of_a_suite_stand_in_the_same_place():
    found = suite(SPIN, HALT, WAKE)
    places = {order(c.trial, KNOWLEDGE) for c in found.cases}
    assert len(places) == len({c.trial.key for c in found.cases})
    assert view(SPIN).default == TOP


def test_an_operation_that_leads_back_undoes_one_that_leads_away():
    ways = graph(SPIN, HALT, WAKE)
    assert ways.undoes(WAKE.id, HALT.id, "IDLE")
    assert not ways.undoes(HALT.id, WAKE.id, "IDLE"), "nothing is done by waking what is not halted"
    assert not ways.undoes(WAKE.id, SPIN.id, "IDLE"), "it leads back from another status"
    assert ways.undoes(HALT.id, WAKE.id, "HALTED")


def test_an_operation_leads_elsewhere_if_it_is_known_to_change_other_statuses_alone():
    ways = graph(SPIN, HALT, SMASH)
    assert ways.leads_elsewhere(SPIN.id, "HALTED")
    assert not ways.leads_elsewhere(HALT.id, "SPINNING")
    assert not ways.leads_elsewhere("widgets.paint", "HALTED"), "nothing is known of it"


def test_an_operation_is_less_kind_than_one_that_leads_the_same_way_and_brings_values_back():
    rest = action("rest", preconditions=(status("HALTED"),), postconditions=(becomes("IDLE"),))
    ways = graph(SPIN, HALT, WAKE, rest)
    assert ways.less_kind_than({rest.id}) == {WAKE.id}
    assert ways.less_kind_than({SPIN.id}) == frozenset()
    assert ways.less_kind_than(()) == frozenset()
