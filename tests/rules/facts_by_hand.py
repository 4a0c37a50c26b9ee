# SPDX-License-Identifier: Apache-2.0
"""Clouds made by hand, and the verdict of a shipped claim on them in one line."""

from collections.abc import Mapping
from functools import cache
from typing import Any

import msgspec

from sovran.cloud.facts.catalog import Catalog
from sovran.cloud.facts.default_group import DefaultGroups, GroupRule, SecurityGroup
from sovran.cloud.facts.default_rules import DefaultRule, DefaultRules
from sovran.cloud.facts.flavors import Flavor, Flavors
from sovran.cloud.facts.s3 import S3Answer, read_body
from sovran.cloud.facts.services import READS, S3, ServiceAnswer, ServiceAnswers, State
from sovran.cloud.fetch import Facts
from sovran.cloud.outcome import Absent, Failure, Ok
from sovran.cloud.recording import Endpoint, Service
from sovran.conformance.judge import judge
from sovran.model.claim import Claim
from sovran.model.report import Judgement
from sovran.model.verdict import Verdict
from sovran.naming.flavor_name import extra_specs, parse
from sovran.probes.registry import PROBES, not_run
from sovran.rules.registry import bind
from sovran.rules.standard_flavors import Row
from sovran.standards.load import load_standards

Fact = Flavors | DefaultGroups | DefaultRules | Catalog | S3Answer | ServiceAnswers


@cache
def claims() -> dict[str, Claim]:
    """The claims of the shipped standards."""
    return dict(load_standards(environ={}).claims)


def claims_of(standard: str) -> list[str]:
    """Ids of the claims of a standard that a rule judges."""
    return [claim.id for claim in claims().values() if claim.standard == standard and claim.rule]


NO_PROBES = {probe.fact: not_run(probe, "not asked for") for probe in PROBES}
"""Fact type of every probe to the outcome of a run in which none acts."""


@cache
def rows(*tables: str) -> tuple[Row, ...]:
    """The table of SCS-0103 as the rules get it: mandatory rows, recommended rows, or both."""
    found: list[Row] = []
    for table in tables or ("mandatory", "recommended"):
        found += bind(claims()["0103-04"])[table]
    return tuple(found)


def judged(claim: str, *facts: Fact, unread: Mapping[Any, Failure] | None = None, document: str = "v1") -> Judgement:
    """The judgement of a shipped claim on these facts; `document`: version whose parameters hold."""
    outcomes: dict[type, Any] = {**NO_PROBES, **{type(fact): Ok(fact) for fact in facts}}
    outcomes.setdefault(S3Answer, Absent("the catalog has no object-store endpoint here"))
    outcomes.setdefault(ServiceAnswers, Ok(service_answers()))
    outcomes.setdefault(DefaultGroups, Ok(default_group()))
    return judge(claims()[claim].for_document(document), "", Facts({**outcomes, **(unread or {})}))


def verdict(claim: str, *facts: Fact, unread: Mapping[Any, Failure] | None = None, document: str = "v1") -> Verdict:
    """As `judged`, the verdict alone."""
    return judged(claim, *facts, unread=unread, document=document).verdict


def flavor(name: str, **changes: Any) -> Flavor:
    """A flavor that is what its SCS name says, with all its `scs:` keys; `changes` are fields of Flavor."""
    said = parse(name) if name.startswith("SCS-") else None
    fields: dict[str, Any] = {"vcpus": 1, "ram_mib": 1024, "disk_gb": 0, "extra_specs": {}}
    if said:
        fields = {
            "vcpus": said.cpus,
            "ram_mib": int(said.ram_gib * 1024),
            "disk_gb": (said.disk.size_gb or 0) if said.disk else 0,
            "extra_specs": extra_specs(said),
        }
        if said.disk and said.disk.size_gb:
            fields["ephemeral_gb"] = (said.disk.count - 1) * said.disk.size_gb
    return Flavor(**{"id": f"id of {name}", "name": name, **fields, **changes})


def misnamed(name: str, **changes: Any) -> Flavor:
    """A flavor with a name that no parser reads."""
    fields: dict[str, Any] = {"vcpus": 2, "ram_mib": 4096, "disk_gb": 0, "extra_specs": {}}
    return Flavor(**{"id": f"id of {name}", "name": name, **fields, **changes})


def only(*items: Flavor) -> Flavors:
    """A cloud with these flavors and no others."""
    return Flavors(items)


