# SPDX-License-Identifier: Apache-2.0
"""Parts of an API that every service of its kind has: not finding one there says that the endpoint is wrong."""

from typing import TypeVar

from sovran.cloud.outcome import Absent, Outcome, Unreachable

T = TypeVar("T")


def expected(outcome: Outcome[T]) -> Outcome[T]:
    """The outcome; a 404 becomes Unreachable, since it exempts nobody and shows nothing about the cloud."""
    if isinstance(outcome, Absent) and outcome.status:
        return Unreachable(
            f"{outcome.reason}, though every such service has it: is the endpoint right?", outcome.status
        )
    return outcome
