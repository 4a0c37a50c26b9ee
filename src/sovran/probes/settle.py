# SPDX-License-Identifier: Apache-2.0
"""Looking again at what a cloud may show a little later than it said that it was done, such as a listing."""

from collections.abc import Callable
from typing import TYPE_CHECKING, TypeVar

from sovran.cloud.acting.answer import ActingFailed
from sovran.probes.steps import UNCLEAR

if TYPE_CHECKING:
    from sovran.cloud.acting.actor import Actor

T = TypeVar("T")
SECONDS = 20.0
"""For which it may take its time."""


def settled(actor: "Actor", look: Callable[[], T]) -> T:
    """What `look` gives as soon as it does not raise ActingFailed, asked again for SECONDS; raises what it last raised.

    A failure that says nothing about the cloud is not waited for.
    """
    patience = actor.patience(SECONDS)
    while True:
        try:
            return look()
        except UNCLEAR:
            raise
        except ActingFailed:
            if not patience.wait():
                break
    # once more, so that the end of the run is told from what the cloud did
    return look()
