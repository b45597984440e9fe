"""Begins a session: checks the options, reads the specs, and registers the parts of the plugin that it needs."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from conformance.engine.api.load import load_service
from conformance.engine.derive.suite import derive
from conformance.plugin import items
from conformance.plugin.choices import Choices, from_config
from conformance.plugin.find import given_files
from conformance.plugin.guided import Certifying, Guided, needs_of
from conformance.plugin.levels import Levels, Tried, tried
from conformance.plugin.opened import Opened
from conformance.plugin.owner import Owner
from conformance.plugin.planning import Plan
from conformance.plugin.progress import Progress
from conformance.plugin.reference import packaged, read_references, shipped_folders
from conformance.plugin.signals import Signals
from conformance.plugin.trouble import Trouble, say, shown
from conformance.plugin.waivers import Waivers, load_waivers
from specs.microversion import Microversion

_KEPT = {"keyword": "k", "markexpr": "m", "numprocesses": "n", "lf": "lf", "maxfail": "maxfail"}
"""Options of pytest that are recorded: those that select cases or start processes."""


def begin(config: pytest.Config, files: Sequence[Path]) -> None:
    """Check the options, open the endpoint and the record, and take part in the session. Raises Trouble."""
    choices = from_config(config)
    named = [str(folder) for folder in shipped_folders(choices.services_beside(files))]
    if named:
        files = _with_services(config, named)
    elif not files:
        files = _default_files(config)
    references = read_references(files)
    waivers = load_waivers(choices.waivers) if choices.waivers else Waivers()
    config.pluginmanager.register(items, "conformance-items")
    if choices.dry_run or config.option.collectonly:
        _not_distributed(config)
        ceiling = Microversion.parse(choices.microversion) if choices.microversion else None
        policy = choices.default_policy or choices.own
        suites = [derive(one.specs, one.selected, ceiling, policy) for one in references]
        if choices.guideline is not None:
            needs = needs_of(choices.guideline, choices.declared, list(zip(references, suites, strict=True)), {})
            config.pluginmanager.register(Guided(needs.cases, references), "conformance-guided")
        levels = Levels(choices.level, {one.service: Tried(load_service(one.service)) for one in references})
        config.pluginmanager.register(levels, "conformance-levels")
        config.pluginmanager.register(Plan(config, choices, references, suites, levels), "conformance-plan")
        return
    signals = Signals()
    signals.install()
    config.add_cleanup(signals.restore)
    opened = Opened(choices, references, waivers, files, _options(config, choices, named))
    # pytest calls this at any end of the session, even before the session has begun.
    config.add_cleanup(opened.abandon)
    certifying: Certifying | None = None
    if choices.guideline is not None:
        derived = [(share.reference, share.suite) for share in opened.shares]
        lacking = {one.service: why for one, why in opened.shares.lacking}
        needs = needs_of(choices.guideline, choices.declared, derived, lacking)
        certifying = Certifying(needs, references, opened.directory)
        certifying.begin(choices)
    lines = [*opened.first_lines, *([signals.how_to_end] if signals.how_to_end else [])]
    say(map(shown, lines), sys.stdout)
    levels = Levels(choices.level, tried(opened.shares))
    config.pluginmanager.register(levels, "conformance-levels")
    sessions = [share.session for share in opened.shares]
    config.pluginmanager.register(Progress(config, sessions, opened.expects), "conformance-progress")
    config.pluginmanager.register(signals, "conformance-signals")
    config.pluginmanager.register(Owner(config, opened, signals, levels), "conformance-owner")
    if certifying is not None:  # its lines come after those of the owner
        config.pluginmanager.register(certifying, "conformance-guided")


def _options(config: pytest.Config, choices: Choices, named: Sequence[str]) -> dict[str, Any]:
    """Return the options for the record: those of this suite without secrets, and some of pytest's.

    Args:
        config: pytest's configuration.
        choices: the options of the run.
        named: the arguments that stand for the services of an option.
    """
    options = dict(choices.given)
    args = [argument for argument in config.args if argument not in named]
    if args and config.args != [str(packaged())]:
        options["spec"] = args[0] if len(args) == 1 else args
    for name, word in _KEPT.items():
        value = getattr(config.option, name, None)
        if value:
            options[word] = value if isinstance(value, (str, int, float, bool)) else str(value)
    return options


def _with_services(config: pytest.Config, folders: Sequence[str]) -> list[Path]:
    """Add the folders of services to the arguments of the session, and return the specs under all arguments."""
    given = config.args if config.args_source is pytest.Config.ArgsSource.ARGS else []
    config.args[:] = list(dict.fromkeys([*given, *folders]))
    config.args_source = pytest.Config.ArgsSource.ARGS
    return given_files(config, called=True)


def _default_files(config: pytest.Config) -> list[Path]:
    if config.args_source is pytest.Config.ArgsSource.ARGS:
        named = ", ".join(config.args)
        raise Trouble(f"no specs (YAML with `format` and `operations`) are under {named}: run `conformance build`")
    config.args[:] = [str(packaged())]
    config.args_source = pytest.Config.ArgsSource.ARGS
    return given_files(config, called=True)


def _not_distributed(config: pytest.Config) -> None:
    for name, value in (("numprocesses", None), ("dist", "no"), ("distload", False), ("tx", [])):
        if hasattr(config.option, name):
            setattr(config.option, name, value)