def conforming(*further: Flavor, without: str = "") -> Flavors:
    """A cloud with the 31 flavors of the table, but for the one called `without`, and these further ones."""
    return Flavors((*(flavor(row.name) for row in rows() if row.name != without), *further))


def with_change(name: str, **changes: Any) -> Flavors:
    """A cloud with the 31 flavors of the table, one of them changed."""
    return conforming(flavor(name, **changes), without=name)


def keys(name: str, **changes: str | None) -> dict[str, str]:
    """The `scs:` keys of a flavor with this name, changed: `cpu_type="x"` sets scs:cpu-type, None removes it."""
    found = extra_specs(parse(name))
    for key, value in changes.items():
        full = f"scs:{key.replace('_', '-')}"
        if value is None:
            found.pop(full)
        else:
            found[full] = value
    return found


def template(direction: str, ethertype: str | None = "IPv4", **changes: Any) -> DefaultRule:
    """A template of security group rules: for all groups, unlimited; ingress from PARENT, for default groups."""
    ingress = direction == "ingress"
    fields: dict[str, Any] = {
        **dict.fromkeys(("protocol", "port_range_min", "port_range_max", "remote_ip_prefix")),
        "remote_group_id": "PARENT" if ingress else None,
        "used_in_default_sg": True,
        "used_in_non_default_sg": not ingress,
    }
    name = f"{direction} {ethertype} {sorted(changes)}"
    return DefaultRule(**{"id": name, "direction": direction, "ethertype": ethertype, **fields, **changes})


def templates(*items: DefaultRule) -> DefaultRules:
    """A cloud with these templates."""
    return DefaultRules(items)


def usual_templates(*further: DefaultRule, without: DefaultRule | None = None) -> DefaultRules:
    """What OpenStack ships: egress for all, ingress within default groups; `without` leaves one out."""
    usual = [template(direction, family) for direction in ("egress", "ingress") for family in ("IPv4", "IPv6")]
    return DefaultRules((*(rule for rule in usual if rule != without), *further))


def group_rule(**changes: Any) -> GroupRule:
    """A rule of the default group: ingress by IPv4 from the group itself."""
    fields: dict[str, Any] = {"direction": "ingress", "ethertype": "IPv4", "remote_group_id": "the default group"}
    return GroupRule(**{"id": str(sorted(changes)), **fields, **changes})


def default_group(*further: GroupRule, without: str = "") -> DefaultGroups:
    """The project's default group as OpenStack makes it, with these rules; `without` names a family of ingress."""
    usual = [group_rule(ethertype=family) for family in ("IPv4", "IPv6") if family != without]
    usual += [group_rule(direction="egress", ethertype=family, remote_group_id=None) for family in ("IPv4", "IPv6")]
    return DefaultGroups((SecurityGroup(id="the default group", name="default", rules=(*usual, *further)),))


def service(kind: str, *, interface: str = "public", region: str | None = "RegionOne", url: str = "") -> Service:
    """A catalog entry with one endpoint."""
    return Service(kind, kind, f"id of {kind}", (Endpoint(interface, region, url or f"https://{kind}.example/", "e"),))


MANDATORY = ("block-storage", "compute", "identity", "image", "load-balancer", "network", "object-store-s3")


def catalog(*further: Service, without: str = "", region: str = "RegionOne", interface: str = "public") -> Catalog:
    """A catalog with the mandatory services by their canonical types and placement, and these further entries."""
    types = (*MANDATORY, "placement")
    return Catalog((*(service(kind) for kind in types if kind != without), *further), region, interface)


def service_answers(**changes: ServiceAnswer) -> ServiceAnswers:
    """Every service answers its harmless read, but for these (`load_balancer=...`)."""
    fine = {kind: ServiceAnswer(asked=f"/{kind}", state=State.ANSWERS) for kind in (*READS, S3)}
    return ServiceAnswers(fine | {kind.replace("_", "-"): answer for kind, answer in changes.items()})


def s3_answer(status: int = 403, code: str = "", body: bytes | None = None) -> S3Answer:
    """What the host of the object store said to an unknown key: an S3 error with this code, or this body."""
    error = f"<?xml version='1.0'?>\n<Error><Code>{code}</Code><Message>no</Message></Error>".encode()
    return S3Answer("https://object-store.example", status, read_body(error if body is None else body))


def changed(item: Any, **changes: Any) -> Any:
    """A copy of a record with other fields."""
    return msgspec.structs.replace(item, **changes)
