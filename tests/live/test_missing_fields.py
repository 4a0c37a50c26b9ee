# SPDX-License-Identifier: Apache-2.0
"""Listings whose items lack a field that the API always gives: nothing comes to hold for that reason."""

from collections.abc import Iterator

import pytest

from sovran.conformance.run import Limits
from sovran.lab import content
from sovran.model.verdict import Verdict
from tests.live.fault_proxy import Answer, Asked
from tests.live.faults import fields, without_field
from tests.live.judged_cloud import JudgedCloud, behind_proxy
from tests.live.live_lab import LiveLab

pytestmark = pytest.mark.live

OPTIONAL = {
    "/v2/images": {
        "architecture", "hw_disk_bus", "hypervisor_type", "os_distro", "os_purpose", "os_version", "replace_frequency",
        "image_build_date", "license_included", "license_required", "hotfix_hours",
    },
}  # fmt: skip
"""Fields that are there only when they are set, by the path of the listing: without a wrong one all is well."""


@pytest.fixture(scope="module")
def cloud(lab: LiveLab, tmp_path_factory: pytest.TempPathFactory) -> Iterator[JudgedCloud]:
    """The lab with the profile messy, in which about half of the claims fail, behind the proxy."""
    content.apply_profile(lab.name, "messy", None, lambda _line: None)
    with behind_proxy(lab, tmp_path_factory.mktemp("clouds")) as learn:
        yield learn()


def test_nothing_passes_because_a_field_is_missing(cloud: JudgedCloud) -> None:
    tried = 0
    passed: list[str] = []
    for asked in cloud.requests:
        names = [] if asked.path == "/" else fields(cloud.good(asked))
        for name in names:
            if name in OPTIONAL.get(asked.path, ()):
                continue
            tried += 1

            def spoil(one: Asked, answer: Answer, asked: Asked = asked, name: str = name) -> Answer:
                return without_field(answer, name) if one == asked else answer

            with cloud.proxy.scenario(spoil) as scenario:
                found = cloud.judge(scenario, Limits(), cloud.near(asked))
            passed += [
                f"{asked} without {name}: {claim} {cloud.sound[claim].verdict} -> PASS"
                for claim, after in found.items()
                if after.verdict is Verdict.PASS and cloud.sound[claim].verdict is not Verdict.PASS
            ]
    assert tried > 50
    assert passed == []
