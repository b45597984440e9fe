"""Things of others: in the journal as they were before a request changes them, and put back by whoever comes later."""

from __future__ import annotations

import pytest
from fake_cloud import fake_cloud

from conformance.engine.api.load import load_service
from conformance.engine.cloud.cleanup import cleanup
from conformance.engine.cloud.errors import GuardRefusal
from conformance.engine.cloud.exchange import Ask
from conformance.engine.cloud.journal import Journal
from conformance.engine.cloud.owing import Payment, pay
from conformance.engine.cloud.roles import NO_TOKEN, Role
from conformance.engine.cloud.shared import Change, Debt, filled
from conformance.engine.cloud.target import Target, connect

HOST = "5f1f35c1-9e5e-4b0b-9c0a-0d8f0d1f4a01"
TOKENS = {Role.MEMBER: "member-token", Role.ADMIN: "admin-token"}
FIELDS = {"status": "enabled", "disabled_reason": None, "forced_down": False}


class Others:
    """A cloud that somebody else uses, a run on it, and whoever cleans up after that was killed."""

    def __init__(self, fake, path):
        self.fake, self.path = fake, path
        self.service = {"id": HOST, "host": "h1", "binary": "nova-compute", **FIELDS}
        self.quota = {"id": "p", "cores": 77, "ram": 5}
        self.drop = False
        self.seen = []
        routes = {
            ("GET", "/os-services"): lambda _: (
                200,
                {"services": [self.service, {**self.service, "id": "other", "host": "h2"}]},
            ),
            ("GET", "/os-quota-sets/p"): lambda _: (200, {"quota_set": self.quota}),
            ("GET", "/os-quota-sets/p/defaults"): lambda _: (200, {"quota_set": {"id": "p", "cores": 20, "ram": 5}}),
            ("DELETE", "/os-quota-sets/p"): self.reverted,
            ("PUT", "/os-quota-sets/p"): self.limited,
            ("PUT", f"/os-services/{HOST}"): self.updated,
            ("PUT", "/os-services/disable"): self.disabled,
        }
        fake.routes.update({(method, f"/v2.1{path}"): answer for (method, path), answer in routes.items()})

    def _done(self, answer):
        self.seen.append(Journal.read_debts(self.path))
        return None if self.drop else (200, answer)

    def reverted(self, _):
        self.quota |= {"cores": 20}
        return self._done(None)

    def limited(self, asked):
        self.quota |= {k: int(v) for k, v in asked.json["quota_set"].items() if k != "force"}
        return self._done({"quota_set": self.quota})

    def updated(self, asked):
        given = asked.json
        if "status" in given:
            self.service |= {"status": given["status"], "disabled_reason": given.get("disabled_reason")}
        self.service |= {k: v for k, v in given.items() if k == "forced_down"}
        return self._done({"service": self.service})

    def disabled(self, _):
        self.service |= {"status": "disabled"}
        return self._done({"service": {}})

    def connect(self, name="journal.jsonl", tokens=None, allow=True):
        journal = Journal(self.path / name, prefix="conformance-1")
        profile = load_service("compute").profile
        target = Target(url=self.fake.url, tokens=tokens or TOKENS)
        return connect(target, journal, allow_disruptive=allow, profile=profile)

    def killed_after(self, method, path, body=None, **more):
        """A run whose last request was done, and whose answer never came."""
        self.drop = True
        self.connect().send(Ask(method, path, Role.ADMIN, "2.53", body or {}, **more))
        self.drop = False

    def cleanup(self):
        return cleanup(self.path, self.connect("journal-cleanup.jsonl", allow=False), timeout=0.3)


@pytest.fixture
def others(tmp_path):
    with fake_cloud() as fake:
        yield Others(fake, tmp_path)


DISABLE = ("PUT", "/os-services/disable", {"host": "h1", "binary": "nova-compute"})
CHANGES = (
    DISABLE,
    ("PUT", f"/os-services/{HOST}", {"status": "disabled", "disabled_reason": "case", "forced_down": True}),
    ("DELETE", "/os-quota-sets/p", {}),
    ("PUT", "/os-quota-sets/p", {"quota_set": {"cores": "45"}}),
)


