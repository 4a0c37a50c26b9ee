# SPDX-License-Identifier: Apache-2.0
"""A cloud that lacks a service: by the text it fails or is not spoken of, and is never undecided for that reason."""

from collections.abc import Iterator

import pytest

from sovran.conformance.run import Limits
from sovran.lab import content
from sovran.model.claim import Reading
from sovran.model.verdict import Verdict
from tests.live.fault_proxy import TOKENS, Answer, Asked
from tests.live.judged_cloud import JudgedCloud, behind_proxy
from tests.live.live_lab import LiveLab

pytestmark = pytest.mark.live

PASS, FAIL, ABORT, NOT_APPLICABLE = Verdict.PASS, Verdict.FAIL, Verdict.ABORT, Verdict.NOT_APPLICABLE
MISSING: dict[str, tuple[set[str], dict[str, Verdict]]] = {
    "identity": ({"scs-0123"}, {"scs-0123-service-identity": FAIL, "0123-01": FAIL}),
    "placement": ({"scs-0123"}, {"scs-0123-service-placement": FAIL}),
    "network": (
        {"scs-0115", "scs-0121", "scs-0123", "scs-0126"},
        {"scs-0123-service-network": FAIL, "0123-01": FAIL, "scs-0115-default-rules": ABORT, "0115-01": NOT_APPLICABLE},
    ),
    "block-storage": (
        {"scs-0114", "scs-0117", "scs-0121", "scs-0123"},
        {
            "scs-0123-storage-apis": FAIL,
            "0123-01": FAIL,
            "0114-01": NOT_APPLICABLE,
            "0117-01": FAIL,
            "scs-0114-syntax-check": ABORT,
        },
    ),
    "compute": (
        {"scs-0100", "scs-0103", "scs-0110", "scs-0121", "scs-0123"},
        {"scs-0123-service-compute": FAIL, "0123-01": FAIL, "0100-01": NOT_APPLICABLE, "scs-0103-flavor-1v-4": ABORT},
    ),
    "load-balancer": ({"scs-0123"}, {"scs-0123-service-load-balancer": FAIL, "0123-01": FAIL}),
    "image": (
        {"scs-0102", "scs-0104", "scs-0123"},
        {"scs-0123-service-image": FAIL, "0123-01": FAIL, "0102-01": NOT_APPLICABLE, "scs-0102-prop-min_disk": ABORT},
    ),
    "key-manager": (
        {"scs-0116"},
        {"scs-0116-presence": FAIL, "0116-01": FAIL, "0116-05": NOT_APPLICABLE, "scs-0116-permissions": PASS},
    ),
    "object-store": ({"scs-0123"}, {"scs-0123-swift-s3": PASS}),
    "object-store-s3": ({"scs-0123"}, {"scs-0123-service-s3": FAIL}),
}
"""Service type: the standards in which something may change without it, and verdicts that it then has.

Official testcases as the reference suite has them: it crashes (ABORT) where it asks a service that is not there, passes
the check of permissions of a key manager that is not there, and that of S3 where no object store is.
"""


@pytest.fixture(scope="module")
def cloud(lab: LiveLab, tmp_path_factory: pytest.TempPathFactory) -> Iterator[JudgedCloud]:
    """The lab with the profile scs, behind the proxy."""
    content.apply_profile(lab.name, "scs", None, lambda _line: None)
    with behind_proxy(lab, tmp_path_factory.mktemp("clouds")) as learn:
        yield learn()


def test_every_service_of_the_catalog_is_here(cloud: JudgedCloud) -> None:
    assert set(cloud.places) == set(MISSING)


@pytest.mark.parametrize("kind", MISSING)
def test_without_a_service(cloud: JudgedCloud, kind: str) -> None:
    standards, expected = MISSING[kind]

    def without(asked: Asked, answer: Answer) -> Answer:
        if not asked.path.endswith(TOKENS):
            return answer
        token = answer.json()["token"]
        return answer.with_json(
            {"token": token | {"catalog": [one for one in token["catalog"] if one["type"] != kind]}}
        )

    with cloud.proxy.scenario(without) as scenario:
        found = cloud.judge(scenario, Limits())
    assert {claim: found[claim].verdict for claim in expected} == expected
    for claim, after in found.items():
        before = cloud.sound[claim]
        if after.verdict is before.verdict:
            continue
        assert after.standard in standards, after
        if claim not in expected:
            assert after.verdict in (FAIL, NOT_APPLICABLE) or after.reading is Reading.OFFICIAL, after
            assert after.verdict is not PASS, after
        assert after.reason or after.verdict is PASS
