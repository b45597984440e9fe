"""A pytest plugin that puts a fake in the place of the engine's Session: cases are derived, and decided by a table.

The table is `verdicts.json` in the working directory: a part of a case's id, or of the service and the id in a run of
several services (`volume:servers-actions.lock`) -> what becomes of it: a verdict, or
`hang` (until the run is stopped), `interrupt` (Ctrl-C), `lose` (the cloud is lost), `die` (the process is gone),
`quiet-omission` (a pass);
`slow`: the seconds that each case takes;
`close` -> `hang`: the removal of what was made does not end; `said`: what the cloud is called, and gives as a reason;
`lacking` -> a service that the cloud does not have; `journal` -> `full`: it cannot be written after the first case;
`intends`: a line that stands in it from the start.
What was tried is appended to `tried.txt`, with the process and the lane.
"""

import _thread
import json
import os
import threading
import time
from concurrent.futures import Future
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace

from conformance.engine.api.load import load_service
from conformance.engine.cloud.errors import ServiceMissing
from conformance.engine.derive.suite import derive
from conformance.engine.model.api_version import ANY
from conformance.engine.provision.context import Notes
from conformance.engine.run.forecast import Ground
from conformance.engine.run.lanes import lane_of
from conformance.engine.run.run import Stopped
from conformance.plugin import share
from specs.microversion import Microversion, VersionRange
from specs.record.model import Deviation, Exchange, ReceivedResponse, Result, RunInfo, SentRequest, scoped
from specs.record.writer import utc_now


def pytest_load_initial_conftests(early_config):
    real = share.Session
    share.Session = FakeSession
    early_config.add_cleanup(lambda: setattr(share, "Session", real))


def table():
    path = Path("verdicts.json")
    return json.loads(path.read_text()) if path.exists() else {}


@dataclass
class FakeRun:
    suite: object
    record: object
    stopping: threading.Event
    journal: object
    service: str | None

    def __post_init__(self):
        self._cases = {case.id: case for case in self.suite.cases}
        self._futures = {}
        self._threads = []

    def lane(self, case_id):
        return lane_of(self._cases[case_id].trial, load_service("compute"))

    def start(self, case_ids):
        ids = [case_id for case_id in case_ids if case_id not in self._futures]
        self._futures.update((case_id, Future()) for case_id in ids)
        self._threads.append(threading.Thread(target=self._work, args=[ids], daemon=True))
        self._threads[-1].start()

    @property
    def active(self):
        return any(thread.is_alive() for thread in self._threads)

    def wait(self, case_id):
        while True:
            try:
                return self._futures[case_id].result(timeout=0.05)
            except TimeoutError:
                if self.stopping.is_set() and not self.active:
                    raise Stopped(case_id) from None

    def statuses(self):
        return ["ACTIVE"]

    def _work(self, ids):
        wishes = table()
        for case_id in ids:
            if self.stopping.wait(wishes.get("slow", 0.0)):
                return
            named = scoped(self.service, case_id)
            wish = next((wish for part, wish in wishes.items() if part in named), "pass")
            with Path("tried.txt").open("a") as file:
                file.write(f"{os.getpid()} {self.lane(case_id)} {named}\n")
            if wish == "lose":
                self.cloud.lost = "the token of the role member is no longer accepted"
                self.cloud.standing.when_lost()
                return
            if wish == "hang":
                self.stopping.wait()
                return
            if wish == "interrupt":
                _thread.interrupt_main()
                self.stopping.wait()
                return
            if wish == "die":
                os._exit(1)
            result = outcome(self._cases[case_id], wish)
            if wishes.get("journal") == "full":
                self.journal.trouble = "journal.jsonl cannot be written: No space left on device; make room"
                self.journal.when_broken()
            self.record(result)
            self._futures[case_id].set_result(result)


