"""The command ``conformance``: every error is one sentence on standard error with exit status 2."""

from __future__ import annotations

import contextlib
import gc
import os
import sys
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import click

from conformance.cli_references import COMMANDS
from conformance.plugin.options import BY_NAME, NAMES_ENDPOINT, OPTIONS, Option
from conformance.sentences import FAILED, Sentences
from specs.text import visible

_PATH = click.Path(path_type=Path)


@click.group(cls=Sentences, invoke_without_command=True, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="apiref-conformance", prog_name="conformance")
@click.pass_context
def main(context: click.Context) -> None:
    """Check a cloud against what its API reference promises."""
    gc.set_threshold(50_000, 20, 100)  # specs and cases stay: looking through them often finds nothing
    if context.invoked_subcommand is None:
        click.echo(context.get_help())


for _command in COMMANDS:
    main.add_command(_command)


def _declared(options: Sequence[Option], command: Callable[..., int]) -> Callable[..., int]:
    """Declare some options of the table on a command."""
    for option in reversed(options):
        flag: dict[str, Any] = {"is_flag": True} if option.metavar is None else {"metavar": option.metavar}
        flag |= {"multiple": True} if option.repeated else {}
        command = click.option(f"--{option.name}", help=option.help[0].upper() + option.help[1:] + ".", **flag)(command)
    return command


_SPECS = click.option(
    "--spec",
    type=_PATH,
    multiple=True,
    metavar="DIR|FILE",
    help="Specs to test; may be given several times (default: the first service of this suite).",
)


@main.command("list")
@click.option("--operation", metavar="ID", help="Show only this operation, with all its cases.")
@_SPECS
@partial(_declared, [BY_NAME["service"]])
@click.option("-k", "keyword", metavar="EXPR", help="Show only cases whose id matches, as in `conformance run -k`.")
def list_(operation: str | None, spec: Sequence[Path], service: Sequence[str], keyword: str | None) -> int:
    """List requirements and cases, and give the reason where a promise has no case."""
    from conformance.plugin.listing import listing

    click.echo("\n".join(visible(line) for line in listing(spec, service, operation, keyword)))
    return 0


@main.command(context_settings={"ignore_unknown_options": True})
@partial(_declared, OPTIONS)
@_SPECS
@click.option("-k", "keyword", metavar="EXPR", help="Run only cases whose id matches, such as 'servers-actions.lock/'.")
@click.argument("rest", nargs=-1, type=click.UNPROCESSED, metavar="[PYTEST OPTIONS]")
def run(rest: Sequence[str], spec: Sequence[Path], keyword: str | None, **values: Any) -> int:
    """Test a cloud and write a run record with a report.

    The command runs pytest with a plugin. All options of pytest work too (-m, -x, --lf, -n, --junitxml, ...).

    Exit status: 0 no failures, 1 a contradiction, 2 the run could not start or go on, 3 too many undecided cases,
    130 interrupted.
    """
    return _tried(rest, spec, keyword, values)


@main.command(context_settings={"ignore_unknown_options": True})
@click.argument("name", metavar="GUIDELINE|RUN")
@click.option(
    "--verify", type=_PATH, metavar="PAGE", help="Check this certificate against the record RUN, and make no run."
)
@partial(_declared, [option for option in OPTIONS if option.name != "guideline"])
@_SPECS
@click.argument("rest", nargs=-1, type=click.UNPROCESSED, metavar="[PYTEST OPTIONS]")
def certify(name: str, verify: Path | None, rest: Sequence[str], spec: Sequence[Path], **values: Any) -> int:
    """Test what a guideline requires of a cloud, and write a certificate into the run record.

    GUIDELINE is a file, or the name of a guideline of this suite. The command takes the options of `conformance run`,
    and does what `conformance run --guideline GUIDELINE` does; it uses only the roles that the guideline allows.

    Exit status: 0 every required capability is proved, 1 one is broken, 2 the run could not start or go on, 3 one is
    not proved, 130 interrupted. With --verify: 0 the certificate is that of the record, 1 it is not.
    """
    if verify is not None:
        from reports.certify import verify as compared

        outcome = compared(verify, Path(name))
        click.echo(visible(outcome.sentence))
        return 0 if outcome.holds else 1
    return _tried(rest, spec, None, {**values, "guideline": name})


