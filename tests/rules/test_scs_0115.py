# SPDX-License-Identifier: Apache-2.0
"""SCS-0115: default rules of security groups by the official testcase and by the text."""

import pytest

from sovran.cloud.facts.default_group import DefaultGroups
from sovran.cloud.facts.default_rules import DefaultRule, DefaultRules
from sovran.cloud.outcome import Absent, Denied, Failure, Unreachable
from sovran.model.finding import Weight
from sovran.model.verdict import Verdict
from tests.rules.facts_by_hand import default_group, group_rule, judged, template, templates, usual_templates, verdict

PASS, FAIL, ABORT, NOT_APPLICABLE = Verdict.PASS, Verdict.FAIL, Verdict.ABORT, Verdict.NOT_APPLICABLE
OFFICIAL = "scs-0115-default-rules"
CLAIMS = (OFFICIAL, "0115-01", "0115-02", "0115-03")


def failing(rules: DefaultRules) -> set[str]:
    found = {claim: verdict(claim, rules) for claim in CLAIMS}
    assert set(found.values()) <= {PASS, FAIL}
    return {claim for claim, one in found.items() if one is FAIL}


def test_what_openstack_ships_conforms() -> None:
    assert failing(usual_templates()) == set()


def test_no_template_at_all_lacks_what_should_be_allowed() -> None:
    assert failing(templates()) == {OFFICIAL, "0115-01", "0115-03"}
    assert len(judged(OFFICIAL, templates()).findings) == 4


@pytest.mark.parametrize(
    ("further", "claims"),
    [
        (template("ingress", remote_group_id=None), {OFFICIAL, "0115-02"}),
        (template("ingress", "IPv6", remote_group_id=None, remote_ip_prefix="::/0"), {OFFICIAL, "0115-02"}),
        (template("ingress", remote_group_id=None, remote_ip_prefix="10.0.0.0/8"), {OFFICIAL, "0115-02"}),
        (template("ingress", remote_group_id=None, remote_address_group_id="a"), {OFFICIAL, "0115-02"}),
        (template("ingress", remote_group_id=None, protocol="tcp", port_range_min=22, port_range_max=22),
         {OFFICIAL, "0115-02"}),
        (template("ingress", remote_group_id="another group"), {OFFICIAL, "0115-02"}),
        # from the group itself, but for custom groups too
        (template("ingress", used_in_non_default_sg=True), {OFFICIAL, "0115-02"}),
        (template("ingress", used_in_default_sg=False, used_in_non_default_sg=True), {OFFICIAL, "0115-02"}),
        (template("ingress", protocol="tcp", port_range_min=22, port_range_max=22), set()),
        (template("egress", protocol="udp"), set()),
        (template("egress", ethertype=None), set()),
    ],
)  # fmt: skip
def test_a_further_template(further: DefaultRule, claims: set[str]) -> None:
    assert failing(usual_templates(further)) == claims


def test_a_template_that_is_used_for_no_group_lets_nothing_in() -> None:
    unused = template("ingress", remote_group_id=None, used_in_default_sg=False, used_in_non_default_sg=False)
    assert failing(usual_templates(unused)) == {OFFICIAL}
    (finding,) = judged("0115-02", usual_templates(unused)).findings
    assert (finding.weight, finding.seen) == (
        Weight.NOTE,
        "ingress IPv4 any protocol, remote anywhere, for no groups",
    )


def test_an_offending_template_is_described() -> None:
    ssh = template("ingress", None, remote_group_id=None, protocol="tcp", port_range_min=22, port_range_max=23)
    (finding,) = judged("0115-02", usual_templates(ssh)).findings
    assert finding.seen == "ingress any family tcp port 22 to 23, remote anywhere, for default groups"
    assert finding.resource is not None
    assert finding.resource.id == ssh.id


@pytest.mark.parametrize("family", ["IPv4", "IPv6"])
def test_ingress_within_default_groups(family: str) -> None:
    usual = template("ingress", family)
    assert failing(usual_templates(without=usual)) == {"0115-01"}
    for limited in (
        {"protocol": "tcp"},
        {"port_range_min": 22},
        {"used_in_default_sg": False},
        {"remote_ip_prefix": "10.0.0.0/8"},
        {"remote_address_group_id": "a"},
    ):
        assert failing(usual_templates(template("ingress", family, **limited), without=usual)) == {"0115-01"}


