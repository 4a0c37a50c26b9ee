# SPDX-License-Identifier: Apache-2.0
"""Entry point of the `sovran` command: runs it, and turns errors into one sentence and an exit code."""

import os
import sys

from sovran.model.errors import ExitCode, SovranError

INTERRUPTED = 128 + 2
"""What a shell expects of a process that SIGINT ended."""


def main() -> None:
    """Run the command line; every expected error ends as one sentence on stderr, without a traceback unless
    `--debug` is the first argument.
    """
    if sys.argv[1:] == ["--version"]:
        # scripts ask this often: the command line library alone would take most of its time
        from sovran.cli.version import version_line

        print(version_line())  # noqa: T201 - this is the command's answer
        return
    debug = sys.argv[1:2] == ["--debug"]
    try:
        from sovran.cli.app import app

        app()
    except SovranError as error:
        if debug:
            raise
        _complain(str(error), error.code)
    except BrokenPipeError:
        # the reader of our output went away: say nothing more, also not while Python closes stdout
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(ExitCode.FAILED)
    except KeyboardInterrupt:
        _complain("interrupted", INTERRUPTED)
    except Exception as error:
        if debug:
            raise
        _complain(f"{type(error).__name__}: {error}; this is a defect of sovran: `sovran --debug` shows where", 1)


def _complain(sentence: str, code: int) -> None:
    print(f"sovran: {sentence}", file=sys.stderr)  # noqa: T201 - the one sentence
    sys.exit(code)


if __name__ == "__main__":
    main()
