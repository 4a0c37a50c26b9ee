# SPDX-License-Identifier: Apache-2.0
"""Fact: the project's default security group."""

import pytest

from sovran.cloud.facts.default_group import PATH, read_default_groups
from sovran.cloud.outcome import Absent, Denied, Ok, Unreachable
from tests.cloud.scripted_reader import Answer, ScriptedReader

RULE = {
    "id": "r",
    "direction": "ingress",
    "ethertype": "IPv4",
    "protocol": "tcp",
    "port_range_min": 22,
    "port_range_max": 22,
    "remote_ip_prefix": "0.0.0.0/0",
    "remote_group_id": None,
    "description": "",
}
GROUP = {"id": "g", "name": "default", "project_id": "p", "security_group_rules": [RULE]}


def test_the_group_comes_with_its_rules_in_one_request() -> None:
    reader = ScriptedReader({PATH: {"security_groups": [GROUP]}})
    outcome = read_default_groups(reader)
    assert isinstance(outcome, Ok)
    (group,) = outcome.value.items
    assert (group.id, group.rules[0].port_range_min, group.rules[0].remote_ip_prefix) == ("g", 22, "0.0.0.0/0")
    assert reader.asked == [PATH]


@pytest.mark.parametrize("answer", [Denied("no"), Absent("no network"), Unreachable("HTTP 500", 500)])
def test_failures_are_passed_on(answer: Denied | Absent | Unreachable) -> None:
    assert read_default_groups(ScriptedReader({PATH: answer})) == answer


@pytest.mark.parametrize(
    "answer", [b"<html>", {"groups": []}, {"security_groups": [GROUP | {"security_group_rules": [{"id": "r"}]}]}]
)
def test_another_form_is_unreadable(answer: Answer) -> None:
    assert isinstance(read_default_groups(ScriptedReader({PATH: answer})), Unreachable)
