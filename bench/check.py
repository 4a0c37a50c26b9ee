# SPDX-License-Identifier: Apache-2.0
"""`sovran check` beside the reference suite: same testcases, same lab, whole process, cold; seconds and requests.

    python bench/check.py --reference DIR [--name LAB] [--rounds N]

Two sets of testcases: those of the first four standards, and all that reading decides (bench/probes.py has the rest).
Both sides find their bytecode compiled, run in turn, and are compared pair by pair, since the load of a shared machine
changes by the minute.
Exit 1: a ratio misses its goal.
"""

import argparse
import os
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import median

from process import Proxy, Run, compiled, run
from reference import ROOT, Reference, find_reference, lab_env, official_claims, reads_only, seed, sovran

FIRST = ("scs-0100", "scs-0103", "scs-0115", "scs-0123")
DELAY_S = 0.040
DELAYED_ROUNDS = 2
"""The reference takes half a minute then, and its pauses do not depend on the load."""


@dataclass(frozen=True)
class Contest:
    """The same testcases judged by both sides on the cloud that is in the lab."""

    reference: Reference
    name: str
    testcases: Sequence[str]

    def ours(self) -> list[str]:
        """Our command line for the same testcases."""
        patterns = [word for name in self.testcases for word in ("--testcase", name)]
        return sovran("check", "--no-probes", "--os-cloud", "lab", *patterns)

    def timed(self, what: str, env: Mapping[str, str], goal: float, rounds: int) -> bool:
        """Print seconds of whole processes, in turn after one that is not counted; False when the goal is missed."""
        pairs: list[tuple[Run, Run]] = []
        for _ in range(rounds + 1):
            pairs.append((self.reference.run(self.testcases, env), run(self.ours(), env)))
        counted = pairs[1:]
        theirs, mine = ([pair[side] for pair in counted] for side in (0, 1))
        ratio = median(one.wall_s / other.wall_s for one, other in counted)
        print(
            f"{self.name}, {what}: reference {_seconds(theirs)}, sovran {_seconds(mine)}, {_judged(ratio, goal)}; "
            f"load {os.getloadavg()[0]:.1f}",
            flush=True,
        )
        return ratio >= goal

    def counted(self, what: str, env: Mapping[str, str], goal: float) -> bool:
        """Print how many requests each side sends, and our slowest one; False when the goal is missed."""
        with Proxy() as proxy:
            self.reference.run(self.testcases, through(env, proxy))
            theirs = len(proxy.requests)
            run(self.ours(), through(env, proxy))
        mine, seconds = len(proxy.requests) - theirs, proxy.seconds[theirs:]
        slowest = max(range(mine), key=seconds.__getitem__)
        print(
            f"{self.name}, {what}: reference {theirs} requests, sovran {mine}, {_judged(theirs / mine, goal)}; the "
            f"cloud needs {seconds[slowest]:.2f} s for our slowest, {proxy.requests[theirs:][slowest]}",
            flush=True,
        )
        return theirs / mine >= goal


def _seconds(runs: Sequence[Run]) -> str:
    return f"{median(one.wall_s for one in runs):.2f} s (CPU {median(one.cpu_s for one in runs):.2f} s)"


def _judged(ratio: float, goal: float) -> str:
    return f"ratio {ratio:.1f}, goal {goal:g}{'' if ratio >= goal else ': MISSED'}"


def through(env: Mapping[str, str], proxy: Proxy) -> dict[str, str]:
    """The lab's environment, with all requests sent through the proxy."""
    return {**env, "http_proxy": proxy.env()["http_proxy"]}


def main() -> int:
    """Print a line per comparison; 1 when a ratio misses its goal."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--reference", required=True, help="a checkout of SovereignCloudStack/standards")
    parser.add_argument("--name", default="bench", help="lab to use; its content is replaced")
    parser.add_argument("--rounds", type=int, default=5)
    options = parser.parse_args()
    rounds, reference, claims = options.rounds, find_reference(options.reference), reads_only(official_claims())
    first = [claim.id for claim in claims if claim.standard in FIRST]
    contests = [
        Contest(reference, f"{len(first)} testcases of 0100, 0103, 0115, 0123", first),
        Contest(reference, f"all {len(claims)} testcases", [claim.id for claim in claims]),
    ]
    env = compiled(lab_env(options.name), ROOT / ".lab" / "bytecode")
    env.pop("no_proxy", None)
    print(f"check: {rounds} rounds in turn, medians of whole processes, {time.strftime('%F')}")
    seed(options.name, "scs")
    reached = [contest.timed("profile scs", env, 2, rounds) for contest in contests]
    seed(options.name, "large", "300")
    for contest in contests:
        reached.append(contest.timed("profile large 300", env, 6, rounds))
        reached.append(contest.counted("profile large 300", env, 10))
        with Proxy(DELAY_S) as proxy:
            later = f"profile large 300, {DELAY_S * 1000:g} ms more per request"
            reached.append(contest.timed(later, through(env, proxy), 12, min(rounds, DELAYED_ROUNDS)))
    return int(not all(reached))


if __name__ == "__main__":
    sys.exit(main())
