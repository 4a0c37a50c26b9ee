# SPDX-License-Identifier: Apache-2.0
"""SCS-0115: default rules for security groups."""

from sovran.cloud.facts.default_group import DefaultGroups
from sovran.cloud.facts.default_rules import DefaultRule, DefaultRules
from sovran.cloud.outcome import Absent, Ok, Outcome
from sovran.model.finding import Examined, Finding, NotApplicable, Resource, Undecided, Weight
from sovran.rules.default_group import notes_on_missing_ingress, notes_on_other_ingress
from sovran.rules.registry import Answer

FAMILIES = ("IPv4", "IPv6")
PARENT = "PARENT"
"""Stands in a template for the group that is made from it."""
NO_NETWORKS = "without a network service there are no security groups"


def _resource(rule: DefaultRule) -> Resource:
    parts = [rule.direction, rule.ethertype or "", rule.protocol or ""]
    return Resource("default security group rule", " ".join(part for part in parts if part), rule.id)


def _templates(outcome: Outcome[DefaultRules]) -> tuple[DefaultRule, ...]:
    """The templates; raises what a rule says when they are absent or could not be read."""
    if isinstance(outcome, Ok):
        return outcome.value.items
    if isinstance(outcome, Absent):
        why = "the standard exempts clouds before OpenStack 2023.2"
        raise NotApplicable(f"{outcome.reason}; {why if outcome.status else NO_NETWORKS}")
    raise Undecided(outcome.reason)


def official_default_rules(templates: Outcome[DefaultRules]) -> Answer:
    """Fails on an ingress template other than from the same group and not for custom groups, and when an egress
    template without a prefix is missing for IPv4 or IPv6, default or custom groups; port and protocol do not count.
    """
    if isinstance(templates, Absent) and templates.status:
        raise Undecided(
            f"{templates.reason}; the official test then creates a security group, which sovran does not do yet"
        )
    if isinstance(templates, Absent):
        raise Undecided(f"{templates.reason}; {NO_NETWORKS}")
    rules = _templates(templates)
    yield Examined(Resource("listing of default security group rules"))
    missing = {(family, group) for family in FAMILIES for group in ("default", "custom")}
    for rule in rules:
        if rule.direction == "ingress":
            if rule.remote_group_id != PARENT or rule.used_in_non_default_sg:
                yield Finding(
                    message=f"default security group rule {rule.id} allows more ingress than from the default group",
                    resource=_resource(rule),
                    field="direction",
                    expected="no ingress, or from PARENT and not for custom groups",
                    seen=_words(rule),
                )
        elif rule.direction == "egress" and rule.ethertype in FAMILIES and not rule.remote_ip_prefix:
            if rule.used_in_default_sg:
                missing.discard((rule.ethertype, "default"))
            if rule.used_in_non_default_sg:
                missing.discard((rule.ethertype, "custom"))
    for family, group in sorted(missing):
        yield _no_egress(family, group)


def _words(rule: DefaultRule) -> str:
    source = rule.remote_group_id or rule.remote_address_group_id or rule.remote_ip_prefix or "anywhere"
    groups = [
        name for name, used in (("default", rule.used_in_default_sg), ("custom", rule.used_in_non_default_sg)) if used
    ]
    ports = "" if rule.port_range_min is None else f" port {rule.port_range_min} to {rule.port_range_max}"
    return (
        f"{rule.direction} {rule.ethertype or 'any family'} {rule.protocol or 'any protocol'}{ports}, remote {source}, "
        f"for {' and '.join(groups) or 'no'} groups"
    )


def _no_egress(family: str, group: str) -> Finding:
    return Finding(
        message=f"no default security group rule allows {family} egress for {group} groups",
        resource=Resource("default security group rule", f"egress {family}"),
        field=f"egress {family}",
        expected=f"allowed for {group} groups",
        seen="no such template",
    )


def _any_traffic(rule: DefaultRule) -> bool:
    return rule.protocol in (None, "", "any", "0") and rule.port_range_min is None and rule.port_range_max is None


def _from_everywhere(rule: DefaultRule) -> bool:
    """True when no part of the addresses is picked out; `0.0.0.0/0` and `::/0` say the same as no prefix."""
    return not rule.remote_address_group_id and (not rule.remote_ip_prefix or rule.remote_ip_prefix.endswith("/0"))


def same_group_ingress(templates: Outcome[DefaultRules], groups: Outcome[DefaultGroups]) -> Answer:
    """Holds when, for IPv4 and for IPv6, a template lets members of a default group reach each other on any port. Notes
    where the project's own default group, which members may change, does not.

    Source: scs-0115-v1, section Standard.
    """
    rules = _templates(templates)
    for family in FAMILIES:
        yield Examined(Resource("default security group rule", f"ingress {family}"))
        if not any(
            rule.direction == "ingress"
            and rule.ethertype == family
            and rule.remote_group_id == PARENT
            and rule.used_in_default_sg
            and _any_traffic(rule)
            and _from_everywhere(rule)
            for rule in rules
        ):
            yield Finding(
                message=f"no default security group rule allows {family} ingress from the default group itself",
                resource=Resource("default security group rule", f"ingress {family}"),
                field=f"ingress {family}",
                expected="from PARENT, for default groups",
                seen="no such template",
            )
    yield from notes_on_missing_ingress(groups, FAMILIES)


def no_other_ingress(templates: Outcome[DefaultRules], groups: Outcome[DefaultGroups]) -> Answer:
    """Holds when no template lets traffic into a new group but from the default group itself. Notes what else the
    project's own default group, which members may change, lets in.

    Source: scs-0115-v1, section Standard.
    """
    rules = _templates(templates)
    yield Examined(Resource("listing of default security group rules"))
    for rule in rules:
        if rule.direction == "egress":
            continue
        if rule.remote_group_id == PARENT and not rule.used_in_non_default_sg:
            continue
        used = rule.used_in_default_sg or rule.used_in_non_default_sg
        yield Finding(
            message=f"default security group rule {rule.id} allows other ingress: {_words(rule)}",
            resource=_resource(rule),
            field="direction",
            expected="no ingress but from PARENT in default groups",
            seen=_words(rule),
            weight=Weight.VIOLATION if used else Weight.NOTE,
        )
    yield from notes_on_other_ingress(groups)


def egress(templates: Outcome[DefaultRules]) -> Answer:
    """Holds when templates allow all egress, IPv4 and IPv6, for default and for custom groups; a template that is
    limited to a protocol, to ports or to a part of the addresses does not count.

    Source: scs-0115-v1, section Standard.
    """
    rules = _templates(templates)
    for family in FAMILIES:
        allowing = [
            rule
            for rule in rules
            if rule.direction == "egress"
            and rule.ethertype == family
            and _any_traffic(rule)
            and _from_everywhere(rule)
            and not rule.remote_group_id
        ]
        for group in ("default", "custom"):
            yield Examined(Resource("default security group rule", f"egress {family}"))
            if not any(
                rule.used_in_default_sg if group == "default" else rule.used_in_non_default_sg for rule in allowing
            ):
                yield _no_egress(family, group)
