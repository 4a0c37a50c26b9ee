# SPDX-License-Identifier: Apache-2.0
"""All claims on the messy lab beside those of the first verdict (0100, 0103, 0115, 0123): whole processes, cold.

    python bench/whole.py [--name LAB] [--rounds N]

Exit 1: the whole run takes more than 1.3 times as long, the processes timed in turn.
"""

import argparse
import json
import sys
import tempfile
import time
from collections.abc import Mapping
from pathlib import Path

from process import Proxy, median, run
from reference import lab_env, seed, sovran

FIRST = ("0100", "0103", "0115", "0123")
MOST = 1.3


def first(*more: str) -> list[str]:
    """The command line that judges by the standards of the first verdict."""
    return sovran("check", "--no-probes", *(word for standard in FIRST for word in ("--standard", standard)), *more)


def whole(*more: str) -> list[str]:
    """The command line that judges by everything in the scope."""
    return sovran("check", "--no-probes", "--target", "all", *more)


def judged(command: list[str], env: Mapping[str, str]) -> tuple[int, int]:
    """How many claims a run judges, and with how many requests."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "report.json"
        run([*command, "-o", str(path)], env)
        (report,) = json.loads(path.read_text(encoding="utf-8"))["reports"]
    return len(report["judgements"]), report["requests"]


def main() -> int:
    """Seed, run in turn, compare."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--name", default="bench", help="lab to use; its content is replaced")
    parser.add_argument("--rounds", type=int, default=9)
    options = parser.parse_args()
    env = lab_env(options.name)
    env.pop("no_proxy", None)
    seed(options.name, "messy")
    missed = 0
    for what, delay_s in (("loopback", 0.0), ("40 ms more per request", 0.040)):
        with Proxy(delay_s) as proxy:
            through = {**env, "http_proxy": proxy.env()["http_proxy"]} if delay_s else env
            times: tuple[list[float], list[float]] = ([], [])
            cpu: tuple[list[float], list[float]] = ([], [])
            for _ in range(options.rounds):
                for number, command in enumerate((first(), whole())):
                    done = run(command, through)
                    times[number].append(done.wall_s)
                    cpu[number].append(done.cpu_s)
        ratio = median(times[1]) / median(times[0])
        missed += ratio > MOST
        print(
            f"messy, {what}, {options.rounds} rounds in turn, {time.strftime('%F')}: first verdict "
            f"{median(times[0]):.2f} s (CPU {median(cpu[0]):.2f} s), whole run {median(times[1]):.2f} s "
            f"(CPU {median(cpu[1]):.2f} s), ratio {ratio:.2f} (limit {MOST:g}){': MISSED' if ratio > MOST else ''}",
            flush=True,
        )
    (few, asked), (all_claims, all_asked) = judged(first(), env), judged(whole(), env)
    print(f"claims: {few} with {asked} requests, {all_claims} with {all_asked} requests")
    return int(missed > 0)


if __name__ == "__main__":
    sys.exit(main())
