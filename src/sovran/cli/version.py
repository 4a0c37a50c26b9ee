# SPDX-License-Identifier: Apache-2.0
"""What `sovran --version` prints."""

from sovran import __version__


def version_line() -> str:
    """Name and version."""
    return f"sovran {__version__}"
