"""The keeper, the process that owns a run under stestr: it opens endpoint and record, and closes them at the end.

The run ends when no process lists or tries its cases any more.
"""

from __future__ import annotations

import fcntl
import json
import os
import signal
import sys
import time
from pathlib import Path
from typing import Any

from filelock import FileLock

from conformance.engine.cloud.locks import hold
from conformance.plugin import ending
from conformance.plugin.choices import Choices, from_environment, on
from conformance.plugin.heads import tallies_of
from conformance.plugin.levels import select
from conformance.plugin.opened import Opened
from conformance.plugin.reference import given_files_of, read_references
from conformance.plugin.trouble import Trouble, shown
from conformance.plugin.waivers import Waivers, load_waivers
from conformance.plugin.worker import hand_over
from conformance.stestr.shared import LAST_WORDS, READONLY_ONLY, SEEN, SLOWEST, START, STATE, USERS, slowest
from conformance.stestr.together import CHOSEN, MEMBERS
from specs.record import RecordError, Tally

LINGER_AFTER_LISTING = 20.0
"""Seconds to wait for the first user: stestr lists the cases in one process and tries them in others."""
LINGER = 2.0
"""Seconds to wait for another user after a case was tried."""
SLOWER = 3.0
"""The keeper also waits at least this many times as long as the slowest process so far took to join."""

_LOOK = 0.25


def main(place: Path) -> int:
    """Own one run. Print its settings, or the reason why it cannot start, as one line of JSON."""
    for name in (signal.SIGINT, signal.SIGHUP):
        signal.signal(name, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, _ended)
    keeper = hold(place / "keeper", fcntl.LOCK_EX)
    told = (*place.glob(CHOSEN.format("*")), place / MEMBERS)
    for old in (*place.glob("worker-*"), *place.glob("resource-*"), *told, place / SEEN, place / SLOWEST):
        old.unlink(missing_ok=True)
    try:
        opened, choices = _open()
    except Trouble as trouble:
        _say({"error": str(trouble)})
        return ending.CANNOT_RUN
    try:
        last_words = place / LAST_WORDS.format(opened.directory.name)
        hold(last_words, fcntl.LOCK_EX)  # until this process ends, however it ends
        opened.write_head()  # the processes that try cases may be killed at any moment, and this one with them
        readonly = on(os.environ.get(READONLY_ONLY, ""))
        handed = {
            **hand_over(opened.shares, opened.files, choices, opened.options),
            "last_words": str(last_words),
            "cases": [
                (share.service, case.id)
                for share in opened.shares
                for case in select(share, choices.level, readonly=readonly)
            ],
            "readonly": readonly,
        }
        _write_state(place, handed)
        _say({"handed": handed, "line": "; ".join(opened.first_lines), "directory": str(opened.directory)})
        _wait_for_end(place)
        # From here on, a new process starts another run.
        if keeper is not None:
            os.close(keeper)
        return _finish(opened, choices, last_words)
    except (RecordError, OSError) as error:
        # The processes that wait for the last words say that the run did not end well, and name this log.
        sys.stderr.write(f"{shown(str(error))}\n")
        return ending.CANNOT_RUN
    finally:
        opened.abandon()


def _open() -> tuple[Opened, Choices]:
    choices = from_environment(os.environ)
    named = [one.strip() for one in os.environ.get("CONFORMANCE_SPEC", "").split(",") if one.strip()]
    files = given_files_of([Path(one) for one in named], choices.services)
    waivers = load_waivers(choices.waivers) if choices.waivers else Waivers()
    options = {**choices.given, "runner": "stestr"}
    if named:
        options["spec"] = named[0] if len(named) == 1 else named
    return Opened(choices, read_references(files), waivers, files, options), choices


def _write_state(place: Path, handed: dict[str, Any]) -> None:
    """Write the state so that no other user of the machine can read it: it contains tokens."""
    draft = place / f".{STATE}"
    draft.unlink(missing_ok=True)
    fd = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(fd, "w", encoding="utf-8") as file:
        json.dump(handed, file)
    draft.replace(place / STATE)


def _wait_for_end(place: Path) -> None:
    """Wait until no process has used the run for a while, then remove the state and return."""
    alone_since: float | None = None
    while True:
        time.sleep(_LOOK)
        with FileLock(place / START):
            users = hold(place / USERS, fcntl.LOCK_EX | fcntl.LOCK_NB)
            if users is None:
                alone_since = None
                continue
            os.close(users)
            alone_since = alone_since or time.monotonic()
            late = SLOWER * slowest(place)
            patience = max(late, LINGER if (place / SEEN).exists() else LINGER_AFTER_LISTING)
            if time.monotonic() - alone_since >= patience:
                (place / STATE).unlink(missing_ok=True)
                return


def _finish(opened: Opened, choices: Choices, last_words: Path) -> int:
    """End the run, and write its closing lines for the processes that wait for it. Raises RecordError, OSError."""
    directory = opened.directory
    opened.close()
    if not any(path.stat().st_size for path in directory.glob("results*.jsonl")):
        opened.discard()  # the cases were listed, and not tried
        last_words.unlink(missing_ok=True)
        return 0
    opened.begin_record()
    tallies = tallies_of(directory)
    tally = Tally.total(tallies.values())
    why = ending.nothing_shown(opened.shares, tallies, opened.accepted)
    status = ending.status_of(tally, choices, interrupted=False, nothing_shown=bool(why))
    info = opened.finish(status, tallies)
    trouble = ending.write_report(directory)
    notes = [*why, *ending.notes_at_end(opened.shares, directory)]
    lines = ending.closing_lines(info, tally, directory, [*notes, *([trouble] if trouble else [])])
    last_words.write_text("".join(f"{shown(line)}\n" for line in lines), "utf-8")
    return status


def _say(line: dict[str, Any]) -> None:
    sys.stdout.write(json.dumps(line) + "\n")
    sys.stdout.flush()
    os.close(1)


def _ended(*_: object) -> None:
    raise SystemExit(143)


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
