"""The errors of commands, as sentences: one line on standard error, and the exit status."""

from __future__ import annotations

import contextlib
import os
import sys
from collections.abc import Sequence
from typing import Any

import click

from conformance.interrupt import INTERRUPTED, raised

TRACEBACK = "CONFORMANCE_TRACEBACK"
"""Environment variable. If it is set, an error that is a defect of the suite shows its traceback."""

FAILED = 2
"""The exit status of a command that ended with an error."""


class Sentences(click.Group):
    """A group of commands that return their exit status; an error is printed as one sentence."""

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
            # A character that the terminal cannot encode is printed as an escape, and raises no error.
            with contextlib.suppress(AttributeError, ValueError):
                stream.reconfigure(errors="backslashreplace")  # type: ignore[union-attr]  # both are text files
        with raised() as came:
            try:
                status = super().main(args, prog_name, complete_var, standalone_mode=False, **extra) or 0
            except (click.Abort, KeyboardInterrupt):
                _tell(f"interrupted by {came[0]}" if came else "interrupted")
                status = INTERRUPTED
            except BrokenPipeError:
                # The reader of the output has closed it, as `head` does.
                os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
                status = 0
            except Exception as error:  # every error of a command is told as one sentence
                if os.environ.get(TRACEBACK):
                    raise
                _tell(sentence(error))
                status = FAILED
        if standalone_mode:
            if came and status == INTERRUPTED:
                # Python would end itself by SIGINT if the exception has passed through code that was given as a text.
                for stream in (sys.stdout, sys.stderr):
                    with contextlib.suppress(OSError):
                        stream.flush()
                os._exit(status)
            sys.exit(status)
        return status


def _tell(text: str) -> None:
    from conformance.plugin.trouble import tell

    with contextlib.suppress(OSError):  # the terminal may be gone
        tell(text)


def sentence(error: Exception) -> str:
    """Describe an error in one line."""
    if isinstance(error, click.ClickException):
        return " ".join(error.format_message().split())
    if isinstance(error, OSError) and error.strerror:
        return f"{error.filename}: {error.strerror}" if error.filename else error.strerror
    text = " ".join(str(error).split())
    # The project's own errors are sentences already; any other error is a defect.
    if type(error).__module__.partition(".")[0] in ("conformance", "parsers", "reports", "specs"):
        return text
    if isinstance(error, ValueError) and text:
        return text
    return f"this is a defect of the suite: {type(error).__name__}: {text} ({TRACEBACK}=1 shows where)"
