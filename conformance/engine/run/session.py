"""The session of one process of a run: its connection, suite, lanes and journal, opened and closed together."""

from __future__ import annotations

import contextlib
import platform
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from importlib import metadata
from pathlib import Path
from typing import Any

from conformance.engine.api.acting import with_acting_reads
from conformance.engine.api.addresses import Addressed, addressed, majors
from conformance.engine.api.learned import with_reference
from conformance.engine.api.load import load_service, packages
from conformance.engine.api.producers import Producers
from conformance.engine.api.references import with_references
from conformance.engine.cloud.client import Cloud
from conformance.engine.cloud.discover import OTHER, Discovery
from conformance.engine.cloud.errors import CloudError, EndpointError
from conformance.engine.cloud.journal import Journal
from conformance.engine.cloud.locks import TURNS, Locks
from conformance.engine.cloud.owing import pay_all
from conformance.engine.cloud.poll import Watch
from conformance.engine.cloud.profile import Profile
from conformance.engine.cloud.resources import Resources
from conformance.engine.cloud.scopes import hints
from conformance.engine.cloud.shared_lists import SharedLists
from conformance.engine.cloud.target import Described, Target, connect
from conformance.engine.derive.state_graph import StateGraph
from conformance.engine.derive.suite import derive, from_first, highest_version, service_of, views
from conformance.engine.execute.barriers import barrier
from conformance.engine.model.api_version import ApiVersion
from conformance.engine.model.case import REASONS, Suite
from conformance.engine.model.trial import Trial
from conformance.engine.provision.context import Notes, Patience, RunContext
from conformance.engine.provision.handing import withdraw
from conformance.engine.provision.parts import lacking
from conformance.engine.run.preparing import prepare
from conformance.engine.run.run import Run
from specs.microversion import Microversion
from specs.model import Spec
from specs.record.model import Result, RunInfo
from specs.record.writer import utc_now

CLOUD_PATIENCE = Patience(status=300.0, settle=1.0)
SANDBOX_PATIENCE = Patience(status=30.0, settle=0.3)

CLOUD_PAUSE, SANDBOX_PAUSE = 1.0, 0.6
"""The least seconds between two polls for things of a kind: of a cloud that others use too, and of a sandbox."""

USES = ("apiref-conformance", "docutils", "keystoneauth1", "pytest", "PyYAML", "requests")
"""Distributions whose versions stand in the record, beside those that contain the references of services."""


def patience_of(seconds: float | None, sandbox: bool) -> Patience:
    """How long to wait in a sandbox or on a cloud: ``seconds`` at most; None for as long as usual there."""
    usual = SANDBOX_PATIENCE if sandbox else CLOUD_PATIENCE
    return usual if seconds is None else replace(usual, status=seconds)


@dataclass(frozen=True)
class Settings:
    """The settings of a run, beside the selected cases.

    Attributes:
        target: the endpoint under test, and the credentials of the roles.
        directory: the run directory, with the journal and the record.
        sandbox: True if the target is a sandbox, which nobody else uses.
        release: the release of the sandbox; None for another endpoint.
        default_policy: True if the cloud is known to keep the documented defaults of its policy.
        allow_disruptive: True if requests may change resources that other users share.
        max_resources: the most resources under test that may exist at a time.
        patience: how long to wait; None for the values of a sandbox or of a cloud.
        prefix: the start of the names of all resources of the run; None for a random one.
        microversion: the highest microversion to ask for; None for the highest that cloud and reference share.
        wishes: ids or names of things to use instead of discovered ones (see ``Discovery``).
        service: the type of the service, if it is one of several in the run; None in a run of one.
        processes: the number of processes that share the run, and the pace of its polls.
    """

    target: Target
    directory: Path
    sandbox: bool = False
    release: str | None = None
    default_policy: bool = False
    allow_disruptive: bool = False
    max_resources: int = 6
    patience: Patience | None = None
    prefix: str | None = None
    microversion: str | None = None
    wishes: Mapping[str, str] = field(default_factory=dict)
    service: str | None = None
    processes: int = 1

    def journal(self, worker: str | None) -> Journal:
        """Open the journal of a process. Raises OSError: it cannot be written."""
        name = "-".join(part for part in ("journal", worker, self.service) if part)
        return Journal(self.directory / f"{name}.jsonl", prefix=self.prefix, service=self.service)