@pytest.mark.parametrize("change", CHANGES)
@pytest.mark.parametrize("theirs", [FIELDS, {"status": "disabled", "disabled_reason": "broken", "forced_down": True}])
def test_what_a_killed_run_has_changed_is_put_back(others, change, theirs):
    others.service |= theirs
    before = (dict(others.service), dict(others.quota))
    others.killed_after(*change)
    assert others.seen[0], "it stood in the journal before the cloud had the request"
    report = others.cleanup()
    assert (report.left, report.told, report.restored) == ((), (), 1)
    assert (others.service, others.quota) == before
    assert others.cleanup().restored == 0, "nothing is owed any more"


class Limits:
    """A service that lists the projects with quotas of their own, as Neutron does."""

    def __init__(self, fake, path):
        self.path, self.own, self.defaults = path, {}, {"port": 50, "network": 10}
        version = {"id": "v2.0", "status": "CURRENT", "links": [{"rel": "self", "href": f"{fake.url}/v2.0/"}]}
        fake.routes |= {
            ("GET", "/"): lambda _: (200, {"versions": [version]}),
            ("GET", "/v2.0/quotas"): lambda _: (200, {"quotas": [{"project_id": p, **q} for p, q in self.own.items()]}),
            ("GET", "/v2.0/quotas/p"): lambda _: (200, {"quota": {**self.defaults, **self.own.get("p", {})}}),
            ("GET", "/v2.0/quotas/p/default"): lambda _: (200, {"quota": self.defaults}),
            ("PUT", "/v2.0/quotas/p"): self.put,
            ("DELETE", "/v2.0/quotas/p"): lambda _: (204, self.own.pop("p", None) and None),
        }
        self.fake = fake

    def put(self, asked):
        self.own.setdefault("p", {}).update({k: int(v) for k, v in asked.json["quota"].items()})
        return 200, {"quota": {**self.defaults, **self.own["p"]}}

    def connect(self):
        target = Target(url=self.fake.url, tokens=TOKENS)
        journal = Journal(self.path / "journal.jsonl", prefix="conformance-1")
        return connect(target, journal, allow_disruptive=True, profile=load_service("network").profile)


@pytest.fixture
def limits(tmp_path):
    with fake_cloud() as fake:
        yield Limits(fake, tmp_path)


LIMIT = Ask("PUT", "/quotas/p", Role.ADMIN, None, {"quota": {"port": 3}})


@pytest.mark.parametrize("again", [LIMIT, Ask("PUT", "/quotas/p", Role.ADMIN, None, {"quota": {"port": 50}})])
def test_quotas_of_a_project_that_had_the_defaults_are_the_defaults_again(limits, again):
    cloud = limits.connect()
    assert cloud.send(LIMIT).ok
    assert cloud.send(again).ok
    assert limits.own
    assert cloud.owing.settle() == []
    assert limits.own == {}, "who raises the default later raises it for this project too"
    assert Journal.read_debts(limits.path) == ()


def test_quotas_of_a_project_that_had_its_own_are_put_back_one_by_one(limits):
    limits.own["p"] = {"network": 4, "port": 50}
    cloud = limits.connect()
    assert cloud.send(LIMIT).ok
    assert cloud.owing.settle() == []
    assert limits.own == {"p": {"network": 4, "port": 50}}


RESET = Ask("DELETE", "/quotas/p", Role.ADMIN, None)


@pytest.mark.parametrize("own", [{"network": 10, "port": 50}, {"network": 4, "port": 50}])
@pytest.mark.parametrize("killed", [False, True])
def test_quotas_of_a_project_that_were_reset_are_its_own_again_although_the_defaults_are_the_same(limits, own, killed):
    """Who lowers the defaults later must not lower what the project was given."""
    limits.own["p"] = dict(own)
    cloud = limits.connect()
    assert cloud.send(LIMIT).ok
    assert cloud.send(RESET).ok
    assert limits.own == {}
    if killed:
        (debt,) = Journal.read_debts(limits.path)
        assert pay(cloud, debt) == Payment(True)
    else:
        assert cloud.owing.settle() == []
        assert Journal.read_debts(limits.path) == ()
    assert limits.own == {"p": own}