def outcome(case, wish):
    verdict = {"quiet-omission": "pass", "fail-as-admin": "fail"}.get(wish, wish)
    classes = {"fail": "contradiction", "fail-as-admin": "contradiction", "quiet-omission": "omission"}
    deviation = Deviation.of(case.requirement.id, classes[wish], "418") if wish in classes else None
    exchange = Exchange(
        SentRequest("POST", "http://127.0.0.1:9/v2.1/servers/1/action", {"X-Auth-Token": "***"}, {"lock": None}),
        ReceivedResponse(418),
        1.0,
    )
    return Result(
        case=case.id,
        requirement=case.requirement.id,
        operation=case.operation.id,
        verdict=verdict,
        source=case.requirement.source,
        expected=case.expectation.expected,
        observed="418" if wish in classes else "as expected",
        status=418,
        accepted=False,
        role="admin" if wish == "fail-as-admin" else case.trial.request.role,
        reason=None if verdict == "pass" else f"the fake says {table().get('said', wish)}",
        deviation=deviation,
        exchanges=(exchange,),
        seconds=0.25,
        kind=case.requirement.kind,
    )


class FakeSession:
    def __init__(self, settings, specs, selected, record, worker=None):
        self.settings = settings
        self.started = utc_now()
        self._began = time.monotonic()
        self.specs = specs
        if table().get("lacking") == specs[0].service:
            raise ServiceMissing(f"the catalogue of the fake has no {specs[0].service} service")
        settings.directory.mkdir(parents=True, exist_ok=True)
        if "intends" in table():
            (settings.directory / "journal.jsonl").write_text(json.dumps(table()["intends"]) + "\n")
        self.journal = SimpleNamespace(prefix=settings.prefix or "fake-1", trouble=None)
        versions = VersionRange(Microversion(2, 1), Microversion(2, 96))
        self.cloud = SimpleNamespace(
            clock=None,
            name=f"the fake{table().get('said', '')} at {settings.target.url}",
            roles=("member", "admin"),
            microversions=versions,
            lost=None,
            standing=SimpleNamespace(),
            root=None,
        )
        self.api = ANY
        self.versions_left_out = ()
        self.hints = ()
        top = Microversion(2, 96)
        self.suite = derive(specs, selected, top, settings.default_policy)
        self.context = SimpleNamespace(
            stopping=threading.Event(),
            top=top,
            patience=SimpleNamespace(status=30.0),
            service=(service := load_service(specs[0].service)),
            graphs={},
            notes=Notes(),
            producers=(ground := Ground(service, specs)).producers,
            operations=ground.operations,
            needs_of=ground.needs_of,
        )
        self.watch = SimpleNamespace(waiting=lambda: [("server", "BUILD", "spawning", 2.0)])
        self.run = FakeRun(self.suite, record, self.context.stopping, self.journal, settings.service)
        self.run.cloud = self.cloud
        self.left = ()
        self.tried = 0

    def can_make(self, trial):
        return trial.request.role in ("member", "admin", "no-token", "bad-token")

    def change_nothing(self):
        Path("read-only.txt").touch()

    def prepare(self, case_ids, tell):
        return table().get("trouble")

    def close(self, whole_run=False, cloud_ends=False):
        self.context.stopping.set()
        with Path("closed.txt").open("a") as file:
            file.write(f"{os.getpid()} {whole_run}\n")
        if table().get("close") == "hang":
            time.sleep(600)
        return self.left

    def figures(self):
        return {
            "requests": 10,
            "accepted": int(os.environ.get("FAKE_ACCEPTED", "8")),
            "made": {"server": 1},
            "seconds": time.monotonic() - self._began,
        }

    def notes(self):
        noted = [{"kind": kind, "text": text} for kind, text in self.context.notes.sorted()]
        return ({"kind": "fake", "text": "a note"}, *noted)

    def info(self, options, totals=None):
        return RunInfo(
            started=self.started,
            finished=utc_now() if totals is not None else None,
            endpoint={
                "name": self.cloud.name,
                "url": self.settings.target.url or "http://127.0.0.1:9",
                "sandbox": self.settings.sandbox,
            },
            roles=("admin", "member"),
            spec={"service": self.specs[0].service, "package": self.specs[0].reference.package, "version": "34.0.0"},
            options=dict(options),
            totals=dict(totals or {}),
            notes=self.notes(),
        )
