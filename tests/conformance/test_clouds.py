# SPDX-License-Identifier: Apache-2.0
"""Several clouds in one run: all that is wrong is told at once, and each cloud has a report of its own."""

import pytest

from sovran.conformance.clouds import check_clouds, read_clouds
from sovran.conformance.exit_code import exit_code
from sovran.conformance.run import Limits
from sovran.model.errors import ExitCode, UsageErrors
from sovran.model.verdict import Verdict
from tests.conformance.conftest import FLAVORS, SmallCloud
from tests.conformance.test_selection import chosen

LIMITS = Limits(4, 10.0)


def test_the_only_cloud_needs_no_name(cloud: SmallCloud) -> None:
    assert [config.name for config in read_clouds([])] == ["c"]


def test_each_cloud_once_in_their_order(cloud: SmallCloud) -> None:
    cloud.entries(a={}, b={})
    assert [config.name for config in read_clouds(["b", "a", "b"])] == ["b", "a"]


def test_every_unknown_cloud_has_a_sentence(cloud: SmallCloud) -> None:
    cloud.entries(a={}, b={})
    with pytest.raises(UsageErrors) as caught:
        read_clouds(["nowhere", "a", "neither"])
    assert len(caught.value.sentences) == 2


def test_each_cloud_has_a_report_of_its_own(cloud: SmallCloud) -> None:
    cloud.entries(a={}, dead={"auth_url": "http://127.0.0.1:1/v3"})
    reports = check_clouds(read_clouds(["dead", "a"]), chosen("scs-0100-*"), LIMITS, argv=["check"])
    assert [report.cloud.name for report in reports] == ["dead", "a"]
    assert [report.scopes[0].targets["main"] for report in reports] == [Verdict.ABORT, Verdict.PASS]
    assert exit_code(reports) is ExitCode.UNDECIDED


def test_every_refused_cloud_has_a_sentence_before_any_is_judged(cloud: SmallCloud) -> None:
    cloud.entries(a={}, b={}, good={})
    cloud.identity.token["roles"] = [{"id": "a", "name": "admin"}]
    with pytest.raises(UsageErrors) as caught:
        check_clouds(read_clouds(["a", "b"]), chosen("scs-0100-*"), LIMITS)
    assert [f"'{name}'" in sentence for name, sentence in zip("ab", caught.value.sentences, strict=True)] == [
        True,
        True,
    ]
    assert FLAVORS not in cloud.asked()