def test_a_reset_of_a_project_without_quotas_of_its_own_leaves_none(limits):
    cloud = limits.connect()
    assert cloud.send(RESET).ok
    assert cloud.owing.settle() == []
    assert limits.own == {}


def test_quotas_that_somebody_else_has_set_meanwhile_are_not_reset(limits):
    cloud = limits.connect()
    assert cloud.send(Ask("PUT", "/quotas/p", Role.ADMIN, None, {"quota": {"port": 3, "network": 3}})).ok
    limits.own["p"]["network"] = 77
    assert cloud.owing.settle() == []
    assert limits.own == {"p": {"network": 77, "port": 50}}


def test_what_was_not_changed_in_the_end_costs_one_look(others):
    others.connect().owing.before(Ask(*DISABLE[:2], Role.ADMIN, "2.53", DISABLE[2]))
    assert others.cleanup().clean
    assert others.fake.changes == []


def test_the_first_state_counts_of_a_thing_that_is_changed_again_and_again(others):
    cloud = others.connect()
    for body in ({"cores": 1}, {"cores": 2}, {"ram": 9}):
        cloud.send(Ask("PUT", "/os-quota-sets/p", Role.ADMIN, "2.1", {"quota_set": body}))
    cloud.send(Ask("DELETE", "/os-quota-sets/p", Role.ADMIN, "2.1"))
    (debt,) = Journal.read_debts(others.path)
    assert debt.was == {"cores": 77, "ram": 5}
    assert cloud.owing.settle() == []
    assert others.quota == {"id": "p", "cores": 77, "ram": 5}
    assert Journal.read_debts(others.path) == ()


def test_another_thread_does_not_pay_amid_a_trial(others):
    import threading

    cloud = others.connect()
    cloud.send(Ask("PUT", "/os-quota-sets/p", Role.ADMIN, "2.1", {"quota_set": {"cores": 0}}))
    other = threading.Thread(target=cloud.owing.settle)
    other.start()
    other.join()
    assert others.quota["cores"] == 0
    cloud.owing.settle()
    assert others.quota["cores"] == 77


def test_what_somebody_else_has_changed_meanwhile_is_left_and_told_once(others):
    others.killed_after("PUT", "/os-quota-sets/p", {"quota_set": {"cores": 45, "ram": 6}})
    others.quota["cores"] = 100
    report = others.cleanup()
    assert others.quota == {"id": "p", "cores": 100, "ram": 5}
    assert report.clean
    (told,) = report.told
    assert told.endswith("somebody else has changed it meanwhile, so it is left with cores 100")
    assert others.cleanup().told == ()


def test_a_thing_that_is_gone_is_told(others):
    others.killed_after(*DISABLE)
    others.service["id"] = "another"
    report = others.cleanup()
    assert report.clean
    assert report.told[0].endswith("no longer exists")


@pytest.mark.parametrize("broken", [(503, {}), (200, {"quota_set": {"id": "p", "cores": 45}})])
def test_what_cannot_be_put_back_stays_owed(others, broken):
    others.killed_after("PUT", "/os-quota-sets/p", {"quota_set": {"cores": 45}})
    put = others.fake.routes["PUT", "/v2.1/os-quota-sets/p"]
    others.fake.routes["PUT", "/v2.1/os-quota-sets/p"] = lambda _: broken
    (left,) = others.cleanup().left
    assert left.startswith("quota at /os-quota-sets/p (cores 77): ")
    others.fake.routes["PUT", "/v2.1/os-quota-sets/p"] = put
    assert others.cleanup().clean
    assert others.quota["cores"] == 77


