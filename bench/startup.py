# SPDX-License-Identifier: Apache-2.0
"""CPU time of `sovran --version`, beside that of an empty Python; at most 120 ms."""

import os
import sys
from pathlib import Path

from process import median, run

MOST_S = 0.120


def main() -> int:
    """Print both medians and their ratio; 1 when `sovran --version` takes more than it may."""
    sovran = str(Path(sys.executable).with_name("sovran"))
    ours, empty = [], []
    for _ in range(15):
        empty.append(run([sys.executable, "-c", "pass"], os.environ).cpu_s)
        ours.append(run([sovran, "--version"], os.environ).cpu_s)
    print(f"startup: sovran --version {median(ours) * 1000:.0f} ms CPU, python -c pass {median(empty) * 1000:.0f} ms")
    print(f"startup: ratio {median(ours) / median(empty):.1f}, limit {MOST_S * 1000:.0f} ms")
    return int(median(ours) > MOST_S)


if __name__ == "__main__":
    sys.exit(main())
