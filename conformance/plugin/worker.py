"""A worker of pytest-xdist. The controller owns the run; a worker tries the lanes that the controller gives it."""

from __future__ import annotations

import os
import threading
from collections.abc import Generator, Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest

from conformance.engine.cloud.roles import Role
from conformance.engine.cloud.target import Target
from conformance.engine.run.session import Settings, patience_of
from conformance.plugin import items
from conformance.plugin.choices import Choices
from conformance.plugin.endpoint import CLOUDS_FILE
from conformance.plugin.guided import Guided
from conformance.plugin.heads import narrowed
from conformance.plugin.items import CaseItem, SpecFile, collect_file, collected
from conformance.plugin.known import named
from conformance.plugin.levels import Levels, tried
from conformance.plugin.reference import Reference, read_references
from conformance.plugin.share import STOP, Share
from conformance.plugin.shares import Shares, open_each
from conformance.plugin.signals import all_ignored
from conformance.plugin.waivers import load_waivers
from specs.guideline.needed import read_needs
from specs.record import RecordWriter, RunRecord
from specs.record.model import scoped

_LOOK = 0.5
"""Seconds between two checks for the file ``STOP``."""


def hand_over(
    shares: Shares,
    files: Sequence[Path],
    choices: Choices,
    options: Mapping[str, Any],
    workers: int = 1,
    args: Sequence[str] = (),
) -> dict[str, Any]:
    """Return the settings that another process of the run needs, in types that JSON and execnet can carry."""
    first = shares.first
    settings = first.session.settings
    return {
        "args": list(args),
        "files": [str(path) for path in files],
        "clouds_file": os.environ.get(CLOUDS_FILE),
        "directory": str(first.directory.resolve()),
        "sandbox": settings.sandbox,
        "prefix": first.session.journal.prefix,
        "microversion": settings.microversion,
        "default_policy": settings.default_policy,
        "allow_disruptive": settings.allow_disruptive,
        "level": choices.level,
        "patience": settings.patience.status if settings.patience else None,
        "max_resources": max(1, settings.max_resources // workers),
        "processes": workers,
        "wishes": dict(settings.wishes),
        "options": dict(options),
        "waivers": str(choices.waivers) if choices.waivers else None,
        "services": {share.reference.service: _service(share) for share in shares},
        "lacking": {reference.service: why for reference, why in shares.lacking},
    }


def _service(share: Share) -> dict[str, Any]:
    """The settings of one service of a run for another process."""
    session, target = share.session, share.session.settings.target
    return {
        "target": {
            "url": target.url,
            "name": target.name,
            "clouds": {str(role): name for role, name in target.clouds.items()},
            "tokens": {str(role): token for role, token in target.tokens.items()},
        },
        "release": session.settings.release,
        "service": share.service,
        "known": share.known.release if share.known is not None else None,
        "top": str(session.context.top),
        "major": session.api.major,
        "first": str(session.api.first) if session.api.first else None,
        "only": session.api.only,
        "done": list(share.done),
    }


def open_parts(handed: Mapping[str, Any], worker: str, max_resources: int | None = None) -> Shares:
    """Open the shares of another process from the settings of ``hand_over``. Raises Trouble, RecordError."""
    directory = Path(handed["directory"])
    if handed["clouds_file"]:
        os.environ[CLOUDS_FILE] = handed["clouds_file"]
    writer = RecordWriter(directory, worker=worker)
    waivers = load_waivers(Path(handed["waivers"])) if handed["waivers"] else None

    def open_one(reference: Reference, prefix: str | None) -> Share:  # noqa: ARG001 -- all processes have one prefix
        given = handed["services"][reference.service]
        target = given["target"]
        settings = Settings(
            target=Target(
                clouds={Role(role): name for role, name in target["clouds"].items()},
                url=target["url"],
                tokens={Role(role): token for role, token in target["tokens"].items()},
                name=target["name"],
                tried=True,
            ),
            directory=directory,
            max_resources=max_resources or handed["max_resources"],
            processes=handed["max_resources"] // max_resources if max_resources else handed["processes"],
            patience=patience_of(handed["patience"], handed["sandbox"]),
            release=given["release"],
            service=given["service"],
            **{
                name: handed[name]
                for name in ("sandbox", "prefix", "microversion", "wishes", "default_policy", "allow_disruptive")
            },
        )
        wanted = {(given["service"], case) for case in given["done"]}
        results = RunRecord.read(directory).results if wanted else ()
        done = {one.case: one for one in results if (one.service, one.case) in wanted}
        options = narrowed(handed["options"], reference) if given["service"] else handed["options"]
        share = Share.open(reference, settings, writer, options, waivers, done, worker)
        share.known = named(given["known"]) if given["known"] else None
        return share

    return open_each(read_references([Path(path) for path in handed["files"]]), handed["lacking"], open_one)


def leave_parts(shares: Shares) -> None:
    """Close the shares of this process, and leave their figures for the owner of the run."""
    shares.stop()
    for share in shares:
        share.leave_part()
    shares.first.writer.close()


def lane_name(share: Share, case_id: str) -> str:
    """The name of the lane of a case, which is unique in the run: in a run of several services with the service."""
    return scoped(share.service, share.session.run.lane(case_id))


def join(config: pytest.Config, handed: Mapping[str, Any]) -> None:
    """Let a worker of pytest-xdist take its share of the run. Raises Trouble."""
    all_ignored()  # the controller ends the run, and a terminal sends Ctrl-C to every process
    config.args[:] = handed["args"]
    shares = open_parts(handed, config.workerinput["workerid"])  # type: ignore[attr-defined]  # pytest-xdist adds it
    config.pluginmanager.register(items, "conformance-items")
    levels = Levels(handed["level"], tried(shares))
    config.pluginmanager.register(levels, "conformance-levels")
    config.pluginmanager.register(Worker(shares, levels), "conformance-worker")
    if handed["options"].get("guideline"):
        needs = read_needs(shares.first.directory)
        guided = Guided(needs.cases, [share.reference for share in shares])
        config.pluginmanager.register(guided, "conformance-guided")


class Worker:
    """The pytest hooks of a worker."""

    def __init__(self, shares: Shares, levels: Levels) -> None:
        self.shares = shares
        self._levels = levels
        self._lanes: dict[str, list[str]] = {}
        self._cases: dict[str | None, list[str]] = {}
        self._prepared: set[str | None] = set()
        self._tried: list[CaseItem] = []
        self._last = False
        self._ended = threading.Event()

    def pytest_configure(self, config: pytest.Config) -> None:
        """Register the markers."""
        items.register_markers(config, self.shares.cases)

    def pytest_collect_file(self, file_path: Path, parent: pytest.Collector) -> SpecFile | None:
        """Collect the specs to test."""
        return collect_file(collected(self.shares), parent, file_path)

    def pytest_collection_finish(self, session: pytest.Session) -> None:
        """Sort the selected cases by lane, and start to check whether the run was stopped."""
        for item in session.items:
            if isinstance(item, CaseItem) and item.share is not None:
                self._lanes.setdefault(lane_name(item.share, item.case.id), []).append(item.case.id)
                self._cases.setdefault(item.service, []).append(item.case.id)
        threading.Thread(target=self._look_for_stop, args=[session], name="stop", daemon=True).start()

    def _look_for_stop(self, session: pytest.Session) -> None:
        stop = self.shares.first.directory / STOP
        while not self._ended.wait(_LOOK):
            if self.shares.trouble or stop.exists():
                session.shouldstop = self.shares.trouble or "the run was stopped"
                self.shares.stop()
                return

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_runtest_protocol(
        self, item: pytest.Item, nextitem: pytest.Item | None
    ) -> Generator[None, object, object]:
        """Start the lane of an item at its first item, and the lane of the next item too, so that both run together.

        After the last item of this worker, the cases are tried that decide in place of those that decided nothing.
        """
        for one in (item, nextitem):
            if isinstance(one, CaseItem) and one.share is not None:
                self._prepare(one.share)
                one.share.start(self._lanes.pop(lane_name(one.share, one.case.id), ()))
        done = yield
        if isinstance(item, CaseItem):
            self._tried.append(item)
        if nextitem is None and not self._last:
            self._last = True
            self._try_further(item)
        return done

    def _try_further(self, last: pytest.Item) -> None:
        """Try further cases of the requirements of which the cases of this worker have decided nothing.

        pytest-xdist takes reports only of the item that it has named last, so each further item stands in its place.
        """
        session = last.session
        at = session.items.index(last)
        for share in self.shares:
            items = [item for item in self._tried if item.share is share]
            while more := self._levels.instead_of(items):
                items, by_id = more, {item.case.id: item for item in more}
                share.start(by_id)
                for case_id in share.as_decided(list(by_id)):
                    if session.shouldstop or session.shouldfail:
                        return
                    session.items[at] = by_id[case_id]
                    session.config.hook.pytest_runtest_protocol(item=by_id[case_id], nextitem=None)

    def _prepare(self, share: Share) -> None:
        """Make a first resource of a service at its first case."""
        if share.service not in self._prepared:
            self._prepared.add(share.service)
            # If the cloud lacks a thing that resources are made of, each case reports this reason itself.
            share.prepare(self._cases[share.service], lambda _: None)

    @pytest.hookimpl(tryfirst=True)
    def pytest_sessionfinish(self) -> None:
        """Clean up, and leave the figures for the owner."""
        self._ended.set()
        leave_parts(self.shares)
