# SPDX-License-Identifier: Apache-2.0
"""The guest image: a small Linux that boots by BIOS and by UEFI, runs one program, and powers off."""

from sovran.guest.image.builder import Built, build
from sovran.guest.image.packages import ARCHITECTURES, Packages, fetched, lying_in

__all__ = ["ARCHITECTURES", "Built", "Packages", "build", "fetched", "lying_in"]
