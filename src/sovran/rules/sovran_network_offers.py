# SPDX-License-Identifier: Apache-2.0
"""What the network offers projects, as the API tells: quotas, and what new security groups let in."""

from sovran.cloud.facts.default_rules import DefaultRule, DefaultRules
from sovran.cloud.facts.quotas import Quotas
from sovran.cloud.outcome import Absent, Outcome
from sovran.model.finding import Examined, Finding, NotApplicable, NotTried, Resource, Undecided, Weight
from sovran.rules.guest_evidence import value_of
from sovran.rules.registry import Answer

NO_LIMIT = -1


def quotas_told(quotas: Quotas) -> Answer:
    """Holds when compute, block storage and network, as far as they are in the catalog, tell the project its quotas;
    the table of them is noted.
    """
    for service, name, limit in quotas.rows():
        yield Examined(Resource("quotas", service))
        there = "no limit" if limit == NO_LIMIT else str(limit)
        yield Finding(
            message=f"quota of {service}: {name}: {there}",
            resource=Resource("quotas", service),
            field=name,
            seen=there,
            weight=Weight.NOTE,
        )
    for service, reason in quotas.refused.items():
        yield Finding(
            message=f"the service {service} does not tell the project its quotas: {reason}",
            resource=Resource("quotas", service),
            field="limits",
            expected="a table of quotas",
            seen=reason,
        )
    if quotas.unclear:
        raise Undecided("; ".join(quotas.unclear.values()))


def groups_not_open(templates: Outcome[DefaultRules]) -> Answer:
    """Fails when a template lets anyone outside into new security groups, by any protocol or port. Where the cloud has
    no templates, new groups show it, which members may change.
    """
    if isinstance(templates, Absent) and not templates.status:
        raise NotApplicable(templates.reason)
    if isinstance(templates, Absent):
        raise NotTried(f"what new security groups let in shows when one is made: {templates.reason}")
    for rule in value_of(templates).items:
        resource = Resource("security group rule template", _words(rule), rule.id)
        yield Examined(resource)
        if rule.direction == "ingress" and not rule.remote_group_id and not rule.remote_address_group_id:
            yield Finding(
                message=f"new security groups let in {_words(rule)}",
                resource=resource,
                field="remote_ip_prefix",
                expected="nothing from outside of the group",
                seen=rule.remote_ip_prefix or "anywhere",
            )


def _words(rule: DefaultRule) -> str:
    source = rule.remote_ip_prefix or rule.remote_group_id or rule.remote_address_group_id or "anywhere"
    ports = "" if rule.port_range_min is None else f" port {rule.port_range_min} to {rule.port_range_max}"
    return f"{rule.ethertype or 'any family'} {rule.protocol or 'any protocol'}{ports} from {source}"
