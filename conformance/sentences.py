"""The errors of commands, as sentences: one line on standard error, and the exit status."""

from __future__ import annotations

import contextlib
import os
import sys
from collections.abc import Sequence
from typing import Any

import click

TRACEBACK = "CONFORMANCE_TRACEBACK"
"""Environment variable. If it is set, an error that is a defect of the suite shows its traceback."""

FAILED, INTERRUPTED = 2, 130
"""The exit statuses of a command that ended with an error, and of an interrupted command."""


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
        try:
            status = super().main(args, prog_name, complete_var, standalone_mode=False, **extra) or 0
        except (click.Abort, KeyboardInterrupt):
            status = INTERRUPTED
        except BrokenPipeError:
            # The reader of the output has closed it, as `head` does.
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            status = 0
        except Exception as error:
            if os.environ.get(TRACEBACK):
                raise
            from conformance.plugin.trouble import tell

            tell(sentence(error))
            status = FAILED
        if standalone_mode:
            sys.exit(status)
        return status


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