class Session:
    """One process's connection to a cloud, with the suite for it. It must be closed in any event.

    Args:
        settings: the settings of the run.
        specs: all specs of the reference.
        selected: the specs whose operations are tried.
        record: a function that takes each result as it comes; it is called from many threads.
        worker: the name of this process if other processes share the run; None otherwise.

    Raises:
        EndpointError: the cloud cannot be used, or the settings do not fit it; one sentence says why.
        OSError: the run directory cannot be written.
    """

    def __init__(
        self,
        settings: Settings,
        specs: Sequence[Spec],
        selected: Sequence[Spec],
        record: Callable[[Result], None],
        worker: str | None = None,
    ) -> None:
        self.settings = settings
        self.started = utc_now()
        self._began = time.monotonic()
        self._worker = worker
        settings.directory.mkdir(parents=True, exist_ok=True)
        self.journal = settings.journal(worker)
        service = with_acting_reads(load_service(service_of(specs)), specs)
        self.cloud: Cloud = connect(
            settings.target,
            self.journal,
            allow_disruptive=settings.allow_disruptive or settings.sandbox,
            profile=service.profile,
            described=described(specs),
        )
        self.cloud.guard.all_own, self.cloud.guard.undoes = settings.sandbox, service.described
        root, supported = self.cloud.root, self.cloud.microversions
        self.api = ApiVersion(root.major if root else None, supported.min, supported.max is None)
        service = from_first(service, self.api)
        top = self._top(specs)
        policy = settings.default_policy or settings.sandbox
        self.suite: Suite = derive(specs, selected, top, policy, service, self.api)
        self.addressed: Addressed = addressed(specs, selected, self.api.major)
        specs, selected = self.addressed.specs, self.addressed.selected
        service = with_references(service, specs)
        self.cloud.profile = with_reference(self.cloud.profile, specs, service, top, self.journal)
        self.specs = tuple(specs)
        self.selected = tuple(selected)
        wishes = wished(self.cloud, settings.wishes, lenient=settings.service is not None)
        discovery = Discovery(self.cloud, wishes)
        lists = SharedLists(settings.directory, settings.processes, settings.service) if worker else None
        pause = SANDBOX_PAUSE if settings.sandbox else CLOUD_PAUSE
        self.watch = Watch(self.cloud, microversion=str(top), shortest=pause, lists=lists)
        patience = settings.patience or patience_of(None, settings.sandbox)
        stopping = threading.Event()
        self.resources = Resources(self.cloud, discovery, self.watch, timeout=patience.status, stopping=stopping)
        graphs = StateGraph.of_each(views(specs, top, service, self.api))
        self.context = RunContext(
            cloud=self.cloud,
            discovery=discovery,
            resources=self.resources,
            watch=self.watch,
            service=service,
            graph=graphs.get(service.resource, StateGraph(())),
            graphs=graphs,
            producers=Producers((o for spec in specs for o in spec.operations), service.producers),
            operations={o.id: o for spec in specs for o in spec.operations},
            top=top,
            patience=patience,
            notes=Notes(),
            stopping=stopping,
            sandbox=settings.sandbox,
            default_policy=policy,
            lacking=lacking(self.cloud, service.optional_parts),
        )
        self.resources.waits = self.context.waits
        locks = Locks(settings.directory / TURNS if worker else None)
        self.run = Run(self.suite, self.context, record, settings.max_resources, locks)
        self.left: tuple[str, ...] = ()

    def _top(self, specs: Sequence[Spec]) -> Microversion:
        """The highest microversion to ask for, within the limits of the reference, the cloud and the user."""
        known, supported, wished = highest_version(specs), self.cloud.microversions, self.settings.microversion
        if self.api.only:
            if wished is not None:
                raise EndpointError(f"{self.cloud.name} has no microversions: leave --microversion out")
            version = self.cloud.root.version if self.cloud.root else None
            return version or known
        if supported.min is not None and known < supported.min:
            known = supported.min  # the reference names no versions, or only older ones than the cloud has
        if wished is not None:
            known = min(known, Microversion.parse(wished))
            if known not in supported:
                raise EndpointError(
                    f"{self.cloud.name} knows the microversions {supported.min} to {supported.max}, and not {wished}"
                )
        return known if supported.max is None else min(known, supported.max)

    def prepare(self, case_ids: Iterable[str], tell: Callable[[str], None]) -> str | None:
        """Make a first resource, to find things of the cloud that resources can be made of. The first lane uses it.

        Args:
            case_ids: the cases to try; if none of them needs a resource, none is made.
            tell: a function that takes one sentence for each candidate that was tried in vain.

        Returns:
            The reason why the run cannot start, in one sentence; None if it can.
        """
        wanted, context = set(case_ids), self.context
        tried = [case.trial for case in self.suite.cases if case.id in wanted]
        try:
            prepare(context, tried, self.settings.max_resources, tell, self._worker is not None)
        except CloudError as error:
            return str(error)
        except OSError as error:
            return self.journal.trouble or str(error)
        return None

    @cached_property
    def can_make(self) -> Callable[[Trial], bool]:
        """A test whether this run can make a trial, as far as that is known without a request."""
        return lambda trial: barrier(self.context, trial) is None

    def change_nothing(self) -> None:
        """From now on, let only requests out that read. It must be called before the first case is tried."""
        self.cloud.change_nothing()

    def close(self, whole_run: bool = False, cloud_ends: bool = False) -> tuple[str, ...]:
        """Stop the lanes, remove the resources, restore changed settings, and end the connections.

        Args:
            whole_run: True to do this also for the other processes of the run, which must have ended.
            cloud_ends: True if the cloud ends with the run: it takes the resources with it, and none is removed.

        Returns:
            One sentence or name for each thing that could not be removed or restored.
        """
        self.run.stop()
        try:
            owed, _ = pay_all(self.cloud, self.journal, self.journal.debts(own=not whole_run))
            if cloud_ends:
                self.journal.end(own=not whole_run)
                self.left = tuple(owed)
            else:
                withdraw(self.context)
                self.left = (*owed, *self.resources.close(own=not whole_run))
        except Exception as error:  # whatever ended the cleanup, the user learns of it and the connections end
            self.left = (f"the cleanup ended early ({type(error).__name__}: {error}); `conformance cleanup` goes on",)
        self.watch.close()
        self.cloud.close()
        self.journal.close()
        return self.left

    def figures(self) -> dict[str, Any]:
        """The figures of this process for the record's totals (see ``specs.record.totals.added``)."""
        return {
            "requests": self.cloud.request_count,
            "accepted": self.cloud.accepted_count,
            "made": {kind: count for kind, count in self.run.resources_made.items() if kind and count},
            "purposes": dict(self.cloud.purposes),
            "seconds": round(time.monotonic() - self._began, 1),
            "processor_seconds": round(time.process_time(), 1),
        }

    @property
    def versions_left_out(self) -> tuple[str, ...]:
        """One sentence for each documented version of the API that this run does not try."""
        counts = Counter(major for _, _, major in self.addressed.elsewhere if major is not None)
        offered = self.cloud.root.offered if self.cloud.root else ()
        return tuple(
            f"the {count} operations of version {major} are not tried: this run is of version {self.api.major}"
            if major in offered
            else f"this cloud offers no version {major} of the API: the {count} operations of it are inapplicable"
            for major, count in sorted(counts.items())
        )

    @property
    def hints(self) -> tuple[str, ...]:
        """One sentence for each role of this process whose credentials seem to have the wrong scope."""
        return tuple(hints(self.cloud.seen.every()))

    def notes(self) -> tuple[dict[str, Any], ...]:
        """The notes of the record: used entries of the description, promises without a case, resources left behind."""
        noted = {
            *(("version", text) for text in self.versions_left_out),
            *(("scope", text) for text in self.hints),
            *self.context.notes.sorted(),
            *(("table", entry) for entry in self.suite.used),
        }
        tried = self.run.operations
        untested = [
            {
                "kind": "untested",
                "requirement": u.requirement,
                "reason": u.reason,
                "why": REASONS.get(u.reason, u.reason),
                "detail": u.detail,
                "source": u.source.plain,
            }
            for u in self.suite.untested
            if self.run.whole or u.requirement.partition("/")[0] in tried
        ]
        left = [{"kind": "left-behind", "text": text} for text in self.left]
        return (*({"kind": kind, "text": text} for kind, text in sorted(noted)), *untested, *left)

    def info(self, options: Mapping[str, Any], totals: Mapping[str, Any] | None = None) -> RunInfo:
        """The head of the record, without totals at the start of the run and with them at its end."""
        first = self.selected[0] if self.selected else None
        supported, root = self.cloud.microversions, self.cloud.root
        return RunInfo(
            started=self.started,
            finished=utc_now() if totals is not None else None,
            endpoint={
                "name": self.cloud.name,
                "url": self.cloud.url,
                "region": self.cloud.region,
                "release": self.settings.release,
                "sandbox": self.settings.sandbox,
                "min": str(supported.min) if supported.min else None,
                "max": str(supported.max) if supported.max else None,
                "version": str(root.version) if root and root.version else None,
                "major": self.api.major,
                "below_project": sorted(self.addressed.below_project),
            },
            roles=tuple(sorted(self.context.role_names)),
            environment=environment(),
            spec={
                "service": first.service if first else None,
                "package": first.reference.package if first else None,
                "version": first.reference.version if first else None,
                "operations": len({c.operation.id for c in self.suite.cases}),
                "files": [s.reference.path for s in self.selected],
            },
            options=dict(options),
            totals=dict(totals or {}),
            notes=self.notes(),
        )


