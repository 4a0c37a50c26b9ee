# SPDX-License-Identifier: Apache-2.0
"""The one kind of error that a user sees: a single sentence and an exit code."""

from collections.abc import Iterable
from enum import IntEnum


class ExitCode(IntEnum):
    """What the process tells its caller; `sovran check` uses all of them, other commands 0 to 2."""

    OK = 0
    """Every main testcase asked for passed."""
    FAILED = 1
    """sovran itself failed, or what it was asked to do could not be done."""
    USAGE = 2
    """The question was wrong: an unknown name, an unreadable file, a missing option."""
    UNDECIDED = 3
    """No testcase failed, but some could not be decided or were not run."""
    NOT_CONFORMANT = 4
    """At least one main testcase failed."""
    PARTLY_APPLIED = 5
    """A plan was applied only in part."""


class SovranError(Exception):
    """What failed, on which thing, and what to do, in one sentence; `code` is the process's exit code."""

    def __init__(self, sentence: str, code: ExitCode = ExitCode.FAILED) -> None:
        super().__init__(sentence)
        self.code = code


class UsageError(SovranError):
    """The user's input was wrong; nothing was done."""

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence, ExitCode.USAGE)


class UsageErrors(UsageError):
    """Several things were wrong; `sentences` has one for each, and each is printed on a line of its own."""

    def __init__(self, sentences: Iterable[str]) -> None:
        self.sentences = tuple(dict.fromkeys(sentences))
        super().__init__(" ".join(self.sentences))
