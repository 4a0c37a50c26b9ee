# SPDX-License-Identifier: Apache-2.0
"""A defect in the lab is found by comparing: with a report, with a snapshot, and against a baseline."""

import json
from pathlib import Path

import pytest

from sovran.lab import content
from sovran.lab.breaks import apply
from tests.live.live_lab import LiveLab

pytestmark = pytest.mark.live

DEFECT = "standard-flavor-too-small"
CLAIM, FLAVOR = "scs-0103-flavor-2v-8", "SCS-2V-8"


def quiet(_: str) -> None:
    """Say nothing."""


def test_a_defect_is_what_differs_and_nothing_after_it_is_healed(lab: LiveLab, tmp_path: Path) -> None:
    report, recording, waivers = (str(tmp_path / name) for name in ("a.json", "a.snapshot", "w.yaml"))
    content.apply_profile(lab.name, "scs", None, quiet)
    assert lab.sovran("check", "--no-probes", "-o", report, "--save-snapshot", recording).returncode in {0, 3, 4}
    apply.apply(lab.description, lab.folder, [DEFECT], quiet)
    try:
        for before in (report, recording):
            compared = lab.sovran("diff", before, "cloud:lab", "--json")
            assert (compared.returncode, compared.stderr) == (4, "")
            (cloud,) = json.loads(compared.stdout)["clouds"]
            worse = {change["claim"]: change for change in cloud["changes"] if change["trend"] == "worse"}
            assert (worse[CLAIM]["before"], worse[CLAIM]["after"]) == ("PASS", "FAIL")
            assert {one["resource"]["name"] for change in worse.values() for one in change["appeared"]} == {FLAVOR}
        narrowed = ("check", "--testcase", CLAIM)
        new = lab.sovran(*narrowed, "--baseline", report, "--fail-on", "new")
        assert new.returncode == 4
        Path(waivers).write_text(
            f"- {{id: {CLAIM}, resource: {FLAVOR}, reason: r, owner: o, until: 2999-12-31}}\n", encoding="utf-8"
        )
        waived = lab.sovran(*narrowed, "--waivers", waivers)
        assert waived.returncode == 0
        assert "FAIL" in waived.stdout
        assert "waived until 2999-12-31 by o: r" in " ".join(waived.stdout.split())
    finally:
        apply.heal(lab.description, lab.folder, [], quiet)
    healed = lab.sovran("diff", report, "cloud:lab")
    assert (healed.returncode, healed.stderr) == (0, "")
    assert "claims the same" in healed.stdout
