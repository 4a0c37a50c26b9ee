# SPDX-License-Identifier: Apache-2.0
"""Questions: what a run is asked to judge, as on the command line."""

import msgspec

DEFAULT_SCOPE = "scs-iaas"
"""The scope of the official certificate; without a version its effective one is meant."""


class Question(msgspec.Struct, frozen=True, kw_only=True):
    """A scope version, and how it is narrowed; empty: not narrowed."""

    scope: str = DEFAULT_SCOPE
    """`scs-iaas@v5.1`, or `scs-iaas` for what is effective on the day; empty: that of the recording."""
    targets: tuple[str, ...] = ()
    standards: tuple[str, ...] = ()
    patterns: tuple[str, ...] = ()
    """Glob patterns of ids."""
