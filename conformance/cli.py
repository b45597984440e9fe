"""The command ``conformance``: every error is one sentence on standard error with exit status 2."""

from __future__ import annotations

import contextlib
import os
import sys
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import click

from conformance.plugin.options import BY_NAME, NAMES_ENDPOINT, OPTIONS, Option
from specs.text import visible, visible_json

TRACEBACK = "CONFORMANCE_TRACEBACK"
"""Where this variable is set, an error that is a defect of the suite shows its traceback."""

_FAILED = 2
_INTERRUPTED = 130
_PATH = click.Path(path_type=Path)


class Sentences(click.Group):
    """A group whose errors are sentences, and whose commands return their exit status."""

    def main(
        self,
        args: Sequence[str] | None = None,
        prog_name: str | None = "conformance",
        complete_var: str | None = None,
        standalone_mode: bool = True,
        **extra: Any,
    ) -> Any:
        """Run a command and end with its exit status."""
        for stream in (sys.stdout, sys.stderr):
            # What a terminal cannot encode is escaped, and ends nothing.
            with contextlib.suppress(AttributeError, ValueError):
                stream.reconfigure(errors="backslashreplace")  # type: ignore[union-attr]
        try:
            status = super().main(args, prog_name, complete_var, standalone_mode=False, **extra) or 0
        except (click.Abort, KeyboardInterrupt):
            status = _INTERRUPTED
        except BrokenPipeError:
            # Whoever read the output has seen enough.
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            status = 0
        except Exception as error:
            if os.environ.get(TRACEBACK):
                raise
            from conformance.plugin.trouble import tell

            tell(sentence(error))
            status = _FAILED
        if standalone_mode:
            sys.exit(status)
        return status


def sentence(error: Exception) -> str:
    """What is wrong, as one line."""
    if isinstance(error, click.ClickException):
        return " ".join(error.format_message().split())
    if isinstance(error, OSError) and error.strerror:
        return f"{error.filename}: {error.strerror}" if error.filename else error.strerror
    text = " ".join(str(error).split())
    # Errors of our own are sentences already; whatever else comes here is a defect.
    if type(error).__module__.partition(".")[0] in ("conformance", "parsers", "reports", "specs"):
        return text
    if isinstance(error, ValueError) and text:
        return text
    return f"this is a defect of the suite: {type(error).__name__}: {text} ({TRACEBACK}=1 shows where)"


@click.group(cls=Sentences, invoke_without_command=True, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="apiref-conformance", prog_name="conformance")
@click.pass_context
def main(context: click.Context) -> None:
    """Check a cloud against what its API reference promises."""
    if context.invoked_subcommand is None:
        click.echo(context.get_help())


@main.command()
@click.argument("source")
@click.option("--service", help="The name of the service; by os-service-types otherwise.")
@click.option("--parameters", metavar="FILE|RELEASE", help="A parameter file, or a release that has it.")
@click.option("--output", type=_PATH, metavar="DIR", help="The directory of the specs (default specs/<service>).")
@click.option("--report", type=_PATH, metavar="FILE", help="A file for the account of prose that no rule has read.")
@click.option("--keep-going", is_flag=True, help="Make what can be made of a reference with defects.")
def build(
    source: str,
    service: str | None,
    parameters: str | None,
    output: Path | None,
    report: Path | None,
    keep_going: bool,
) -> int:
    """Read a reference and write its specs.

    SOURCE is a directory, a requirement such as nova==34.0.0, or a single .inc, .rst or .txt file.
    """
    from parsers import commands

    result = commands.build(source, service, parameters, output, report, keep_going=keep_going)
    what = "unchanged" if result.unchanged else f"{len(result.written)} written, {len(result.removed)} removed"
    click.echo(visible(f"{result.operations} operations in {result.files} files: {result.output} ({what})"))
    if result.blocks:
        click.echo(f"no rule has read {result.unread} of {result.blocks} stretches of prose")
    if report is not None:
        click.echo(f"account of them: {report}")
    return 0


@main.command()
@click.argument("directory", required=False, type=_PATH)
@click.option("--against", metavar="SOURCE", help="The reference; by default the release that the specs name.")
def check(directory: Path | None, against: str | None) -> int:
    """Tell whether specs are valid, and equal to what the reference gives: 1 differs, 2 cannot tell."""
    from conformance.plugin.reference import packaged
    from parsers import commands

    if directory is None and not Path("specs").is_dir():
        directory = packaged()
    result = commands.check(directory, against)
    click.echo(visible(result.diff) or f"{result.files} files are what the reference gives\n", nl=False)
    return result.status


