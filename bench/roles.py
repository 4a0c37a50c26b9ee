# SPDX-License-Identifier: Apache-2.0
"""How many operations the probe of roles tries, and in how many seconds, on the lab with the profile scs.

    python bench/roles.py [--name LAB] [--rounds N]

Each round is two checks of the standard sovran-roles: as reader, member, manager and admin, of which the goal speaks,
and with a foreign user besides, who tries what is not its own, as the others do with what it makes. The seconds are
those of the probe, with its cleanup. Exit 1: in the best round of the first fewer than 150 operations were tried, or
they took longer than 20 seconds.
"""

import argparse
import json
import os
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from process import run
from reference import lab_env, seed, sovran

OPERATIONS, SECONDS = 150, 20.0
ROLES = {"reader": "lab-reader", "manager": "lab-manager", "admin": "lab-admin"}
FOREIGN = {"foreign": "lab-domain-a-member"}


@dataclass(frozen=True)
class Round:
    """What one run did."""

    operations: int
    seconds: float
    unclear: int

    @property
    def good(self) -> bool:
        """Whether it meets the goal."""
        return self.operations >= OPERATIONS and self.seconds <= SECONDS

    def __str__(self) -> str:
        return f"{self.operations} operations ({self.unclear} unclear) in {self.seconds:.1f} s"


def tried(env: dict[str, str], personas: dict[str, str]) -> Round:
    """One run; ends the process when something is left behind."""
    named = [word for role, entry in personas.items() for word in ("--persona", f"{role}={entry}")]
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "report.json"
        command = ("check", "--os-cloud", "lab", "--standard", "sovran-roles", "--probe", "roles", *named)
        run(sovran(*command, "-o", str(path)), {**env, "XDG_STATE_HOME": folder})
        (report,) = json.loads(path.read_text(encoding="utf-8"))["reports"]
    (probe,) = (one for one in report["probes"] if one["name"] == "roles")
    if probe["left"]:
        sys.exit(f"the probe left something behind: {probe['left']}")
    cells = [cell for matrix in report["matrices"] for row in matrix["rows"] for cell in row["cells"]]
    return Round(len(cells), probe["seconds"], sum(cell["access"] == "unclear" for cell in cells))


def main() -> int:
    """See above."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--name", default="bench", help="lab to use; its content is replaced")
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    env = lab_env(options.name)
    env.pop("no_proxy", None)
    seed(options.name, "scs")
    rounds = []
    for number in range(options.rounds):
        rounds.append(tried(env, ROLES))
        told = f"{rounds[-1]}; with a foreign user {tried(env, ROLES | FOREIGN)}; load {os.getloadavg()[0]:.1f}"
        print(f"round {number + 1}: {told}", flush=True)
    best = min(rounds, key=lambda one: one.seconds)
    goal = f"goal {OPERATIONS} in {SECONDS:.0f} s{'' if best.good else ': MISSED'}"
    print(f"roles, {time.strftime('%F')}: {best}, {goal}")
    return int(not best.good)


if __name__ == "__main__":
    sys.exit(main())