def _tried(rest: Sequence[str], spec: Sequence[Path], keyword: str | None, values: Mapping[str, Any]) -> int:
    """Run pytest with the plugin, the options of a run by their Python names, and further options of pytest."""
    if not values["dry_run"] and any(
        values[name] for name in ("sandbox", "sandbox_release", "sandbox_variant", "sandbox_cloud")
    ):
        # Before the sandbox is announced, imports and the reading of the specs take seconds.
        click.echo("conformance: reading the specs", err=True)

    import pytest

    from conformance.plugin.called import Called, usual

    argv = ["-p", _plugin_name(), "-c", os.devnull, "--rootdir", str(Path.cwd()), "--noconftest"]
    argv += usual([*os.environ.get("PYTEST_ADDOPTS", "").split(), *rest])
    for option in OPTIONS:
        value = values[option.name.replace("-", "_")]
        if value is True:
            argv.append(option.flag)
        elif option.repeated:
            argv += [f"{option.flag}={one}" for one in value]
        elif value:
            argv.append(f"{option.flag}={value}")
    argv += [f"-k={keyword}"] if keyword is not None else []
    argv += [*rest, *map(str, spec)]
    try:
        status = int(pytest.main(argv, plugins=[Called()]))
    finally:
        gc.unfreeze()
    return FAILED if status in (pytest.ExitCode.USAGE_ERROR, pytest.ExitCode.NO_TESTS_COLLECTED) else status


def _plugin_name() -> str:
    """Return the plugin's name for pytest: its entry point, or its module if this suite is not installed."""
    from importlib.metadata import entry_points

    named = [entry.name for entry in entry_points(group="pytest11") if entry.value == "conformance.plugin"]
    return named[0] if named else "conformance.plugin"


@main.command()
@partial(_declared, OPTIONS)
@click.option(
    "--boot",
    is_flag=True,
    help="Make one resource under test, try the statuses that clouds need not keep, and remove it.",
)
@_SPECS
def doctor(spec: Sequence[Path], boot: bool, **values: Any) -> int:
    """Check whether a run can start: show its users, the things that it would use, and the cases that it leaves out.

    The command takes the options of `conformance run`. Without --boot it sends only requests that change nothing.
    Exit status: 0 a run can start, 2 it cannot, with the reason in one sentence.
    """
    from conformance.plugin.doctor import examine

    for line in examine({option.name: values[option.name.replace("-", "_")] for option in OPTIONS}, spec, boot=boot):
        click.echo(visible(line))
    return 0


@main.group()
def guideline() -> None:
    """Work on guidelines: what a programme requires of a cloud."""


@guideline.command("check")
@click.argument("name", metavar="GUIDELINE")
@click.option(
    "--spec", "specs", type=_PATH, metavar="DIR", multiple=True, help="Specs to check against (default: those shipped)."
)
@click.option("--against", type=_PATH, metavar="DIR", multiple=True, help="Specs of another release to compare with.")
def guideline_check(name: str, specs: Sequence[Path], against: Sequence[Path]) -> int:
    """Check a guideline, a file or one of this suite, against the specs; --against shows the changes in it.

    Exit status: 0 it fits, 1 it does not, or a change breaks a requirement of it, 2 the check was not possible.
    """
    from conformance.plugin.guideline_check import check, lines
    from conformance.plugin.guidelines import find

    loaded = find(name)
    found = check(loaded, specs, against)
    for line in lines(found, len(loaded.guideline.services)):
        click.echo(visible(line))
    return 1 if found.problems or found.breaking else 0


@main.command()
@click.argument("runs", nargs=-1, required=True, type=_PATH, metavar="RUN...")
@click.option("--html", type=_PATH, metavar="FILE", help="Write an HTML page.")
@click.option("--sarif", type=_PATH, metavar="FILE", help="Write a SARIF log.")
@click.option("--matrix", type=_PATH, metavar="FILE", help="Write a table of operations (.csv, .md or .json).")
@click.option("--badge", type=_PATH, metavar="FILE", help="Write a badge (SVG).")
@click.option("--site", type=_PATH, metavar="DIR", help="Write a site: a page for each service and operation.")
@click.option(
    "--baseline", type=_PATH, metavar="RUN", help="Compare with an earlier run; exit status 1 if a deviation is new."
)
@click.option(
    "--reference", type=_PATH, metavar="DIR", help="Quote the reference in DIR (default: the release, if fetched)."
)
def report(runs: Sequence[Path], baseline: Path | None, reference: Path | None, **files: Path | None) -> int:
    """Show the findings of one or more runs."""
    from parsers.kept import kept_release
    from reports import commands

    matrix, badge, site = (files[name] for name in ("matrix", "badge", "site"))
    done = commands.report(
        runs,
        files["html"],
        files["sarif"],
        baseline,
        matrix=matrix,
        badge=badge,
        site=site,
        find=kept_release if reference is None else lambda _: reference,
    )
    click.echo(done.text, nl=False)
    for path in done.written:
        click.echo(f"written: {path}")
    return 1 if done.comparison is not None and done.comparison.new else 0


