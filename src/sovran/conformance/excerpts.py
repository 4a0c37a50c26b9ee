# SPDX-License-Identifier: Apache-2.0
"""Raw excerpts: what the cloud itself said about the resources that findings name, without what may be secret."""

import itertools
from collections.abc import Iterable, Iterator, Mapping, Set
from contextlib import suppress

import msgspec

from sovran.cloud.recording import UNREADABLE, Exchange, Reader
from sovran.model.finding import Weight
from sovran.model.printable import printable
from sovran.model.report import Excerpt, Judgement

MOST_EXCERPTS = 1000
"""Per report: a few megabytes at most."""
MOST_CHARACTERS = 4000
"""Of one excerpt; of a longer one the beginning."""
SERVICE = "service"
"""Kind of the resources that stand in the catalog."""
CATALOG = "identity: the catalog of the token"
LONGEST_WORDS = 200
"""Characters of a request's path, which may hold what the cloud gave as the next page."""

_SHOWN = {
    "flavors": """id name ram disk vcpus swap rxtx_factor OS-FLV-EXT-DATA:ephemeral OS-FLV-DISABLED:disabled
        os-flavor-access:is_public extra_specs""",
    "images": """id name status visibility protected os_hidden owner size virtual_size disk_format container_format
        min_disk min_ram checksum os_hash_algo os_hash_value created_at updated_at architecture hypervisor_type
        hw_rng_model hw_disk_bus hw_scsi_model hw_mem_encryption hw_pmu hw_video_ram hw_vif_multiqueue_enabled
        hw_watchdog_action hw_firmware_type hw_machine_type hw_qemu_guest_agent os_distro os_version os_type
        os_secure_boot os_purpose os_require_quiesce image_build_date image_original_user image_source
        replace_frequency provided_until uuid_validity hotfix_hours patchlevel maintained_until license_included
        license_required subscription_included subscription_required""",
    "volume_types": "id name description is_public extra_specs",
    "default_security_group_rules": """id direction ethertype protocol port_range_min port_range_max remote_ip_prefix
        remote_group_id remote_address_group_id used_in_default_sg used_in_non_default_sg""",
    "security_group_rules": """id direction ethertype protocol port_range_min port_range_max remote_ip_prefix
        remote_group_id remote_address_group_id security_group_id""",
    "networks": """id name status admin_state_up shared is_default router:external availability_zones mtu subnets
        port_security_enabled ipv4_address_scope ipv6_address_scope project_id""",
    "security_groups": "id name project_id stateful shared security_group_rules",
    "rbac_policies": "id object_type object_id action target_tenant project_id",
    "roles": "id name domain_id",
    "subnets": "id name network_id ip_version cidr subnetpool_id enable_dhcp ipv6_ra_mode project_id",
    "subnetpools": """id name is_default shared ip_version prefixes default_prefixlen min_prefixlen max_prefixlen
        project_id""",
}
SHOWN: Mapping[str, frozenset[str]] = {collection: frozenset(keys.split()) for collection, keys in _SHOWN.items()}
"""Collection to the keys of an item that are shown: those that the APIs and standards define. All others are named
only, since a tenant can give an image any property, a password too.
"""

RULES = "security_group_rules"
SPECS = "extra_specs"
SPECS_SHOWN = (
    "scs:", "hw:", "hw_", "trait:", "resources:", "quota:", "pci_passthrough:", "aggregate_instance_extra_specs:",
    "capabilities:", "multiattach", "replication_enabled", "RESKEY:",
)  # fmt: skip
"""Beginnings of the keys of extra_specs that are shown."""

DULL = frozenset(("links", "self", "file", "schema"))
"""Keys that are left out without a word: addresses of the resource itself."""


class _Id(msgspec.Struct):
    id: str = ""


