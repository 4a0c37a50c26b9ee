# SPDX-License-Identifier: Apache-2.0
"""Bounds on the numbers in a flavor name, which the text of SCS-0100 leaves open."""

from typing import Final

MAX_DIGITS: Final = 10
"""Nova stores vCPUs, RAM and disk as 32-bit integers (at most 2147483647): more digits cannot be true of a flavor."""

MAX_COUNT_DIGITS: Final = 4
"""Each disk becomes an extra spec of its own, so the count is kept to what a server could ever hold."""
