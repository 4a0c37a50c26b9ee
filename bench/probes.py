# SPDX-License-Identifier: Apache-2.0
"""`sovran check` with the probes that act, beside the reference suite, on the testcases that both decide.

    python bench/probes.py --reference DIR [--name LAB] [--rounds N]

The lab offers the profile scs. Both sides judge the main testcases of scs-iaas@v5.1 but the two that need a guest; like
the reference, sovran then makes, backs up and restores an empty volume, and stores a secret. How long the reference
sleeps between two looks at a backup is measured in its process and shown apart; while it sleeps, Cinder works. Beside
it stands a whole check, of all requirements too, with every probe that needs no other user. Exit 1: the ratio on the
same testcases is below the goal, or the two disagree on one.
"""

import argparse
import json
import os
import sys
import tempfile
import time
from pathlib import Path
from statistics import median

from process import compiled, run
from reference import ROOT, Reference, find_reference, lab_env, official_claims, seed, sovran
from sovran.standards.load import load_standards

SCOPE = "scs-iaas@v5.1"
GOAL = 3
GUESTS = "scs-0101"
SLEEPS = """
import atexit, os, time
slept, sleep = [0.0], time.sleep
def counted(seconds):
    began = time.monotonic()
    try:
        sleep(seconds)
    finally:
        slept[0] += time.monotonic() - began
time.sleep = counted
atexit.register(lambda: open(os.environ["SLEPT"], "w").write(str(slept[0])))
"""
"""Loaded by the reference's Python at its start: counts the seconds that it sleeps."""


def main_testcases() -> list[str]:
    """Main testcases of the scope version that sovran has a rule for and that need no guest."""
    scope = load_standards().scopes["scs-iaas"]
    version = next(one for one in scope.versions if one.version == SCOPE.partition("@")[2])
    included = [module for module in scope.modules if module.id in version.include]
    main = {name for module in included for name in module.targets.get("main", ())}
    return [claim.id for claim in official_claims() if claim.id in main and claim.standard != GUESTS]


def theirs(reference: Reference, testcases: list[str], env: dict[str, str]) -> tuple[float, float, dict[str, str]]:
    """Seconds in all, seconds asleep, verdicts of the reference."""
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "sitecustomize.py").write_text(SLEEPS, encoding="utf-8")
        slept = Path(folder) / "slept"
        done = reference.run(testcases, {**env, "PYTHONPATH": folder, "SLEPT": str(slept)})
        lines = (line.rpartition(":") for line in done.stdout.splitlines())
        found = {name.strip(): verdict.strip() for name, _, verdict in lines if name.strip() in testcases}
        return done.wall_s, float(slept.read_text(encoding="utf-8")), found


def ours(env: dict[str, str], *what: str) -> tuple[float, dict[str, str], str]:
    """Seconds in all, verdicts by testcase, and what the probes did, of a check of `what`."""
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder) / "report.json"
        done = run(sovran("check", "--os-cloud", "lab", *what, "-o", str(report)), env)
        judged = json.loads(report.read_text(encoding="utf-8"))["reports"][0]
    acted = ", ".join(f"{probe['name']} {probe['seconds']:.1f} s" for probe in judged["probes"] if probe["seconds"])
    left = [what for probe in judged["probes"] for what in probe["left"]]
    if left:
        sys.exit(f"probes left something behind: {left}")
    return done.wall_s, {one["claim"]: one["verdict"] for one in judged["judgements"]}, acted


def compare(reference: Reference, name: str, rounds: int) -> int:
    """Print a line per round and the ratios; 1 when a goal is missed."""
    env = compiled(lab_env(name), ROOT / ".lab" / "bytecode")
    env.pop("no_proxy", None)
    seed(name, "scs")
    testcases = main_testcases()
    patterns = [word for one in testcases for word in ("--testcase", one)]
    ratios, different = [], set()
    for number in range(rounds):
        wall, slept, verdicts = theirs(reference, testcases, env)
        same, seen, acted = ours(env, *patterns)
        whole, all_seen, all_acted = ours(env, "--scope", SCOPE)
        ratios.append((wall / same, (wall - slept) / same, wall / whole))
        different |= {one for one in testcases if not verdicts.get(one) == seen.get(one) == all_seen.get(one)}
        print(
            f"round {number + 1}: reference {wall:.1f} s, of which asleep {slept:.1f} s; sovran {same:.1f} s ({acted})"
            f"; whole check {whole:.1f} s ({all_acted}); load {os.getloadavg()[0]:.1f}",
            flush=True,
        )
    like, awake, whole = (median(ratio[side] for ratio in ratios) for side in range(3))
    missed = "" if like >= GOAL else ": MISSED"
    print(
        f"probes: {len(testcases)} testcases on profile scs, {time.strftime('%F')}: ratio {like:.1f}, goal {GOAL}"
        f"{missed}; without the reference's sleeps {awake:.1f}; of a whole check {whole:.1f}; "
        f"{len(different)} verdicts differ {sorted(different) or ''}"
    )
    return int(like < GOAL or bool(different))


def main() -> int:
    """See above."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--reference", required=True, help="a checkout of SovereignCloudStack/standards")
    parser.add_argument("--name", default="bench", help="lab to use; its content is replaced")
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    return compare(find_reference(options.reference), options.name, options.rounds)


if __name__ == "__main__":
    sys.exit(main())
