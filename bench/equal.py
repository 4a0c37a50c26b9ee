# SPDX-License-Identifier: Apache-2.0
"""Official verdicts of sovran and of the reference suite, compared on every profile and every break of the lab."""

import argparse
import json
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path

from process import run
from reference import Reference, find_reference, lab_env, official_claims, seed, sovran

SLOW = "scs-0117-test-backup"
"""Takes the reference 20 s, so it is asked only where a break is to change it, and on the profiles."""


def our_verdicts(testcases: list[str], env: Mapping[str, str]) -> dict[str, str]:
    """Testcase to verdict, as `sovran check` reports it."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "report.json"
        patterns = [word for name in testcases for word in ("--testcase", name)]
        run(sovran("check", "--os-cloud", "lab", *patterns, "--output", str(path)), env)
        judgements = json.loads(path.read_text())["reports"][0]["judgements"]
    return {judgement["claim"]: judgement["verdict"] for judgement in judgements}


def compare(what: str, reference: Reference, testcases: list[str], env: Mapping[str, str]) -> int:
    """Print the testcases on which the two differ; how many."""
    theirs, mine = reference.verdicts(testcases, env), our_verdicts(testcases, env)
    differing = [name for name in testcases if theirs.get(name) != mine.get(name)]
    counts = {verdict: list(theirs.values()).count(verdict) for verdict in ("PASS", "FAIL", "ABORT")}
    print(f"{what}: {len(testcases)} testcases, reference {counts}, {len(differing)} differ", flush=True)
    for name in differing:
        print(f"  {name}: reference {theirs.get(name)}, sovran {mine.get(name)}")
    return len(differing)


def main() -> int:
    """Walk profiles and breaks; 1 when anything differs."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--reference", required=True, help="a checkout of SovereignCloudStack/standards")
    parser.add_argument("--name", default="bench", help="lab to use; its content is replaced")
    parser.add_argument("--of-probes", action="store_true", help="of the breaks only those that a probe has to see")
    options = parser.parse_args()
    reference, lab = find_reference(options.reference), options.name
    testcases = [claim.id for claim in official_claims()]
    env = lab_env(lab)
    differing = 0
    for profile in ("bare", "messy", "scs"):
        seed(lab, profile)
        differing += compare(f"profile {profile}", reference, testcases, env)
    listed = subprocess.run(sovran("lab", "breaks", "--json"), check=True, capture_output=True, text=True).stdout
    for defect in json.loads(listed):
        if options.of_probes and not defect["probes"]:
            continue
        subprocess.run(sovran("lab", "break", defect["id"], "--name", lab), check=True, capture_output=True)
        asked = [name for name in testcases if name != SLOW or name in defect["flips"]]
        differing += compare(f"break {defect['id']}", reference, asked, env)
        subprocess.run(sovran("lab", "heal", "--name", lab), check=True, capture_output=True)
        # a broken cloud may not let go of all that probes made
        subprocess.run(sovran("cleanup", "--os-cloud", "lab"), check=True, capture_output=True, env=env)
    print(f"equal: {differing} verdicts differ (docs/differences.md says which may, and why)")
    return int(differing > 0)


if __name__ == "__main__":
    sys.exit(main())