def excerpts(
    judgements: Iterable[Judgement], exchanges: Iterable[Exchange], reader: Reader | None = None
) -> tuple[Excerpt, ...]:
    """What the answers in `exchanges` say about each resource that a finding names by id, in the order of the findings.

    Of the first MOST_EXCERPTS such resources; what the cloud listed in another form than JSON, or in a collection that
    is not in SHOWN, has none. Services are shown from the catalog that `reader` has with its token.
    """
    wanted = _wanted(judgements)
    if not wanted:
        return ()
    found: dict[str, Excerpt] = {}
    for exchange in exchanges:
        for excerpt in _in_exchange(exchange, wanted.keys()):
            found.setdefault(excerpt.resource, excerpt)
    if reader is not None and SERVICE in wanted.values():
        for service in reader.principal.services:
            if wanted.get(service.id) == SERVICE:
                text = _text(msgspec.json.encode(service))
                found[service.id] = Excerpt(resource=service.id, request=CATALOG, at=reader.now, text=text)
    return tuple(found[name] for name in wanted if name in found)


def _wanted(judgements: Iterable[Judgement]) -> dict[str, str]:
    """Ids that findings name, with the kind of the resource; violations first, in order, each once."""
    ids: dict[Weight, dict[str, str]] = {Weight.VIOLATION: {}, Weight.NOTE: {}}
    for judgement in judgements:
        for finding in judgement.findings:
            if finding.resource is not None and finding.resource.id:
                ids[finding.weight][finding.resource.id] = finding.resource.kind
    both = ids[Weight.VIOLATION] | ids[Weight.NOTE]
    return dict(itertools.islice(both.items(), MOST_EXCERPTS))


def _in_exchange(exchange: Exchange, wanted: Set[str]) -> Iterator[Excerpt]:
    try:
        document = msgspec.json.decode(exchange.body, type=dict[str, msgspec.Raw])
    except UNREADABLE:
        return
    for collection in document.keys() & SHOWN.keys():
        # what is no listing in JSON has no excerpts; msgspec looks at the bytes of raw parts late
        with suppress(*UNREADABLE):
            ids = msgspec.json.decode(document[collection], type=list[_Id])
            if wanted.isdisjoint(one.id for one in ids):
                continue
            items = msgspec.json.decode(document[collection], type=list[dict[str, msgspec.Raw]])
            for one, item in zip(ids, items, strict=True):
                if one.id in wanted:
                    yield _excerpt(one.id, item, collection, exchange)


def _excerpt(name: str, item: dict[str, msgspec.Raw], collection: str, exchange: Exchange) -> Excerpt:
    left_out = [key for key in item if key not in SHOWN[collection] | DULL]
    shown = {key: value for key, value in item.items() if key in SHOWN[collection]}
    if SPECS in shown:
        try:
            specs = msgspec.json.decode(shown[SPECS], type=dict[str, msgspec.Raw])
        except UNREADABLE:
            del shown[SPECS]
            left_out.append(SPECS)
        else:
            known = {key: value for key, value in specs.items() if key.startswith(SPECS_SHOWN)}
            shown[SPECS] = msgspec.Raw(msgspec.json.encode(known))
            left_out += [f"{SPECS}/{key}" for key in specs if key not in known]
    if RULES in shown:
        shown[RULES] = msgspec.Raw(msgspec.json.encode(_rules(shown[RULES])))
    return Excerpt(
        resource=name,
        request=printable(f"{exchange.service} GET {exchange.path}", LONGEST_WORDS),
        at=exchange.at,
        text=_text(msgspec.json.encode(shown)),
        left_out=tuple(printable(key) for key in left_out),
    )


def _rules(listed: msgspec.Raw) -> list[dict[str, msgspec.Raw]]:
    """The rules of a security group without what people write into them."""
    rules = msgspec.json.decode(listed, type=list[dict[str, msgspec.Raw]])
    return [{key: value for key, value in rule.items() if key in SHOWN[RULES]} for rule in rules]


def _text(encoded: bytes) -> str:
    text = msgspec.json.format(encoded, indent=2).decode()
    return text if len(text) <= MOST_CHARACTERS else text[:MOST_CHARACTERS] + "\n..."
