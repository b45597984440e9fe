"""Each request is counted under one purpose: the one that is set for the thread, or the one that it tells itself."""

from threading import Thread

import pytest

from conformance.engine.cloud.exchange import Ask
from conformance.engine.cloud.poll import Watch
from conformance.engine.cloud.purpose import Spent, purpose_of, serving
from conformance.engine.cloud.wait import until
from specs.record.purposes import Purpose


@pytest.mark.parametrize(
    ("ask", "purpose"),
    [
        (Ask("GET", "/widgets"), Purpose.LOOKING),
        (Ask("head", "/widgets"), Purpose.LOOKING),
        (Ask("POST", "/widgets"), Purpose.MAKING),
        (Ask("PUT", "/widgets/1"), Purpose.MAKING),
        (Ask("DELETE", "/widgets/1"), Purpose.REMOVING),
        (Ask("DELETE", "/widgets/1", operation="widgets.delete"), Purpose.TRIAL),
    ],
)
def test_a_request_tells_its_purpose(ask, purpose):
    assert purpose_of(ask) is purpose


@pytest.mark.parametrize(("method", "reads"), [("GET", True), ("head", True), ("POST", False), ("delete", False)])
def test_a_request_tells_by_its_method_whether_it_only_reads(method, reads):
    assert Ask(method, "/servers").only_reads is reads


def test_the_request_under_test_is_the_one_that_names_its_operation():
    assert [Ask("GET", "/servers", operation=name).is_under_test for name in ("servers.list", "")] == [True, False]


def test_the_purpose_that_is_set_wins_and_the_inner_one_over_the_outer_one():
    ask = Ask("GET", "/widgets", operation="widgets.list")
    with serving(Purpose.REMOVING):
        with serving(Purpose.POLLING):
            assert purpose_of(ask) is Purpose.POLLING
        assert purpose_of(ask) is Purpose.REMOVING
    assert purpose_of(ask) is Purpose.TRIAL


def test_a_purpose_does_not_reach_other_threads():
    seen = []
    with serving(Purpose.REMOVING):
        thread = Thread(target=lambda: seen.append(purpose_of(Ask("GET", "/"))))
        thread.start()
        thread.join()
    assert seen == [Purpose.LOOKING]


def test_the_first_look_of_a_wait_is_a_look_and_the_others_are_polls():
    seen = []

    def look():
        seen.append(purpose_of(Ask("GET", "/")))
        return len(seen) == 3

    until(look, bool, 60, pause=0.0)
    assert seen == [Purpose.LOOKING, Purpose.POLLING, Purpose.POLLING]


def test_sums_are_kept_by_purpose_in_a_fixed_order():
    spent = Spent()
    for purpose in (Purpose.REMOVING, Purpose.TRIAL, Purpose.REMOVING):
        spent.add(purpose)
    assert spent.total == 3
    assert list(spent.by_purpose().items()) == [("trial", 1), ("removing", 2)]


def test_the_client_counts_its_requests(fake, cloud):
    fake.routes["GET", "/v2.1/servers"] = (200, {"servers": []})
    fake.routes["GET", "/v2.1/servers/1"] = (200, {"server": {"id": "1", "status": "ACTIVE"}})
    before = cloud.request_count
    cloud.send(Ask("GET", "/servers", operation="servers.list"))
    watch = Watch(cloud)
    watch.until("1", lambda view: True, 5)
    watch.close()
    assert cloud.request_count == before + 2
    assert cloud.purposes["trial"] == 1
    assert cloud.purposes["polling"] == 1
    assert sum(cloud.purposes.values()) == cloud.request_count