def wished(cloud: Cloud, given: Mapping[str, str], lenient: bool = False) -> dict[str, str]:
    """The things that the user wants to be used, by the names of discovery.

    Args:
        cloud: the client of the cloud; its section in clouds.yaml may contain wishes.
        given: the wishes from options, which win over those in clouds.yaml.
        lenient: True to leave out the names that only another service of the run may know.

    Raises:
        EndpointError: the description of the service knows no such name.
    """
    known = known_wishes(cloud.profile)
    found = {}
    for said, wish in {**cloud.wishes, **given}.items():
        name = known.get(said.replace("_", "-"))
        if name is not None:
            found[name] = wish
        elif not lenient:
            raise EndpointError(f"{said}={wish} cannot be used: --use knows {', '.join(known) or 'nothing here'}")
    return found


def known_wishes(profile: Profile) -> dict[str, str]:
    """The names by which a user can name things of a service to use -> their names of discovery."""
    rules = sorted(profile.discovery.items())
    first = {name.replace("_", "-"): name for name, _ in rules}
    return first | {OTHER + name.replace("_", "-"): OTHER + name for name, rule in rules if rule.other is not None}


def described(specs: Sequence[Spec]) -> Described:
    """The API versions in the paths of specs, and the first parts of the paths that stand below a project in each."""
    known = majors(specs)
    return Described(known, {number: addressed(specs, major=number).below_project for number in known})


def environment() -> dict[str, Any]:
    """The versions of Python, of the platform, and of the distributions that the results depend on."""
    found: dict[str, Any] = {"python": platform.python_version(), "platform": sys.platform}
    for name in (*USES, *packages()):
        with contextlib.suppress(metadata.PackageNotFoundError):
            found[name] = metadata.version(name)
    return found