@pytest.mark.parametrize("family", ["IPv4", "IPv6"])
@pytest.mark.parametrize(
    ("instead", "claims"),
    [
        ({}, set()),
        ({"protocol": "any"}, set()),
        ({"protocol": "0"}, set()),
        ({"remote_ip_prefix": ""}, set()),
        # an explicit prefix for everywhere is none to the text, and one to the official testcase
        ({"remote_ip_prefix": "everywhere"}, {OFFICIAL}),
        # limited egress is full egress to the official testcase
        ({"protocol": "tcp"}, {"0115-03"}),
        ({"protocol": "tcp", "port_range_min": 443, "port_range_max": 443}, {"0115-03"}),
        ({"remote_address_group_id": "a"}, {"0115-03"}),
        ({"remote_group_id": "PARENT"}, {"0115-03"}),
        ({"remote_ip_prefix": "10.0.0.0/8"}, {OFFICIAL, "0115-03"}),
        ({"remote_ip_prefix": "10.0.0.0/10"}, {OFFICIAL, "0115-03"}),
        ({"used_in_default_sg": False}, {OFFICIAL, "0115-03"}),
        ({"used_in_non_default_sg": False}, {OFFICIAL, "0115-03"}),
    ],
)
def test_egress(family: str, instead: dict[str, object], claims: set[str]) -> None:
    if instead.get("remote_ip_prefix") == "everywhere":
        instead = {"remote_ip_prefix": {"IPv4": "0.0.0.0/0", "IPv6": "::/0"}[family]}
    usual = template("egress", family)
    assert failing(usual_templates(template("egress", family, **instead), without=usual)) == claims


def test_two_templates_may_share_the_work() -> None:
    usual = template("egress")
    default = template("egress", used_in_non_default_sg=False)
    custom = template("egress", used_in_default_sg=False)
    assert failing(usual_templates(default, custom, without=usual)) == set()


def test_clouds_before_2023_2_are_exempt_by_the_text() -> None:
    old = {DefaultRules: Absent("this cloud has no templates", 404)}
    assert {claim: verdict(claim, unread=old) for claim in CLAIMS[1:]} == dict.fromkeys(CLAIMS[1:], NOT_APPLICABLE)
    judgement = judged(OFFICIAL, unread=old)
    assert judgement.verdict is ABORT
    assert "creates a security group" in judgement.reason
    assert "before OpenStack 2023.2" in judged("0115-01", unread=old).reason


def test_without_a_network_service_the_reason_is_that_and_no_old_release() -> None:
    none = {DefaultRules: Absent("the catalog has no network endpoint")}
    found = {claim: judged(claim, unread=none) for claim in CLAIMS}
    assert [found[claim].verdict for claim in CLAIMS] == [ABORT, NOT_APPLICABLE, NOT_APPLICABLE, NOT_APPLICABLE]
    assert {one.reason for one in found.values()} == {
        "the catalog has no network endpoint; without a network service there are no security groups"
    }


@pytest.mark.parametrize("claim", CLAIMS)
def test_templates_that_cannot_be_read_decide_nothing(claim: str) -> None:
    for failure in (Denied("refused"), Unreachable("gone")):
        judgement = judged(claim, unread={DefaultRules: failure})
        assert (judgement.verdict, judgement.reason) == (ABORT, failure.reason)


# ---- the project's own default group


def test_the_usual_default_group_is_not_mentioned() -> None:
    assert judged("0115-01", usual_templates(), default_group()).findings == ()
    assert judged("0115-02", usual_templates(), default_group()).findings == ()


def test_what_members_may_have_changed_in_the_default_group_is_noted() -> None:
    ssh = group_rule(remote_group_id=None, protocol="tcp", port_range_min=22, port_range_max=22)
    shared = group_rule(remote_group_id="another group", ethertype="IPv6")
    judgement = judged("0115-02", usual_templates(), default_group(ssh, shared))
    assert judgement.verdict is PASS
    assert {finding.weight for finding in judgement.findings} == {Weight.NOTE}
    assert [finding.seen for finding in judgement.findings] == [
        "IPv4 tcp port 22 to 22 from anywhere",
        "IPv6 any protocol from another group",
    ]
    judgement = judged("0115-01", usual_templates(), default_group(without="IPv6"))
    assert judgement.verdict is PASS
    (finding,) = judgement.findings
    assert finding.message.startswith("this project's default group has no IPv6 ingress from itself; ")


def test_no_verdict_depends_on_the_default_group() -> None:
    for claim in ("0115-01", "0115-02"):
        assert verdict(claim, usual_templates(), unread={DefaultGroups: Unreachable("gone")}) is PASS
        absent: dict[type, Failure] = {DefaultRules: Absent("too old", 404), DefaultGroups: Denied("refused")}
        assert verdict(claim, unread=absent) is NOT_APPLICABLE
