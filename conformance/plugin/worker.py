"""A worker of pytest-xdist. The controller owns the run; a worker tries the lanes that the controller gives it."""

from __future__ import annotations

import os
import threading
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest

from conformance.engine.cloud.roles import Role
from conformance.engine.cloud.target import Target
from conformance.engine.run.session import Settings
from conformance.plugin import items
from conformance.plugin.choices import Choices
from conformance.plugin.endpoint import CLOUDS_FILE
from conformance.plugin.guided import Guided
from conformance.plugin.items import CaseItem, SpecFile, collect_file
from conformance.plugin.levels import Levels
from conformance.plugin.reference import read_reference
from conformance.plugin.share import STOP, Share
from conformance.plugin.signals import all_ignored
from conformance.plugin.waivers import load_waivers
from specs.guideline.needed import read_needs
from specs.record import RecordWriter, RunRecord

_LOOK = 0.5
"""Seconds between two checks for the file ``STOP``."""


def hand_over(
    share: Share, files: Sequence[Path], choices: Choices, workers: int = 1, args: Sequence[str] = ()
) -> dict[str, Any]:
    """Return the settings that another process of the run needs, in types that JSON and execnet can carry."""
    settings = share.session.settings
    target = settings.target
    return {
        "args": list(args),
        "files": [str(path) for path in files],
        "target": {
            "url": target.url,
            "name": target.name,
            "clouds": {str(role): name for role, name in target.clouds.items()},
            "tokens": {str(role): token for role, token in target.tokens.items()},
        },
        "clouds_file": os.environ.get(CLOUDS_FILE),
        "directory": str(share.directory.resolve()),
        "sandbox": settings.sandbox,
        "release": settings.release,
        "prefix": share.session.journal.prefix,
        "microversion": settings.microversion,
        "default_policy": settings.default_policy,
        "allow_disruptive": settings.allow_disruptive,
        "level": choices.level,
        "max_resources": max(1, settings.max_resources // workers),
        "wishes": dict(settings.wishes),
        "top": str(share.session.context.top),
        "major": share.session.api.major,
        "first": str(share.session.api.first) if share.session.api.first else None,
        "only": share.session.api.only,
        "options": dict(share.options),
        "waivers": str(choices.waivers) if choices.waivers else None,
        "done": list(share.done),
    }


def open_part(handed: Mapping[str, Any], worker: str, max_resources: int | None = None) -> Share:
    """Open the share of another process from the settings of ``hand_over``. Raises Trouble, RecordError."""
    directory = Path(handed["directory"])
    if handed["clouds_file"]:
        os.environ[CLOUDS_FILE] = handed["clouds_file"]
    target = handed["target"]
    settings = Settings(
        target=Target(
            clouds={Role(role): name for role, name in target["clouds"].items()},
            url=target["url"],
            tokens={Role(role): token for role, token in target["tokens"].items()},
            name=target["name"],
        ),
        directory=directory,
        max_resources=max_resources or handed["max_resources"],
        **{
            name: handed[name]
            for name in ("sandbox", "release", "prefix", "microversion", "wishes", "default_policy", "allow_disruptive")
        },
    )
    done = {}
    if handed["done"]:
        wanted = set(handed["done"])
        done = {result.case: result for result in RunRecord.read(directory).results if result.case in wanted}
    return Share.open(
        read_reference([Path(path) for path in handed["files"]]),
        settings,
        RecordWriter(directory, worker=worker),
        handed["options"],
        load_waivers(Path(handed["waivers"])) if handed["waivers"] else None,
        done,
        worker,
    )


def join(config: pytest.Config, handed: Mapping[str, Any]) -> None:
    """Let a worker of pytest-xdist take its share of the run. Raises Trouble."""
    all_ignored()  # the controller ends the run, and a terminal sends Ctrl-C to every process
    config.args[:] = handed["args"]
    share = open_part(handed, config.workerinput["workerid"])  # type: ignore[attr-defined]
    config.pluginmanager.register(items, "conformance-items")
    levels = Levels(handed["level"], share.session.context.service, share.session)
    config.pluginmanager.register(levels, "conformance-levels")
    config.pluginmanager.register(Worker(share), "conformance-worker")
    if share.options.get("guideline"):
        guided = Guided(read_needs(share.directory).cases, [share.reference])
        config.pluginmanager.register(guided, "conformance-guided")


class Worker:
    """The pytest hooks of a worker."""

    def __init__(self, share: Share) -> None:
        self.share = share
        self._lanes: dict[str, list[str]] = {}
        self._prepared = False
        self._ended = threading.Event()

    def pytest_configure(self, config: pytest.Config) -> None:
        """Register the markers."""
        items.register_markers(config, self.share.suite.cases)

    def pytest_collect_file(self, file_path: Path, parent: pytest.Collector) -> SpecFile | None:
        """Collect the specs to test."""
        return collect_file(self.share.reference, self.share.suite.cases, parent, file_path, self.share)

    def pytest_collection_finish(self, session: pytest.Session) -> None:
        """Sort the selected cases by lane, and start to check whether the run was stopped."""
        for item in session.items:
            if isinstance(item, CaseItem):
                self._lanes.setdefault(self.share.session.run.lane(item.case.id), []).append(item.case.id)
        threading.Thread(target=self._look_for_stop, args=[session], name="stop", daemon=True).start()

    def _look_for_stop(self, session: pytest.Session) -> None:
        while not self._ended.wait(_LOOK):
            if self.share.trouble or (self.share.directory / STOP).exists():
                session.shouldstop = self.share.trouble or "the run was stopped"
                self.share.stop()
                return

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_protocol(self, item: pytest.Item, nextitem: pytest.Item | None) -> None:
        """Start the lane of an item at its first item, and the lane of the next item too, so that both run together."""
        if not self._prepared:
            self._prepared = True
            # If the cloud lacks a thing that resources are made of, each case reports this reason itself.
            self.share.prepare([case_id for lane in self._lanes.values() for case_id in lane], lambda _: None)
        for one in (item, nextitem):
            if isinstance(one, CaseItem):
                lane = self.share.session.run.lane(one.case.id)
                self.share.start(self._lanes.pop(lane, ()))

    @pytest.hookimpl(tryfirst=True)
    def pytest_sessionfinish(self) -> None:
        """Clean up, and leave the figures for the owner."""
        self._ended.set()
        self.share.leave_part()
