# SPDX-License-Identifier: Apache-2.0
"""SCS-0110: flavors with local solid state disks."""

from sovran.cloud.facts.flavors import Flavors
from sovran.rules.registry import Answer
from sovran.rules.scs_0103 import disk_type_key, present
from sovran.rules.standard_flavors import Row


def ssd_flavors(flavors: Flavors, *, wanted: list[Row]) -> Answer:
    """Holds when each flavor of the table exists, by name or by properties, and its scs:disk0-type is ssd or nvme.

    Source: scs-0110-v1, Decision.
    """
    yield from disk_type_key(flavors, wanted=wanted)
    yield from present(flavors, wanted=wanted)
