# SPDX-License-Identifier: Apache-2.0
"""`sovran check` beside the reference suite: same testcases, same lab, whole process, cold; seconds and requests."""

import sys
import time
from collections.abc import Mapping

from process import Proxy, median, run
from reference import Reference, arguments, find_reference, lab_env, official_claims, seed, sovran

LAB = "bench"
ROUNDS = 5
DELAY_S = 0.040


def ours(testcases: list[str]) -> list[str]:
    """Our command line for the same testcases."""
    patterns = [word for name in testcases for word in ("--testcase", name)]
    return sovran("check", "--os-cloud", "lab", *patterns)


def measure(reference: Reference, testcases: list[str], env: Mapping[str, str]) -> tuple[float, float]:
    """Median seconds of the reference and of sovran, in turn."""
    theirs_s, ours_s = [], []
    for _ in range(ROUNDS):
        theirs_s.append(reference.run(testcases, env).wall_s)
        ours_s.append(run(ours(testcases), env).wall_s)
    return median(theirs_s), median(ours_s)


def through_proxy(env: Mapping[str, str], proxy: Proxy) -> dict[str, str]:
    """The lab's environment, with all requests sent through the proxy."""
    return {**env, **{name: value for name, value in proxy.env().items() if name == "http_proxy"}}


def count(reference: Reference, testcases: list[str], env: Mapping[str, str]) -> tuple[int, int]:
    """Requests that the reference and sovran send."""
    with Proxy() as proxy:
        reference.run(testcases, through_proxy(env, proxy))
        theirs = len(proxy.requests)
        run(ours(testcases), through_proxy(env, proxy))
        return theirs, len(proxy.requests) - theirs


def main() -> int:
    """Print a line per comparison; 1 when a ratio misses its goal."""
    reference = find_reference(arguments(__doc__ or "").reference)
    testcases = [claim.id for claim in official_claims()]
    env = lab_env(LAB)
    env.pop("no_proxy", None)
    missed = 0

    def line(what: str, theirs: float, mine: float, goal: float, unit: str) -> None:
        nonlocal missed
        reached = theirs / mine >= goal
        missed += not reached
        print(
            f"check, {what}: reference {theirs:.2f} {unit}, sovran {mine:.2f} {unit}, ratio {theirs / mine:.1f}, "
            f"goal {goal:g}{'' if reached else ': MISSED'}",
            flush=True,
        )

    print(
        f"check: {len(testcases)} testcases, {ROUNDS} rounds in turn, median of whole processes, {time.strftime('%F')}"
    )
    seed(LAB, "scs")
    line("profile scs", *measure(reference, testcases, env), 2, "s")
    seed(LAB, "large", "300")
    line("profile large 300", *measure(reference, testcases, env), 6, "s")
    line("profile large 300", *count(reference, testcases, env), 10, "requests")
    with Proxy(DELAY_S) as proxy:
        delayed = measure(reference, testcases, through_proxy(env, proxy))
    line(f"profile large 300, {DELAY_S * 1000:g} ms more per request", *delayed, 12, "s")
    return int(missed > 0)


if __name__ == "__main__":
    sys.exit(main())
