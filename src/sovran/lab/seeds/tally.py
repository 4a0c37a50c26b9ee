# SPDX-License-Identifier: Apache-2.0
"""What a step of seeding did, counted."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Tally:
    """Numbers of objects of one kind."""

    made: int = 0
    changed: int = 0
    kept: int = 0
    removed: int = 0
    stuck: int = 0
    """Could not be removed, since something of the user's depends on them."""

    def __str__(self) -> str:
        """In words, without the zeros."""
        parts = [
            f"{number} {word}"
            for number, word in (
                (self.made, "made"),
                (self.changed, "changed"),
                (self.kept, "kept"),
                (self.removed, "removed"),
                (self.stuck, "in use and left"),
            )
            if number
        ]
        return ", ".join(parts) or "none"