@pytest.mark.parametrize("answer", [(500, {}), (403, {})])
def test_what_cannot_be_read_is_not_changed(others, answer):
    others.fake.routes["GET", "/v2.1/os-services"] = answer
    with pytest.raises(GuardRefusal, match="it changes a compute service, and its state could not be read"):
        others.connect().send(Ask(*DISABLE[:2], Role.ADMIN, "2.1", DISABLE[2]))
    assert others.fake.changes == []


def test_without_an_administrator_nothing_could_put_it_back(others):
    cloud = others.connect(tokens={Role.MEMBER: "member-token"})
    with pytest.raises(GuardRefusal, match="only an administrator could put it back: give"):
        cloud.send(Ask(*DISABLE[:2], Role.MEMBER, "2.1", DISABLE[2]))
    assert others.fake.changes == []


def test_what_reaches_nothing_needs_no_administrator(others):
    """A target that was seen to be unknown, and a sender without a token, are tried by every run."""
    cloud = others.connect(tokens={Role.MEMBER: "member-token"})
    cloud.guard.seen_unknown(HOST)
    cloud.send(Ask("PUT", f"/os-services/{HOST}", Role.MEMBER, "2.53", DISABLE[2]))
    listed = others.fake.routes["GET", "/v2.1/os-services"]
    others.fake.routes["GET", "/v2.1/os-services"] = lambda asked: listed(asked) if asked.token else (401, {})
    cloud.send(Ask(*DISABLE[:2], NO_TOKEN, "2.1", DISABLE[2]))
    assert Journal.read_debts(others.path) == ()


@pytest.mark.parametrize("body", [{}, {"host": "unknown", "binary": "nova-compute"}])
def test_a_request_that_names_nothing_changes_nothing(others, body):
    others.connect().send(Ask("PUT", "/os-services/disable", Role.ADMIN, "2.1", body))
    assert Journal.read_debts(others.path) == ()


@pytest.mark.parametrize(("method", "path"), [("DELETE", f"/os-services/{HOST}"), ("GET", "/os-hosts/h1/reboot")])
def test_what_no_request_can_undo_is_not_done_with_any_option(others, method, path):
    with pytest.raises(GuardRefusal, match="no request could undo it") as refusal:
        others.connect().send(Ask(method, path, Role.ADMIN, "2.53"))
    assert "--allow-disruptive" not in str(refusal.value), "it was given"
    assert others.fake.changes == []


def test_on_a_cloud_that_was_made_for_the_run_it_is_done(others):
    cloud = others.connect()
    cloud.guard.all_own = True
    assert cloud.send(Ask("DELETE", f"/os-services/{HOST}", Role.ADMIN, "2.53")).status == 404


def test_a_request_that_pretends_to_pay_is_refused(others):
    others.killed_after("PUT", "/os-quota-sets/p", {"quota_set": {"cores": 45}})
    (debt,) = Journal.read_debts(others.path)
    cloud = others.connect(allow=False)
    for path, key in (("/os-quota-sets/q", debt.key), ("/os-quota-sets/p", "another")):
        with pytest.raises(GuardRefusal):
            cloud.send(Ask("PUT", path, Role.ADMIN, "2.1", {}, pays=key))


def test_a_line_that_holds_no_debt_is_passed_over():
    assert Debt.read({"do": "owe", "key": "k", "method": "PUT"}) is None


def test_the_names_in_a_path():
    change = Change("PUT", "/limits/{project}/of/{user}")
    assert change.named("put", "/limits/a%2Fb/of/c") == {"project": "a/b", "user": "c"}
    assert change.named("PUT", "/limits/a/b/of/c") is None
    assert change.named("GET", "/limits/a/of/c") is None
    assert filled("/limits/{project}", {"project": "a/b"}) == "/limits/a%2Fb"


@pytest.mark.parametrize(("together", "sent"), [((), {"a": 1, "b": None}), (("a", "b"), {"a": 1})])
def test_a_field_that_was_empty_is_emptied_again_unless_another_does_it(together, sent):
    was = {"a": 1, "b": None}
    debt = Debt("k", "thing", "/t", "t", "/t", "PUT", was, {}, within="t", together=together)
    assert debt.body(was) == {"t": sent}
