"""The pytest plugin: specs are test files, cases are test items, and one plan runs all selected cases.

A pytest run of another project loads only this module of the plugin: the options, and a look at the arguments. So it
must be fast to import, and must not import ``specs`` or ``reports``: another project may use these names itself. The
command line takes the options from this package too, and most of its commands need no pytest, whose import takes longer
than their work.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from pluggy import HookimplMarker

from conformance.plugin.find import given_files
from conformance.plugin.options import OPTIONS, dest

if TYPE_CHECKING:
    import pytest

CLI = "conformance-cli"
"""The name of the plugin that ``conformance run`` registers, so that this module recognises it."""


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the options, all in one group. Their values are checked later, because pytest has other exit statuses."""
    group = parser.getgroup("conformance", "conformance to an API reference")
    for option in OPTIONS:
        if option.metavar is None:
            group.addoption(option.flag, dest=dest(option.name), action="store_true", default=False, help=option.help)
        else:
            group.addoption(
                option.flag,
                dest=dest(option.name),
                action="append" if option.repeated else "store",
                default=None,
                metavar=option.metavar,
                help=option.help,
            )


@HookimplMarker("pytest")(tryfirst=True)
def pytest_cmdline_main(config: pytest.Config) -> int | None:
    """Take part if the arguments name specs. If the run cannot start, say why in one sentence, with exit status 2."""
    if any(getattr(config.option, name, False) for name in ("help", "version", "markers", "showfixtures")):
        return None
    handed = getattr(config, "workerinput", {}).get("conformance")
    if handed is not None:
        from conformance.plugin.worker import join

        join(config, handed)
        return None
    called = config.pluginmanager.has_plugin(CLI)
    files = given_files(config, called)
    if not files and not called and not getattr(config.option, dest("service"), None):
        return None

    from conformance.plugin.beginning import begin
    from conformance.plugin.owner import TOO_EARLY
    from conformance.plugin.trouble import Trouble, tell

    try:
        begin(config, files)
    except Trouble as trouble:
        tell(trouble)
        return 2
    except KeyboardInterrupt:
        tell(TOO_EARLY)
        return 130
    return None
