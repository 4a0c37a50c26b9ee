# SPDX-License-Identifier: Apache-2.0
"""What a report says about the probes of a run: what each made, and whether anything is left."""

import msgspec


class ProbeRun(msgspec.Struct, frozen=True, kw_only=True):
    """One probe that acted, or was wanted and did not."""

    name: str
    seconds: float = 0.0
    """With its cleanup."""
    made: dict[str, int] = {}
    """Kind of resource to how many it made."""
    left: tuple[str, ...] = ()
    """What could not be deleted, with the reasons; `sovran cleanup` tries again."""
    reason: str = ""
    """Why it did not act, or could not go on; empty: it did all."""
