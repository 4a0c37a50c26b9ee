# SPDX-License-Identifier: Apache-2.0
"""Notes on the project's own default security group (SCS-0115).

Notes only: the standard speaks of templates, whose change never touches groups that exist, and members may change the
group as they like, so what it says today proves nothing about the cloud.
"""

from collections.abc import Iterator

from sovran.cloud.facts.default_group import DefaultGroups, GroupRule, SecurityGroup
from sovran.cloud.outcome import Ok, Outcome
from sovran.model.finding import Finding, Resource, Weight


def notes_on_other_ingress(groups: Outcome[DefaultGroups]) -> Iterator[Finding]:
    """One for each rule of the default group that lets in more than the group itself."""
    for group in _items(groups):
        for rule in group.rules:
            if rule.direction == "ingress" and rule.remote_group_id != group.id:
                yield Finding(
                    message=f"this project's default group lets in more: {_words(rule)}; a member may have added that, "
                    "or it was made by other templates",
                    resource=Resource("security group", group.name, group.id),
                    field="security_group_rules",
                    expected="no ingress but from the group itself",
                    seen=_words(rule),
                    weight=Weight.NOTE,
                )


def notes_on_missing_ingress(groups: Outcome[DefaultGroups], families: tuple[str, ...]) -> Iterator[Finding]:
    """One for each address family in which members of the default group cannot reach each other."""
    for group in _items(groups):
        for family in families:
            if not any(
                rule.direction == "ingress" and rule.ethertype == family and rule.remote_group_id == group.id
                for rule in group.rules
            ):
                yield Finding(
                    message=f"this project's default group has no {family} ingress from itself; a member may have "
                    "removed that, or it was made by other templates",
                    resource=Resource("security group", group.name, group.id),
                    field=f"ingress {family}",
                    expected="from the group itself",
                    seen="no such rule",
                    weight=Weight.NOTE,
                )


def _items(groups: Outcome[DefaultGroups]) -> tuple[SecurityGroup, ...]:
    # what could not be read leaves the notes out, since no verdict depends on them
    return groups.value.items if isinstance(groups, Ok) else ()


def _words(rule: GroupRule) -> str:
    source = rule.remote_group_id or rule.remote_address_group_id or rule.remote_ip_prefix or "anywhere"
    ports = "" if rule.port_range_min is None else f" port {rule.port_range_min} to {rule.port_range_max}"
    return f"{rule.ethertype or 'any family'} {rule.protocol or 'any protocol'}{ports} from {source}"
