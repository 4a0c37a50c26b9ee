# SPDX-License-Identifier: Apache-2.0
"""SCS-0127: extensions for DNS; SCS-0302: the role of domain managers; SCS-0110: SSD flavors."""

import pytest

from sovran.cloud.facts.flavors import Flavors
from sovran.cloud.facts.network_extensions import NetworkExtensions
from sovran.cloud.facts.roles import ManagerRoles, Role
from sovran.model.verdict import Verdict
from tests.rules.facts_by_hand import catalog, conforming, flavor, keys, service, with_change
from tests.rules.services_by_hand import FORBIDDEN, UNKNOWN, extensions, judged, verdict

PASS, FAIL, ABORT, MISS = Verdict.PASS, Verdict.FAIL, Verdict.ABORT, Verdict.MISS
NOT_APPLICABLE = Verdict.NOT_APPLICABLE
DNS = catalog(service("dns"))


@pytest.mark.parametrize(
    ("alias", "verdicts"),
    [
        ("router", (FAIL, FAIL, FAIL)),
        ("dns-integration", (PASS, FAIL, FAIL)),
        ("dns-domain-ports", (PASS, PASS, FAIL)),
        ("subnet-dns-publish-fixed-ip", (PASS, PASS, PASS)),
        ("dns-integration-domain-keywords", (PASS, PASS, PASS)),
    ],
)
def test_an_extension_includes_those_before_it(alias: str, verdicts: tuple[Verdict, ...]) -> None:
    found = extensions(alias)
    assert tuple(verdict(claim, DNS, found) for claim in ("0127-07", "0127-10", "0127-11")) == verdicts


def test_dns_as_a_service_is_optional() -> None:
    for claim in ("0127-10", "0127-11"):
        assert verdict(claim, catalog(), extensions()) is NOT_APPLICABLE
        assert verdict(claim, DNS, unread={NetworkExtensions: UNKNOWN}) is ABORT
    assert verdict("0127-07", catalog(), extensions()) is FAIL


def test_the_role_of_domain_managers() -> None:
    assert verdict("0302-01", ManagerRoles((Role(id="1", name="manager"),))) is PASS
    assert verdict("0302-01", ManagerRoles(())) is FAIL
    judgement = judged("0302-01", unread={ManagerRoles: FORBIDDEN})
    assert judgement.verdict is ABORT
    assert "domain manager" in judgement.reason


@pytest.mark.parametrize("number", [2, 3, 4, 5, 6, 7, 8])
def test_what_domain_managers_can_do_needs_two_of_them_or_an_operator(number: int) -> None:
    assert judged(f"0302-0{number}").verdict is MISS


def test_both_ssd_flavors_exist_and_say_so() -> None:
    name = "SCS-4V-16-100s"
    assert verdict("0110-01", conforming()) is PASS
    assert verdict("0110-01", conforming(without=name)) is FAIL
    assert verdict("0110-01", with_change(name, extra_specs=keys(name, disk0_type="network"))) is FAIL
    assert verdict("0110-01", with_change(name, extra_specs=keys(name, disk0_type=None))) is FAIL
    assert verdict("0110-01", with_change(name, extra_specs=keys(name, disk0_type="nvme"))) is PASS
    # other flavors are no matter of this standard
    assert verdict("0110-01", with_change("SCS-2V-4", extra_specs={})) is PASS
    assert verdict("0110-01", with_change(name, is_public=False)) is ABORT
    assert verdict("0110-01", Flavors((flavor(name),))) is FAIL


@pytest.mark.parametrize("claim", ["scs-0101-entropy-avail", "scs-0101-fips-test", "0101-02", "domain-manager-check"])
def test_what_needs_a_guest_or_an_operator_is_not_run_and_says_so(claim: str) -> None:
    judgement = judged(claim)
    assert judgement.verdict is MISS
    assert judgement.reason
