# SPDX-License-Identifier: Apache-2.0
"""The reference suite as a program beside ours: a checkout given as argument, run in an environment of its own."""

import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from process import Run, run
from sovran.model.claim import Claim, Reading
from sovran.probes.registry import BY_FACT
from sovran.rules.registry import find_rule
from sovran.standards.load import load_standards

ROOT = Path(__file__).resolve().parent.parent
PACKAGES = ("openstacksdk", "boto3", "pyyaml", "click", "requests")
"""What the suite's modules import."""


@dataclass(frozen=True)
class Reference:
    """The suite of one checkout of SovereignCloudStack/standards."""

    suite: Path
    """Its folder `Tests/iaas`."""
    python: Path

    def command(self, testcases: Sequence[str]) -> list[str]:
        """The command line that judges these testcases on the cloud `lab`."""
        return [str(self.python), "openstack_test.py", "-c", "lab", *testcases]

    def run(self, testcases: Sequence[str], env: Mapping[str, str]) -> Run:
        """Run it to its end."""
        return run(self.command(testcases), env, cwd=str(self.suite))

    def verdicts(self, testcases: Sequence[str], env: Mapping[str, str]) -> dict[str, str]:
        """Testcase to PASS, FAIL or ABORT."""
        lines = (line.rpartition(":") for line in self.run(testcases, env).stdout.splitlines())
        return {name.strip(): verdict.strip() for name, _, verdict in lines if name.strip() in testcases}


def find_reference(checkout: str) -> Reference:
    """The suite in a checkout, with an environment for it in `.lab/reference`; ends the process when there is none."""
    suite = Path(checkout).resolve() / "Tests" / "iaas"
    if not (suite / "openstack_test.py").is_file():
        sys.exit(f"{checkout} is no checkout of SovereignCloudStack/standards: it has no Tests/iaas/openstack_test.py")
    folder = ROOT / ".lab" / "reference"
    python = folder / "bin" / "python"
    if not (folder / "ready").exists():
        uv = str(Path(sys.executable).with_name("uv"))
        subprocess.run([uv, "venv", "--quiet", "--clear", "--python", sys.executable, str(folder)], check=True)
        subprocess.run([uv, "pip", "install", "--quiet", "--python", str(python), *PACKAGES], check=True)
        (folder / "ready").touch()
    return Reference(suite, python)


def official_claims() -> list[Claim]:
    """Every official testcase that sovran has a rule for and that counts in some scope version, as `check` asks."""
    ruleset = load_standards()
    modules = [module for scope in ruleset.scopes.values() for module in scope.modules]
    counted = {name for module in modules for names in module.targets.values() for name in names}
    claims = [claim for claim in ruleset.claims.values() if claim.reading is Reading.OFFICIAL and claim.rule]
    return [claim for claim in claims if claim.id in counted]


def reads_only(claims: list[Claim]) -> list[Claim]:
    """Those that no probe has to act for."""
    return [claim for claim in claims if claim.rule and not BY_FACT.keys() & set(find_rule(claim.rule).facts)]


def sovran(*words: str) -> list[str]:
    """A command line of this checkout's sovran."""
    return [str(Path(sys.executable).with_name("sovran")), *words]


def lab_env(name: str) -> dict[str, str]:
    """The environment in which the lab `name` is the cloud, with no proxy; brings the lab up if needed."""
    subprocess.run(sovran("lab", "up", "--name", name), check=True, stdout=subprocess.DEVNULL)
    exports = subprocess.run(sovran("lab", "env", "--name", name), check=True, capture_output=True, text=True).stdout
    shown = subprocess.run(
        ["bash", "-c", f"{exports}\nenv -0"], check=True, capture_output=True, text=True, env=os.environ
    ).stdout
    return dict(line.split("=", 1) for line in shown.split("\0") if "=" in line)


def seed(name: str, *profile: str) -> None:
    """Fill the lab with a profile."""
    subprocess.run(sovran("lab", "seed", *profile, "--name", name), check=True, stdout=subprocess.DEVNULL)
