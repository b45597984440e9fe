"""The commands that read a reference, as functions: build, check, diff.

They raise ``ReferenceError`` or ``SpecError`` with one clear sentence, and print nothing.
"""

from __future__ import annotations

import contextlib
import difflib
import gc
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

from parsers import errors, unchanged
from parsers.errors import DocumentError
from parsers.output import write_specs
from parsers.results import BuildResult, CheckResult
from specs.beside import READINGS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from parsers.build import Reading
    from parsers.declared import Lost
    from parsers.layout import Layout
    from parsers.lint import Finding
    from parsers.parameters import Flaw, ParameterFile
    from specs.diff import Difference
    from specs.model import Spec

FATAL = frozenset(
    {
        "undefined-parameter",
        "missing-parameter-file",
        "missing-status-file",
        "missing-include",
        "missing-sample",
        "unread-directive",
    }
)
"""A defect of one of these rules stops a build, because facts would be missing without a trace."""


def read(
    source: str | Path, service: str | None = None, parameters: str | Path | None = None, *, keep_going: bool = False
) -> tuple[Reading, dict[str, Spec]]:
    """Read a reference and make its specs, without writing anything.

    Args:
        source: a directory, a document, or a requirement.
        service: the type of the service; None looks it up in os-service-types.
        parameters: a parameter file, or a requirement whose release has it.
        keep_going: build the specs although parameters are undefined or samples missing.

    Raises:
        ReferenceError: the reference cannot be found or read, or has such defects.

    """
    from parsers.build import build_specs
    from parsers.source import open_source

    layout, given = open_source(str(source), parameters=None if parameters is None else str(parameters))
    with _no_collection():
        reading = _read_documents(layout, given)
        specs = build_specs(reading, service)
    if not keep_going and not layout.bare:
        stop_for(defects(reading))
    return reading, specs


LARGE = 200_000
"""The least size of all documents for which a second process pays, in bytes."""


def _read_documents(layout: Layout, parameters: ParameterFile | None) -> Reading:
    """Read the documents, those of a large reference in a second process, while this one gets the grammar ready."""
    from parsers.halves import Beside, possible

    def read_all() -> Reading:
        from parsers.references import read_reference  # imports docutils, which only the process that reads needs

        return read_reference(layout, parameters=parameters)

    if layout.bare or layout.size < LARGE or not possible():
        return read_all()
    beside = Beside(read_all)
    try:
        # The grammar compiles many expressions; the other modules are needed later, and this process only waits now.
        for name in ("parsers.prose", "parsers.unread", "specs.dump"):
            import_module(name)
    except BaseException:
        beside.end()
        raise
    return beside.result()


@contextlib.contextmanager
def _no_collection() -> Iterator[None]:
    """Pause the garbage collector, which would walk the large trees of a reference again and again.

    At the end all objects count as old ones: else the first collection would walk the whole tree at once.
    """
    collecting = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        gc.unfreeze()
        if collecting:
            gc.enable()


def defects(reading: Reading) -> list[Flaw]:
    """Return the defects that stop a build."""
    from parsers.parameters import Flaw

    found = [flaw for flaw in reading.flaws if flaw.rule in FATAL]
    found += [
        Flaw(
            "missing-sample",
            file.context.path,
            sample.line,
            f"the sample {sample.path} does not exist; add it, or correct the path",
        )
        for file in reading.files
        for operation in file.operations
        for sample in operation.samples
        if sample.path in reading.samples.missing
    ]
    return found


def lint(source: str | Path, parameters: str | Path | None = None, *, taste: bool = False) -> tuple[Finding, ...]:
    """Find the defects of a reference itself, by file and line.

    Args:
        source: as ``read``.
        parameters: as ``read``.
        taste: True to find matters of taste too.

    Raises:
        ReferenceError: the reference cannot be found or read.

    """
    from parsers.lint import check as find

    reading, specs = read(source, parameters=parameters, keep_going=True)
    return find(reading, specs, taste=taste)


def stop_for(found: list[Flaw]) -> None:
    """Raise an error for the first of these defects that also gives the number of the others."""
    if not found:
        return
    first, more = found[0], len(found) - 1
    what, _, mend = first.message.partition("; ")
    others = f" (and {more} more such defect{'s' if more > 1 else ''})" if more else ""
    raise DocumentError(
        f"{what}{others}",
        where=f"{first.path}:{first.line}",
        mend=f"{mend or 'correct it'}, or build with --keep-going",
    )


