# SPDX-License-Identifier: Apache-2.0
"""Entry point of the `sovran` command: runs it, and turns errors into one sentence and an exit code."""

import atexit
import gc
import os
import sys
from contextlib import suppress
from io import TextIOWrapper
from typing import TYPE_CHECKING

from sovran.model.errors import ExitCode, SovranError, UsageErrors

if TYPE_CHECKING:
    from typer import TyperException

INTERRUPTED = 128 + 2
"""What a shell expects of a process that SIGINT ended."""
READER_GONE = 128 + 13
"""What a shell expects of a process that SIGPIPE ended: the reader of its output did not want more."""
LONGEST = 2000
"""Characters of an error's sentence: names in it may be of any length."""


def main() -> None:
    """Run the command line; every error ends as one sentence on stderr, without a traceback unless `--debug` is the
    first argument.
    """
    if sys.argv[1:] == ["--version"]:
        # scripts ask this often: the command line library alone would take most of its time
        from sovran.cli.version import version_line

        print(version_line())  # noqa: T201 - this is the command's answer
        return
    _collect_seldom()
    _prepare_streams()
    try:
        from sovran.cli.app import run

        code = run()
        sys.stdout.flush()
    except BrokenPipeError:
        _forget_output()
        code = READER_GONE
    except KeyboardInterrupt:
        _say("interrupted")
        code = INTERRUPTED
    except Exception as error:
        if sys.argv[1:2] == ["--debug"]:
            import traceback

            traceback.print_exc()
        code = _explain(error)
    sys.exit(code)


def _explain(error: Exception) -> int:
    """Say what failed; returns the exit code."""
    from typer import TyperException

    if isinstance(error, UsageErrors):
        for sentence in error.sentences:
            _say(sentence)
        return error.code
    if isinstance(error, SovranError):
        _say(str(error))
        return error.code
    if isinstance(error, TyperException):
        _say_usage(error)
        return ExitCode.USAGE
    if isinstance(error, OSError):
        _forget_output()
        what = f" ({error.filename})" if error.filename else ""
        _say(f"the system refused: {error.strerror or error}{what}; `sovran --debug ...` shows where")
    else:
        _say(f"{type(error).__name__}: {error}; this is a defect of sovran: `sovran --debug ...` shows where")
    return ExitCode.FAILED


def _say_usage(error: "TyperException") -> None:
    """What is wrong with the words on the command line, and where the right ones stand."""
    message = error.format_message()
    if message.startswith("Usage: "):
        # a group without a command answers with its help
        print(message, file=sys.stderr)  # noqa: T201 - as the one sentence below
        return
    context = getattr(error, "ctx", None)
    command = context.command_path if context else "sovran"
    _say(f"{message.rstrip('.')}; see `{command} --help`")


def _say(sentence: str) -> None:
    from sovran.model.printable import printable

    with suppress(OSError):
        # when nobody reads stderr either, the exit code has to do
        print(f"sovran: {printable(sentence, LONGEST)}", file=sys.stderr)  # noqa: T201 - the one sentence


def _collect_seldom() -> None:
    """Look for unreachable cycles less often than Python does, and not at the end: a command makes few of them and
    ends soon, while the search took a tenth of a check's CPU time.
    """
    gc.set_threshold(50_000)
    # Python searches all modules twice as it ends; what is frozen is left out
    atexit.register(gc.freeze)


def _prepare_streams() -> None:
    """Fill in streams that the caller closed, and let characters that a terminal cannot show print as escapes."""
    for number in range(3):
        try:
            os.fstat(number)
        except OSError:
            # else the next file opened would take its number and receive what is printed
            os.open(os.devnull, os.O_RDWR)
    if sys.stdout is None:
        sys.stdout = os.fdopen(1, "w", encoding="utf-8", closefd=False)
    if sys.stderr is None:
        sys.stderr = os.fdopen(2, "w", encoding="utf-8", closefd=False)
    if isinstance(sys.stdout, TextIOWrapper):
        sys.stdout.reconfigure(errors="backslashreplace")


def _forget_output() -> None:
    """Let what stdout still holds go nowhere, or Python would complain about it at the end."""
    with suppress(OSError, ValueError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


if __name__ == "__main__":
    main()
