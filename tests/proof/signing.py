# SPDX-License-Identifier: Apache-2.0
"""Reports written and signed as `sovran check --sign` does it, without a cloud."""

from pathlib import Path

from sovran.model.report import Report
from sovran.proof.signing import plan_signing
from sovran.reports.write import plan_outputs
from tests.proof.keys import KeyPair


def write_signed(path: Path, key: KeyPair, *reports: Report) -> Path:
    """Write the reports to the file and sign it; returns its path."""
    plan = plan_outputs([path])
    planned = plan_signing(key.private, plan.outputs, [])
    planned.sign(plan.write(reports), reports)
    return path
