# SPDX-License-Identifier: Apache-2.0
"""The list of aspects at the beginning of a volume type's description, `[scs:...]` (SCS-0114)."""

import re

ENCRYPTED, REPLICATED = "encrypted", "replicated"
ASPECTS = (ENCRYPTED, REPLICATED)
"""All aspects that the standard knows, in its order."""
_PREFIX = re.compile(r"\[scs:([^\[\]]*)\]")


def listed_aspects(description: str | None) -> tuple[str, ...] | None:
    """The names in the list at the very beginning, as they stand there but for blanks around each; None: no list.

    Source: scs-0114-v1, Systematic Description of Volume Types.
    """
    found = _PREFIX.match(description or "")
    if found is None:
        return None
    listed = found.group(1)
    return tuple(name.strip() for name in listed.split(",")) if listed else ()
