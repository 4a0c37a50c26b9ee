# SPDX-License-Identifier: Apache-2.0
"""The lab: seconds from nothing and from ready-made state to all services ready, memory then, seconds of a reset."""

import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from sovran.lab import environment, folders

FROM_NOTHING_S, FROM_READY_MADE_S, MEMORY_GIB = 80.0, 25.0, 1.3
SOVRAN = str(Path(sys.executable).with_name("sovran"))


def timed(*arguments: str) -> float:
    """Wall-clock seconds of a `sovran lab` command that must succeed."""
    began = time.perf_counter()
    subprocess.run([SOVRAN, "lab", *arguments], check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    return time.perf_counter() - began


def measure() -> int:
    """Print the figures; 1 when one of them is beyond its limit."""
    nothing = timed("up", "--name", "first")
    timed("down", "--name", "first")
    ready_made = timed("up", "--name", "second")
    status = subprocess.run([SOVRAN, "lab", "status", "--json", "--name", "second"], check=True, capture_output=True)
    services = json.loads(status.stdout)
    resident, proportional = (sum(one[key] for one in services) / (1 << 30) for key in ("resident", "proportional"))
    reset = timed("reset", "--name", "second")
    print(f"lab: {len(services)} services from nothing {nothing:.1f} s, limit {FROM_NOTHING_S:.0f} s")
    print(f"lab: from ready-made state {ready_made:.1f} s, limit {FROM_READY_MADE_S:.0f} s; reset {reset:.1f} s")
    print(
        f"lab: {resident:.2f} GiB resident, limit {MEMORY_GIB} GiB; {proportional:.2f} GiB when shared pages count once"
    )
    return int(nothing > FROM_NOTHING_S or ready_made > FROM_READY_MADE_S or resident > MEMORY_GIB)


def main() -> int:
    """Measure in a home of its own, with the packages that are installed already."""
    environment.ensure(print)
    installed = folders.home() / "env"
    with tempfile.TemporaryDirectory(prefix="sovran-bench-") as scratch:
        Path(scratch, "env").symlink_to(installed)
        os.environ["SOVRAN_LAB_HOME"] = scratch
        try:
            return measure()
        finally:
            timed("down", "--all", "--remove")


if __name__ == "__main__":
    sys.exit(main())
