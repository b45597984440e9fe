"""pytest-xdist with the fake engine: lanes stay together, nothing is tried twice, the end is the same."""

from collections import Counter

import pytest

from conformance.engine.run.lanes import ALONE
from conformance.plugin.parallel import LaneScheduling

pytest_plugins = ["pytester", "plugin_project"]

LOCK = "servers-actions.lock/"


def lanes_of(project):
    workers = {}
    for process, lane, _ in project.tried:
        workers.setdefault(lane, set()).add(process)
    return workers


@pytest.mark.slow
def test_the_same_verdicts_and_no_lane_on_two_workers(project):
    failing = project.matching("servers-actions.pause/")[1]
    project.decide_parts({failing: "fail"})
    result = project.run_process("-n", "2")
    result.assert_outcomes(passed=len(project.cases) - 1, failed=1)
    assert result.ret == 1
    assert Counter(project.tried_cases) == Counter(project.cases)
    lanes = lanes_of(project)
    assert all(len(processes) == 1 for processes in lanes.values())
    assert len(set.union(*lanes.values())) == 2
    record = project.record
    assert {r.case: r.verdict for r in record.results} == {c: "fail" if c == failing else "pass" for c in project.cases}
    assert record.info.totals["requests"] == 30  # the controller's and two workers'
    assert record.info.totals["made"] == {"server": 3}
    assert record.info.exit_status == 1
    assert not list((project.path / "runs" / "latest").glob("part-*"))
    result.stdout.fnmatch_lines(["Observed     418*", "Try again    conformance run *"])


@pytest.mark.slow
def test_selection_and_waivers_reach_the_workers(project):
    case = project.matching(LOCK)[0]
    project.decide_parts({case: "fail"})
    (project.path / "waivers.yaml").write_text(
        "format: 1\nwaivers:\n- {deviation: '*', reason: known, link: 'https://e.org/1', expires: 2999-01-01}\n"
    )
    result = project.run_process("-n", "1", "-k", LOCK, "--waivers", "waivers.yaml")
    result.assert_outcomes(passed=len(project.matching(LOCK)) - 1, xfailed=1)
    assert result.ret == 0
    assert sorted(project.tried_cases) == sorted(project.matching(LOCK))


@pytest.mark.slow
def test_going_on(project):
    cases = project.matching(LOCK)
    project.decide_parts({cases[0]: "inconclusive", cases[1]: "fail"})
    assert project.run("-k", LOCK).ret == 1
    (project.path / "tried.txt").unlink()
    project.decide()
    result = project.run_process("-n", "1", "-k", LOCK, "--resume", "runs/latest")
    assert project.tried_cases == cases[:1]
    result.assert_outcomes(passed=len(cases) - 1, failed=1)


@pytest.mark.slow
def test_first_failure_ends_the_other_worker_too(project):
    project.decide_parts({project.matching(LOCK)[0]: "fail", "servers-actions.pause/normal": "hang"})
    result = project.run_process("-n", "2", "-x")
    assert result.ret == 1
    assert project.record.info.exit_status == 1
    assert (project.path / "closed.txt").read_text().count("\n") == 3


@pytest.mark.slow
def test_what_a_dead_worker_has_not_decided_is_an_error(project):
    case = project.matching(LOCK)[3]
    project.decide_parts({case: "die"})
    result = project.run_process("-n", "2", "-k", LOCK, "--max-worker-restart", "0")
    verdicts = {r.case: r.verdict for r in project.record.results}
    assert sorted(verdicts) == sorted(project.matching(LOCK))
    assert verdicts[case] == "error"
    assert result.ret == 3


@pytest.mark.slow
def test_nothing_selected(project):
    result = project.run_process("-n", "1", "-k", "nothing-of-that-name")
    assert result.ret == 2
    assert not (project.path / "runs").exists()


def test_the_plan_needs_no_workers(project):
    result = project.run("-n", "2", "--dry-run", endpoint=())
    assert result.ret == 0
    result.stdout.fnmatch_lines(["*cases in * trials*"])