@main.command()
@click.argument("source")
@click.option("--parameters", metavar="FILE|RELEASE", help="A parameter file, or a release that has it.")
@click.option("--taste", is_flag=True, help="Show matters of taste too; they never fail.")
@click.option("--format", "form", type=click.Choice(["text", "json", "sarif"]), default="text", help="How to write it.")
def lint(source: str, parameters: str | None, taste: bool, form: str) -> int:
    """List the defects of a reference itself, as file:line; 1 if there are any.

    SOURCE is as for build. Paths are relative to the root of the distribution.
    """
    from parsers import commands
    from parsers.lint import CERTAIN, render, sarif

    found = commands.lint(source, parameters, taste=taste)
    if form == "text":
        click.echo(visible(render.text(found)), nl=False)
    else:
        click.echo(visible_json(sarif.sarif(found) if form == "sarif" else render.as_json(found)), nl=False)
    return 1 if any(finding.certainty == CERTAIN for finding in found) else 0


@main.command()
@click.argument("old")
@click.argument("new")
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", help="How to write it.")
def diff(old: str, new: str, form: str) -> int:
    """Show what changed between two specs or references, breaking changes first; 1 if any breaks."""
    from parsers import commands

    result = commands.diff(old, new)
    click.echo(visible_json(result.json()) if form == "json" else visible(result.text()), nl=False)
    return 1 if result.breaking else 0


@main.command("list")
@click.option("--operation", metavar="ID", help="This operation only, with all its cases.")
@click.option("--spec", type=_PATH, metavar="DIR", help="The specs; by default those that come with this suite.")
@click.option("-k", "keyword", metavar="EXPR", help="Only cases whose ids hold this, as `run -k` has it.")
def list_(operation: str | None, spec: Path | None, keyword: str | None) -> int:
    """Show requirements and cases, and why a promise has none."""
    from conformance.plugin.listing import listing

    for line in listing(spec, operation, keyword):
        click.echo(visible(line))
    return 0


def _declared(options: Sequence[Option], command: Callable[..., int]) -> Callable[..., int]:
    """Declare some options of the table for a command."""
    for option in reversed(options):
        flag = {"is_flag": True} if option.metavar is None else {"metavar": option.metavar}
        command = click.option(f"--{option.name}", help=option.help[0].upper() + option.help[1:] + ".", **flag)(command)
    return command


@main.command(context_settings={"ignore_unknown_options": True})
@partial(_declared, OPTIONS)
@click.option("--spec", metavar="DIR", help="The specs, or one of them; by default those that come with this suite.")
@click.option("-k", "keyword", metavar="EXPR", help="Only cases whose ids hold this, such as 'servers-actions.lock/'.")
@click.argument("rest", nargs=-1, type=click.UNPROCESSED, metavar="[PYTEST OPTIONS]")
def run(rest: Sequence[str], spec: str | None, keyword: str | None, **values: Any) -> int:
    """Try a cloud, and leave a run record with a report.

    It is pytest with a plugin: what is not listed here is pytest's (-m, -x, --lf, -n, --junitxml, ...).

    Exit status: 0 nothing failed, 1 a contradiction, 2 it could not run, 3 too much is undecided, 130 interrupted.
    """
    import pytest

    from conformance.plugin.called import Called

    argv = ["-p", _plugin_name(), "-c", os.devnull, "--rootdir", str(Path.cwd()), "--no-header", "--assert=plain"]
    for option in OPTIONS:
        value = values[option.name.replace("-", "_")]
        if value is True:
            argv.append(option.flag)
        elif value:
            argv.append(f"{option.flag}={value}")
    argv += [f"-k={keyword}"] if keyword is not None else []
    argv += [*rest, *([spec] if spec else [])]
    with _ended_by_signals():
        status = int(pytest.main(argv, plugins=[Called()]))
    return _FAILED if status in (pytest.ExitCode.USAGE_ERROR, pytest.ExitCode.NO_TESTS_COLLECTED) else status


def _plugin_name() -> str:
    """How pytest finds the plugin: by its entry point, or by its module where this suite is not installed."""
    from importlib.metadata import entry_points

    named = [entry.name for entry in entry_points(group="pytest11") if entry.value == "conformance.plugin"]
    return named[0] if named else "conformance.plugin"


@main.command()
@click.argument("runs", nargs=-1, required=True, type=_PATH, metavar="RUN...")
@click.option("--html", type=_PATH, metavar="FILE", help="Write a page.")
@click.option("--sarif", type=_PATH, metavar="FILE", help="Write a SARIF log.")
@click.option("--matrix", type=_PATH, metavar="FILE", help="Write the table of operations (.csv, .md or .json).")
@click.option("--badge", type=_PATH, metavar="FILE", help="Write a badge (SVG).")
@click.option("--baseline", type=_PATH, metavar="RUN", help="Compare with an earlier run; 1 if a deviation is new.")
def report(runs: Sequence[Path], baseline: Path | None, **files: Path | None) -> int:
    """Tell what runs have found."""
    from reports import commands

    done = commands.report(runs, files["html"], files["sarif"], baseline, matrix=files["matrix"], badge=files["badge"])
    click.echo(done.text, nl=False)
    for path in done.written:
        click.echo(f"written: {path}")
    return 1 if done.comparison is not None and done.comparison.new else 0