def build(
    source: str | Path,
    service: str | None = None,
    parameters: str | Path | None = None,
    output: str | Path | None = None,
    report: str | Path | None = None,
    *,
    keep_going: bool = False,
    cache: bool = True,
) -> BuildResult:
    """Read a reference and write its specs, all of them or none; readings beside the specs count.

    Args:
        source: as ``read``.
        service: as ``read``.
        parameters: as ``read``.
        keep_going: as ``read``; build also although declared readings are lost.
        output: the directory of the specs; None means ``specs/<service>``.
        report: a file for the list of unread prose; its name tells the form (``parsers.unread.write_account``).
        cache: True to skip the work if no input has changed.

    Raises:
        ReferenceError: as ``read``, or the output cannot be written, or the readings do not fit the reference.

    """
    arguments = {
        "source": str(source),
        "service": service,
        "parameters": None if parameters is None else str(parameters),
        "output": None if output is None else str(output),
        "keep_going": keep_going,
    }
    if cache and report is None:
        kept = unchanged.recall(arguments)
        if kept is not None:
            return kept
    reading, specs = read(source, service, parameters, keep_going=keep_going)
    from parsers.halves import halved
    from parsers.unread import account, write_account
    from specs.dump import dump

    name = next(iter(specs.values())).service
    target = Path(output) if output is not None else Path("specs") / name
    lost = _declare(reading, specs, target)
    if lost and not keep_going:
        more = f" (and {len(lost) - 1} more such reading{'s' if len(lost) > 2 else ''})" if len(lost) > 1 else ""
        raise DocumentError(f"{lost[0].what}{more}", where=lost[0].where, mend=lost[0].mend)
    try:
        written_out = halved(dump, list(specs.values()), _seconds)
    except ValueError as error:
        raise DocumentError(str(error), where=str(source), mend="correct the sample that holds it") from None
    texts = {f"{own}.yaml": text for own, text in zip(specs, written_out, strict=True)}
    entries = account(reading, specs)
    written, removed = write_specs(target, texts)
    if report is not None:
        write_account(Path(report), reading, entries)
    result = BuildResult(
        target,
        name,
        reading.operations,
        len(specs),
        sum(entry.unread for entry in entries),
        len(entries),
        written,
        removed,
        lost=tuple(map(str, lost)),
    )
    if cache and not lost:
        unchanged.remember(arguments, reading, texts, result)
    return result


_AN_OPERATION, _A_PARAMETER = 0.0001, 0.00002
"""About how long the text of an operation, and of a parameter, takes to make, in seconds."""


def _seconds(spec: Spec) -> float:
    """About how long the text of a spec takes to make, in seconds."""
    parameters = sum(len(one.request.parameters) + len(one.response.parameters) for one in spec.operations)
    return len(spec.operations) * _AN_OPERATION + parameters * _A_PARAMETER


def _declare(reading: Reading, specs: dict[str, Spec], beside: Path) -> tuple[Lost, ...]:
    """Read a reference as the readings in a directory say. Returns those that are lost; raises ReferenceError."""
    if not (beside / READINGS).exists():
        return ()
    from parsers.declared import declare
    from parsers.readings import load

    return declare(reading, specs, load(beside))


def check(directory: str | Path | None = None, against: str | Path | None = None) -> CheckResult:
    """Check that specs are valid and equal to specs built anew from their reference, and that no reading is lost.

    Args:
        directory: the specs; None means the only directory of specs below ``specs/``.
        against: the reference; None means the release that the specs name.

    Raises:
        ReferenceError, SpecError: the check is not possible (exit status 2).

    """
    from specs.dump import dump
    from specs.load import load_directory
    from specs.schema import validate

    path = Path(directory) if directory is not None else _only_specs()
    held = load_directory(path)
    for item in held.paths:
        validate(item)
    first = held.specs[0]
    if against is None:
        if first.reference.package is None or first.reference.version is None:
            raise DocumentError(
                "the specs name no release, so there is no reference to compare them with",
                where=str(path),
                mend="give the reference with --against",
            )
        against = f"{first.reference.package}=={first.reference.version}"
    reading, specs = read(against, first.service, keep_going=True)
    lost = _declare(reading, specs, path if path.is_dir() else path.parent)
    fresh = {f"{own}.yaml": dump(spec) for own, spec in specs.items()}
    stored = {item.name: item.read_text("utf-8") for item in held.paths}
    lines: list[str] = []
    for name in sorted({*fresh, *stored}):
        old, new = stored.get(name, ""), fresh.get(name, "")
        if old != new:
            lines += difflib.unified_diff(
                old.splitlines(keepends=True),
                new.splitlines(keepends=True),
                f"{path.as_posix()}/{name}",
                f"{against}: {name}",
            )
    return CheckResult(1 if lines or lost else 0, "".join(lines), len(stored), tuple(map(str, lost)))


def _only_specs() -> Path:
    found = sorted({path.parent for path in Path("specs").glob("*/*.yaml")})
    if len(found) != 1:
        raise DocumentError(
            f"there are {len(found) or 'no'} directories of specs in specs/",
            where="specs",
            mend="give the directory of one service",
        )
    return found[0]


def diff(old: str | Path, new: str | Path) -> Difference:
    """Compare two specs, directories of specs, references or releases; breaking changes first.

    Raises:
        ReferenceError, SpecError: one of the two cannot be read.

    """
    from specs.diff import compare

    return compare(_specs_of(old), _specs_of(new))


def _specs_of(place: str | Path) -> list[Spec]:
    from specs.load import SpecError, load, load_directory

    path = Path(place)
    if path.is_file() and path.suffix in (".yaml", ".yml"):
        return [load(path)]
    if path.is_dir() and any(path.glob("*.yaml")):
        try:
            return list(load_directory(path).specs)
        except SpecError as wrong:
            # A directory of documents may contain YAML too (its parameter file).
            try:
                return list(read(path, keep_going=True)[1].values())
            except errors.ReferenceError:
                raise wrong from None
    return list(read(place, keep_going=True)[1].values())