class Node:
    def __init__(self, name):
        self.name, self.given, self.sent, self.shutting_down = name, [], [], False

    def send_runtest_some(self, indices):
        self.given += indices
        self.sent += indices

    def shutdown(self):
        self.shutting_down = True


def scheduler(lanes, nodes=2, at_once=2, limit=9):
    """One with all workers there; `lanes` is a text such as aabbc, a letter for the lane of each item, z for alone."""
    one = LaneScheduling(nodes, lambda nodeid: ALONE if nodeid[0] == "z" else nodeid[0], at_once, limit)
    workers = [Node(f"gw{number}") for number in range(nodes)]
    for worker in workers:
        one.add_node(worker)
    for worker in workers:
        one.add_node_collection(worker, [f"{lane}{index}" for index, lane in enumerate(lanes)])
    one.schedule()
    return one, workers


def run_all(one, workers):
    """Let workers run what they may: all but their last item, unless they were told to end."""
    done, moved = [], True
    while moved:
        moved = False
        for worker in workers:
            if len(worker.sent) > (0 if worker.shutting_down else 1):
                item = worker.sent.pop(0)
                done.append((worker.name, item))
                one.mark_test_complete(worker, item)
                moved = True
    return done


@pytest.mark.parametrize("lanes", ["a", "ab", "aaaa", "aabbccddee", "abcabcabc", "aaaaaaaab", "abcdefghijklmnop"])
@pytest.mark.parametrize("nodes", [1, 2, 3])
def test_every_item_runs_once_and_a_lane_on_one_worker(lanes, nodes):
    one, workers = scheduler(lanes, nodes)
    done = run_all(one, workers)
    assert sorted(item for _, item in done) == list(range(len(lanes)))
    assert len({(name, lanes[item]) for name, item in done}) == len(set(lanes))
    assert one.tests_finished
    assert not one.has_pending


def test_lanes_begin_together():
    _, workers = scheduler("aaabbbccc", nodes=1, at_once=3)
    assert workers[0].sent[:3] == [0, 3, 6]


@pytest.mark.parametrize("lanes", ["zzzzzaab", "azbzczdzezf", "z", "za"])
@pytest.mark.parametrize("nodes", [1, 2, 3])
def test_what_waits_for_all_others_is_given_last(lanes, nodes):
    one, workers = scheduler(lanes, nodes, at_once=1)
    run_all(one, workers)
    for worker in workers:
        begun = "".join(dict.fromkeys(lanes[item] for item in worker.given))
        assert "z" not in begun[:-1], "a worker awaits its items in their order"
    assert sorted(item for worker in workers for item in worker.given) == list(range(len(lanes)))
    assert one.tests_finished


def test_workers_beyond_the_limit_of_servers_get_nothing():
    one, workers = scheduler("aabb", nodes=3, at_once=1, limit=1)
    run_all(one, workers)
    assert [worker.sent for worker in workers[1:]] == [[], []]


def test_a_dead_worker_leaves_its_items_to_its_successor():
    one, workers = scheduler("aaabbb", nodes=2, at_once=1)
    dead = workers[0]
    assert one.remove_node(dead) == "a0"
    successor = Node("gw2")
    one.add_node(successor)
    one.add_node_collection(successor, [f"{lane}{index}" for index, lane in enumerate("aaabbb")])
    one.schedule()
    done = run_all(one, [workers[1], successor])
    assert sorted(item for _, item in done) == [1, 2, 3, 4, 5]
    assert {name for name, item in done if item in (1, 2)} == {"gw2"}


def test_workers_must_collect_the_same():
    one = LaneScheduling(2, str, 1, 9)
    one.add_node("a")
    one.add_node("b")
    one.add_node_collection("a", ["x"])
    with pytest.raises(RuntimeError, match="collected other cases"):
        one.add_node_collection("b", ["y"])
