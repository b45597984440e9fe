"""The commands on references and specs: ``build``, ``check``, ``lint`` and ``diff``."""

from __future__ import annotations

from pathlib import Path

import click

from specs.text import visible, visible_json

_PATH = click.Path(path_type=Path)


@click.command()
@click.argument("source")
@click.option("--service", help="The type of the service (default: looked up in os-service-types).")
@click.option("--parameters", metavar="FILE|RELEASE", help="A parameter file, or a release that contains one.")
@click.option(
    "--output", type=_PATH, metavar="DIR", help="Write the specs to this directory (default specs/<service>)."
)
@click.option(
    "--report",
    type=_PATH,
    metavar="FILE",
    help="Write the list of unread prose to this file; .json: as data, .yaml: as readings to be filled in.",
)
@click.option("--keep-going", is_flag=True, help="Build the specs although the reference has defects.")
def build(
    source: str,
    service: str | None,
    parameters: str | None,
    output: Path | None,
    report: Path | None,
    keep_going: bool,
) -> int:
    """Read a reference and write its specs.

    SOURCE is a directory, a requirement such as nova==34.0.0, or a single .inc, .rst or .txt file. A file readings.yaml
    in the directory of the specs says how sentences are to be read.
    """
    from parsers import commands

    result = commands.build(source, service, parameters, output, report, keep_going=keep_going)
    what = "unchanged" if result.unchanged else f"{len(result.written)} written, {len(result.removed)} removed"
    click.echo(visible(f"{result.operations} operations in {result.files} files: {result.output} ({what})"))
    if result.blocks:
        click.echo(f"{result.unread} of {result.blocks} passages of prose were not understood")
    if report is not None:
        click.echo(f"list of these passages: {report}")
    for sentence in result.lost:
        click.echo(visible(sentence), err=True)
    return 0


@click.command()
@click.argument("directory", required=False, type=_PATH)
@click.option(
    "--against", metavar="SOURCE", help="The reference to compare with (default: the release that the specs name)."
)
def check(directory: Path | None, against: str | None) -> int:
    """Check that specs are valid and match their reference.

    Readings beside the specs (readings.yaml) count; one whose sentence the reference does not have is a difference.
    Exit status: 0 they match, 1 they differ, 2 the check was not possible.
    """
    from conformance.plugin.reference import packaged
    from parsers import commands

    if directory is None and not Path("specs").is_dir():
        directory = packaged()
    result = commands.check(directory, against)
    for sentence in result.lost:
        click.echo(visible(sentence), err=True)
    if result.diff or not result.lost:
        click.echo(visible(result.diff) or f"{result.files} files match the reference\n", nl=False)
    return result.status


@click.command()
@click.argument("source")
@click.option("--parameters", metavar="FILE|RELEASE", help="A parameter file, or a release that contains one.")
@click.option("--taste", is_flag=True, help="Also show matters of taste; they do not change the exit status.")
@click.option(
    "--format", "form", type=click.Choice(["text", "json", "sarif"]), default="text", help="The output format."
)
def lint(source: str, parameters: str | None, taste: bool, form: str) -> int:
    """List the defects of a reference itself, as file:line.

    SOURCE is a directory, a requirement or a single file, as for `conformance build`. Paths are relative to the root
    of the source distribution. Exit status: 1 if there are defects.
    """
    from parsers import commands
    from parsers.lint import CERTAIN, render, sarif

    found = commands.lint(source, parameters, taste=taste)
    if form == "text":
        click.echo(visible(render.text(found)), nl=False)
    else:
        click.echo(visible_json(sarif.sarif(found) if form == "sarif" else render.as_json(found)), nl=False)
    return 1 if any(finding.certainty == CERTAIN for finding in found) else 0


@click.command()
@click.argument("old")
@click.argument("new")
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", help="The output format.")
def diff(old: str, new: str, form: str) -> int:
    """Show what changed between two specs or references, breaking changes first.

    Exit status: 1 if a change is breaking.
    """
    from parsers import commands

    result = commands.diff(old, new)
    click.echo(visible_json(result.json()) if form == "json" else visible(result.text()), nl=False)
    return 1 if result.breaking else 0


COMMANDS = (build, check, lint, diff)
"""The commands, in the order of the help text."""