@main.command()
@click.argument("run", type=_PATH)
@click.option(
    "--claim",
    multiple=True,
    metavar="ID",
    help="Remove this thing, too, of which cleanup has said that nothing shows whether the run made it.",
)
@partial(_declared, NAMES_ENDPOINT)
def cleanup(run: Path, claim: tuple[str, ...], **values: Any) -> int:
    """Remove the resources that a killed run left on the cloud, and restore the settings that it changed.

    The journal of the run lists both. The endpoint is taken from the run record; if it is a URL, give the tokens again,
    in CONFORMANCE_TOKEN and the variables for the other roles.
    Exit status: 1 if a resource could not be removed.
    """
    from conformance.plugin.tidying import tidy
    from conformance.plugin.trouble import say, shown

    given = {option.name: values[option.name.replace("-", "_")] for option in NAMES_ENDPOINT}
    done = tidy(run, given, lambda text: say([shown(text)], sys.stderr), frozenset(claim))
    say((f"not put back: {shown(line)}" for line in done.told), sys.stdout)
    say((f"left: {shown(line)}" for line in done.left), sys.stdout)
    restored = f"{done.restored} put back, " if done.restored else ""
    counts = f"{len(done.removed)} removed, {len(done.already_gone)} were gone already, {len(done.left)} left"
    click.echo(restored + counts)
    return 0 if done.clean else 1


@main.command()
@click.option("--sample", type=click.IntRange(1), metavar="N", help="Try a sample of N breakages (default: all).")
@click.option("--kind", metavar="K", help="Break only requirements of this kind, such as error or body.")
@click.option("--seed", type=int, default=0, help="The random seed of the sample (default 0).")
@click.option("--spec", type=_PATH, metavar="FILE", help="Break only the operations of this spec (default: all).")
@click.option(
    "--output",
    type=_PATH,
    metavar="DIR",
    help="Write the page, proof.json and the outcomes here; breakages that were decided here are not tried again.",
)
def prove(sample: int | None, kind: str | None, seed: int, spec: Path | None, output: Path | None) -> int:
    """Test the suite itself, on clouds that each break exactly one promise.

    Exit status: 0 the suite detected enough broken promises and raised no false alarm, 1 it did not, 2 nothing could
    be tried.
    """
    from conformance.plugin.reference import packaged
    from conformance.prove import commands

    return commands.prove(spec or packaged(), sample=sample, kind=kind, seed=seed, output=output, say=click.echo)


@main.command()
@click.option("--port", type=click.IntRange(0, 65535), default=0, help="The port on 127.0.0.1 (default: a free port).")
@click.option("--release", metavar="REQ", help="The release, such as nova==31.3.1; installed at the first use.")
@click.option("--variant", metavar="NAME", help="A variant of the sandbox; the list of variants is above.")
@click.option(
    "--cloud", is_flag=True, help="Start a cloud of six services; --port is the port of the identity service."
)
@click.option(
    "--as-installed", is_flag=True, help="With --cloud: keep Nova's own defaults, which reach fewer statuses."
)
@click.option(
    "--with",
    "join",
    metavar="TYPE",
    multiple=True,
    help="With --cloud: start this service too: baremetal, shared-file-system or key-manager; may be given for each.",
)
def sandbox(
    port: int, release: str | None, variant: str | None, cloud: bool, as_installed: bool, join: tuple[str, ...]
) -> int:
    """Run a real Nova, or a cloud of six real services, on this machine until Ctrl-C.

    The variants of the sandbox differ from it as other people's clouds do, each in one respect: as-installed,
    diskless-flavors, special-images, small-quota, no-addresses, no-volumes, no-bare-metal, members-only, old.
    """
    if cloud:
        for option, given in (("--release", release), ("--variant", variant)):
            if given:
                raise click.UsageError(f"{option} and --cloud cannot be combined: the sandbox cloud has one form only")
        from conformance.sandbox.cloud import by_hand

        return by_hand.keep(port, as_installed, join)
    for option, needs_cloud in (("--as-installed", as_installed), ("--with", join)):
        if needs_cloud:
            raise click.UsageError(f"{option} needs --cloud: add --cloud, or leave {option} out")
    from conformance.sandbox.process import Sandbox
    from conformance.sandbox.releases import interpreter
    from conformance.sandbox.variants import chosen

    one = chosen(variant, release)
    with contextlib.ExitStack() as stack:
        wanted = one.release
        python = interpreter(wanted, tell=lambda text: click.echo(text, err=True)) if wanted else None
        nova = stack.enter_context(Sandbox(python, port=port, changes=one.changes))
        low, high = nova.microversions
        click.echo(f"nova {nova.release} at {nova.url} (microversions {low} to {high}); Ctrl-C ends it")
        roles = (("member", "token"), ("admin", "admin-token"), ("reader", "reader-token"), ("member2", "alt-token"))
        tokens = one.tokens(nova.tokens)
        for role, option in roles:
            if role in tokens:
                click.echo(f"export {BY_NAME[option].variable}={tokens[role]}")
        click.echo(f"conformance run --url {nova.url}")
        sys.stdout.flush()
        with contextlib.suppress(KeyboardInterrupt):
            raise click.ClickException(f"the sandbox ended unexpectedly, with exit status {nova.wait()}")
    return 0
