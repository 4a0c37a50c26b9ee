# SPDX-License-Identifier: Apache-2.0
"""The security group of the guests: out to everywhere, and one port from one guest to another."""

from typing import TYPE_CHECKING, Any

from sovran.cloud.acting.kinds import GROUP_RULE, SECURITY_GROUP

if TYPE_CHECKING:
    from sovran.cloud.acting.actor import Actor, Made

ALLOWED, DENIED = 7501, 7502
"""TCP ports on which a neighbour listens: a rule allows the first between guests, none the second."""
FAMILIES = ("IPv4", "IPv6")


def make(actor: "Actor") -> "Made":
    """The group with its rules.

    Raises Refused or NoAnswer. Where new groups of this cloud let nothing out, it is allowed by rules, as users would.
    """
    group = actor.create(SECURITY_GROUP, "guests", lambda name: {"security_group": {"name": name}})
    rules = group.body.get("security_group_rules") if isinstance(group.body, dict) else None
    given = [one for one in rules if isinstance(one, dict)] if isinstance(rules, list) else []
    outward = {one.get("ethertype") for one in given if one.get("direction") == "egress" and not one.get("protocol")}
    for family in FAMILIES:
        if family not in outward:
            _allow(actor, group, direction="egress", ethertype=family)
    between = {"protocol": "tcp", "port_range_min": ALLOWED, "port_range_max": ALLOWED, "remote_group_id": group.id}
    _allow(actor, group, direction="ingress", ethertype="IPv4", **between)
    return group


def _allow(actor: "Actor", group: "Made", **rule: Any) -> None:
    actor.create(
        GROUP_RULE,
        "guests",
        lambda name: {"security_group_rule": {"security_group_id": group.id, "description": name, **rule}},
    )