@main.command()
@click.argument("run", type=_PATH)
@partial(_declared, NAMES_ENDPOINT)
def cleanup(run: Path, **values: Any) -> int:
    """Remove what a killed run has left on the cloud, by its journal; 1 if something could not be removed.

    The cloud is the one that the run names; the tokens for a URL must be given again, as CONFORMANCE_TOKEN and its kin.
    """
    from conformance.plugin.tidying import tidy
    from conformance.plugin.trouble import say, shown

    done = tidy(run, {option.name: values[option.name.replace("-", "_")] for option in NAMES_ENDPOINT})
    say((f"left: {shown(line)}" for line in done.left), sys.stdout)
    click.echo(f"{len(done.removed)} removed, {len(done.already_gone)} were gone already, {len(done.left)} left")
    return 0 if done.clean else 1


@main.command()
@click.option("--sample", type=click.IntRange(1), metavar="N", help="So many breakages, by the seed; all otherwise.")
@click.option("--kind", metavar="K", help="Only breakages of requirements of this kind, such as error or body.")
@click.option("--seed", type=int, default=0, help="Of the sample.")
@click.option("--spec", type=_PATH, metavar="FILE", help="The specs whose operations are broken; all otherwise.")
@click.option(
    "--output", type=_PATH, metavar="DIR", help="For the page, proof.json and the outcomes; what has one is left out."
)
def prove(sample: int | None, kind: str | None, seed: int, spec: Path | None, output: Path | None) -> int:
    """Try the suite itself, on clouds that break exactly one promise; 1 if it has not proven itself."""
    from conformance.plugin.reference import packaged
    from conformance.prove import commands

    with _ended_by_signals():
        return commands.prove(spec or packaged(), sample=sample, kind=kind, seed=seed, output=output, say=click.echo)


@main.command()
@click.option("--port", type=click.IntRange(0, 65535), default=0, help="The port on 127.0.0.1; a free one otherwise.")
@click.option("--release", metavar="REQ", help="The release, such as nova==31.3.1; it is installed once.")
@click.option("--cloud", is_flag=True, help="A cloud of six services instead; --port is that of the identity service.")
@click.option(
    "--as-installed", is_flag=True, help="With --cloud: keep Nova's own defaults, which reach fewer statuses."
)
def sandbox(port: int, release: str | None, cloud: bool, as_installed: bool) -> int:
    """Run a real Nova, or a real cloud, on this machine, for use by hand, until Ctrl-C."""
    if cloud:
        if release:
            raise click.UsageError("--release and --cloud were both given: the cloud is of one release series")
        return _sandbox_cloud(port, as_installed)
    if as_installed:
        raise click.UsageError(
            "--as-installed was given without --cloud: the sandbox of one process is no installation"
        )
    from conformance.sandbox.process import Sandbox
    from conformance.sandbox.releases import interpreter

    with _ended_by_signals(), contextlib.ExitStack() as stack:
        python = interpreter(release, tell=lambda text: click.echo(text, err=True)) if release else None
        nova = stack.enter_context(Sandbox(python, port=port))
        low, high = nova.microversions
        click.echo(f"nova {nova.release} at {nova.url} (microversions {low} to {high}); Ctrl-C ends it")
        roles = (("member", "token"), ("admin", "admin-token"), ("reader", "reader-token"), ("member2", "alt-token"))
        for role, option in roles:
            click.echo(f"export {BY_NAME[option].variable}={nova.tokens[role]}")
        click.echo(f"conformance run --url {nova.url}")
        sys.stdout.flush()
        with contextlib.suppress(KeyboardInterrupt):
            raise click.ClickException(f"the sandbox has ended by itself, with status {nova.wait()}")
    return 0


def _sandbox_cloud(port: int, as_installed: bool) -> int:
    from conformance.sandbox.cloud import running

    def tell(sentence: str) -> None:
        click.echo(f"conformance: {sentence}", err=True)

    with _ended_by_signals(), contextlib.ExitStack() as stack:
        cloud = stack.enter_context(running.sandbox_cloud(port=port, as_installed=as_installed, tell=tell))
        for service, url in cloud.urls.items():
            click.echo(f"{running.release(service)} at {url} ({service})")
        click.echo(f"ready after {cloud.seconds:.0f} s; logs: {cloud.logs}; Ctrl-C ends it")
        click.echo(f"clouds: {', '.join(cloud.users)}")
        click.echo(f"export OS_CLIENT_CONFIG_FILE={cloud.clouds}")
        click.echo(
            "conformance run --os-cloud member --os-cloud-admin admin --os-cloud-reader reader --os-cloud-alt alt "
            "--os-cloud-visitor visitor --allow-disruptive --default-policy"
        )
        sys.stdout.flush()
        with contextlib.suppress(KeyboardInterrupt):
            cloud.wait()
            return _FAILED
    return 0


@contextlib.contextmanager
def _ended_by_signals() -> Iterator[None]:
    """Let SIGTERM, and the end of the terminal, end the block as Ctrl-C does."""
    import signal

    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    numbers = [n for n in (signal.SIGTERM, signal.SIGHUP) if signal.getsignal(n) is not signal.SIG_IGN]
    before = {number: signal.signal(number, interrupt) for number in numbers}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
