# SPDX-License-Identifier: Apache-2.0
"""Every break flips exactly what the table says, alone and together with others, and heals without a trace."""

import datetime
import json
import random
from collections.abc import Iterator
from itertools import combinations
from typing import Any

import msgspec
import pytest

from sovran.cloud.config.clouds_yaml import read_cloud
from sovran.conformance.run import Limits, check_cloud
from sovran.conformance.selection import select
from sovran.lab import content, fronts
from sovran.lab.breaks import apply, journal
from sovran.lab.breaks.actions import (
    Action,
    AddDefaultRule,
    AddFlavor,
    DeleteDefaultRule,
    DeleteFlavor,
    ResizeFlavor,
    SetExtraSpecs,
)
from sovran.lab.breaks.address_states import AddFloatingIp, SetSubnet
from sovran.lab.breaks.database_states import AddVolumeZone, SetImageHash
from sovran.lab.breaks.driver_states import SetExtensionDrivers
from sovran.lab.breaks.fault_states import SetFault
from sovran.lab.breaks.image_states import AddImage, SetImage, list_images
from sovran.lab.breaks.network_states import AddNetwork, AddSubnetPool, DeleteSubnetPool, SetNetwork
from sovran.lab.breaks.policy_states import RenameRole, SetPolicy, read_policy
from sovran.lab.breaks.states import State, enforce
from sovran.lab.breaks.table import Break, load, with_needs
from sovran.lab.breaks.tls_states import SecureEndpoints, SetTls
from sovran.lab.breaks.volume_type_states import AddVolumeType, DescribeVolumeType
from sovran.lab.breaks.zone_states import MoveHost
from sovran.lab.seeds.api import AdminApi
from sovran.lab.seeds.catalog import CatalogChange
from sovran.lab.seeds.default_rules import list_default_rules
from sovran.lab.seeds.flavors import list_flavors
from sovran.lab.seeds.subnet_pools import list_subnet_pools
from sovran.model.verdict import Verdict
from sovran.standards.load import load_standards
from sovran.standards.resolve import choose, resolve
from tests.live.live_lab import LiveLab

pytestmark = pytest.mark.live

ROWS = [row for row in load().values() if not row.probes]
"""Those that need a probe are in test_probe_breaks."""
EFFECTIVE, NEXT = "v5.1", "next"
POLICED = ("keystone", "cinder", "barbican", "glance", "neutron", "nova")
DRAWS = 12

Verdicts = dict[str, Verdict]


def judge(lab: LiveLab, version: str) -> Verdicts:
    """Claim to verdict, as `sovran check --testcase '*'` judges for the member, with all standards named; with NEXT
    also the claims of the draft of 0104, which no version includes and v3, that has no 0104, judges on request.

    In this process, since importing everything for each break would take most of the time.
    """
    ruleset = load_standards()

    def verdicts(version: str, standards: list[str]) -> Verdicts:
        ((scope, found),) = choose(ruleset, f"scs-iaas@{version}", datetime.datetime.now(datetime.UTC).date())
        selection = select(ruleset, resolve(ruleset, scope, found), standards=standards, patterns=["*"])
        report = check_cloud(read_cloud("lab"), selection, Limits())
        return {judgement.claim: judgement.verdict for judgement in report.judgements}

    with pytest.MonkeyPatch.context() as patch:
        for name, value in lab.environment().items():
            if name.startswith("OS_"):
                patch.setenv(name, value)
        draft = verdicts("v3", ["scs-0104"]) if version == NEXT else {}
        return draft | verdicts(version, [*ruleset.standards])


def state(lab: LiveLab) -> dict[str, Any]:
    """Everything that a break may touch, as the administrator sees it; ids of what was made anew are left out."""
    with AdminApi(lab.description) as api:
        services = api.listing("keystone", "/v3/services", "services")
        endpoints = api.listing("keystone", "/v3/endpoints", "endpoints")
        view = f"/v3/OS-EP-FILTER/projects/{api.project('member')}/endpoints"
        return {
            "flavors": list(list_flavors(api).values()),
            "images": sorted(map(repr, list_images(api).values())),
            "default rules": {repr(found.rule) for found in list_default_rules(api)},
            "services": {(item["id"], item["type"], item["enabled"]) for item in services},
            "endpoints": {(item["id"], item["url"], item["enabled"]) for item in endpoints},
            "view": {item["id"] for item in api.listing("keystone", view, "endpoints")},
            "hashes": sorted(
                (item["name"], item["os_hash_algo"], item["os_hash_value"])
                for item in api.listing("glance", "/v2/images?limit=1000", "images")
            ),
            "subnets": {item["cidr"] for item in api.listing("neutron", "/v2.0/subnets", "subnets")},
            "floating IPs": len(api.listing("neutron", "/v2.0/floatingips", "floatingips")),
            "volume zones": {
                item["zoneName"] for item in api.listing("cinder", "/v3/os-availability-zone", "availabilityZoneInfo")
            },
            "extension drivers": lab.description.extension_drivers,
            "TLS proxies": sorted(fronts.load(lab.folder)),
            "roles": {item["name"] for item in api.listing("keystone", "/v3/roles", "roles")},
            "policies": [read_policy(api, service) for service in POLICED],
            "volume types": {
                (item["name"], item["description"], str(item["extra_specs"]))
                for item in api.listing("cinder", "/v3/types?is_public=None", "volume_types")
            },
            "networks": {
                (
                    item["name"],
                    item["router:external"],
                    item["shared"],
                    item["is_default"],
                    item["port_security_enabled"],
                )
                for item in api.listing("neutron", "/v2.0/networks", "networks")
            },
            "pools": {name: pool for name, (_, pool) in list_subnet_pools(api).items()},
            "aggregates": [item["name"] for item in api.listing("nova", "/v2.1/os-aggregates", "aggregates")],
        }


def quiet(_: str) -> None:
    """Say nothing."""


@pytest.fixture(scope="module")
def sound(lab: LiveLab) -> dict[str, Verdicts]:
    """The lab with the profile scs; its verdicts by scope version."""
    content.apply_profile(lab.name, "scs", None, quiet)
    return {version: judge(lab, version) for version in (EFFECTIVE, NEXT)}


@pytest.fixture(scope="module")
def untouched(lab: LiveLab, sound: dict[str, Verdicts]) -> dict[str, Any]:
    """The state of that lab."""
    assert sound
    return state(lab)


@pytest.fixture
def healed(lab: LiveLab, untouched: dict[str, Any]) -> Iterator[None]:
    """Whatever a test breaks is healed after it, without a trace."""
    yield
    content.heal_lab(lab.name, (), quiet)
    assert state(lab) == untouched
    assert journal.load(lab.folder) == []


def changed(before: Verdicts, after: Verdicts) -> Verdicts:
    """The verdicts that are not as before."""
    assert after.keys() == before.keys()
    return {claim: verdict for claim, verdict in after.items() if before[claim] is not verdict}


def must_change(rows: tuple[Break, ...], version: str, before: Verdicts) -> Verdicts:
    """What these breaks together are to flip."""
    flips: Verdicts = {}
    for row in with_needs(rows):
        flips |= row.expected(before, next_version=version == NEXT)
    return {claim: verdict for claim, verdict in flips.items() if before[claim] is not verdict}


@pytest.mark.usefixtures("healed")
@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.id)
def test_a_break_flips_exactly_what_the_table_says(row: Break, lab: LiveLab, sound: dict[str, Verdicts]) -> None:
    content.break_lab(lab.name, [row.id], quiet)
    # Only faults of the catalog and of images can touch claims that the next version has beside the effective one's.
    both = any(isinstance(action, CatalogChange | AddImage | SetImage | SetImageHash) for action in row.actions)
    for version in [EFFECTIVE, NEXT] if both else [EFFECTIVE]:
        assert changed(sound[version], judge(lab, version)) == must_change((row,), version, sound[version])


def test_healed_verdicts_are_those_before(lab: LiveLab, sound: dict[str, Verdicts]) -> None:
    content.break_lab(lab.name, ["cpu-type-missing", "mandatory-flavor-missing", "no-load-balancer"], quiet)
    content.heal_lab(lab.name, ["mandatory-flavor-missing"], quiet)
    partly = changed(sound[EFFECTIVE], judge(lab, EFFECTIVE))
    rows = (load()["cpu-type-missing"], load()["no-load-balancer"])
    assert partly == must_change(rows, EFFECTIVE, sound[EFFECTIVE])
    content.heal_lab(lab.name, (), quiet)
    assert judge(lab, EFFECTIVE) == sound[EFFECTIVE]


OBJECTS: dict[type[Action], tuple[str, ...]] = {
    AddDefaultRule: ("{direction} {ethertype}",),
    DeleteDefaultRule: ("{direction} {ethertype}",),
    # a claim that asks whether there is a type, a network or a zone looks at all of them
    **dict.fromkeys((AddVolumeType, DescribeVolumeType), ("volume types",)),
    **dict.fromkeys(
        (AddNetwork, SetNetwork, AddSubnetPool, DeleteSubnetPool, SetSubnet, AddFloatingIp), ("provider networks",)
    ),
    **dict.fromkeys((MoveHost, AddVolumeZone), ("availability zones",)),
    # which extensions there are matters to claims that speak of clouds with DNS
    SetExtensionDrivers: ("catalog dns",),
    SetPolicy: ("policy {service}",),
    SetFault: ("fault {service}",),
    RenameRole: ("role {role}",),
    CatalogChange: ("catalog {type}",),
    # what changes the whole catalog goes with no other change of it
    **dict.fromkeys((SecureEndpoints, SetTls), ("whole catalog",)),
    AddImage: ("image {name}", "image {like}"),
    **dict.fromkeys((SetImage, SetImageHash), ("image {image}",)),
    AddFlavor: ("flavor {name}",),
    **dict.fromkeys((DeleteFlavor, ResizeFlavor, SetExtraSpecs), ("flavor {flavor}",)),
}
"""Action to the objects that it changes, in words that are equal for equal objects."""


def touched(row: Break) -> set[str]:
    """The objects that a break changes; the member's own view of the catalog lists all endpoints."""
    actions = [action for one in with_needs([row]) for action in one.actions]
    views = {"whole catalog" for action in actions if getattr(action, "do", "") == "hide-from-member"}
    return views | {
        name.format(**msgspec.structs.asdict(action)) for action in actions for name in OBJECTS[type(action)]
    }


def independent(first: Break, second: Break) -> bool:
    """Whether each of the two flips what it flips also beside the other."""
    objects = touched(first) | touched(second)
    if touched(first) & touched(second):
        return False
    if "whole catalog" in objects and any(item.startswith("catalog ") for item in objects):
        return False
    claims = [*first.flips, *first.next, *second.flips, *second.next]
    one, other = (row.expected(claims, next_version=True) for row in (first, second))
    return all(one[claim] is other[claim] for claim in one.keys() & other.keys())


def draws() -> list[tuple[Break, ...]]:
    """Combinations of three breaks that are independent of each other, the same in each run; the first ones are of
    different kinds, so that not only the many of flavors and images are drawn.
    """
    chance = random.Random(115)  # noqa: S311 - nothing secret
    kinds: dict[str, list[Break]] = {}
    for row in ROWS:
        kinds.setdefault(type(row.actions[0]).__name__, []).append(row)
    chosen: list[tuple[Break, ...]] = []
    for kind in chance.sample(sorted(kinds), DRAWS):
        rows: tuple[Break, ...] = ()
        while not rows or not all(independent(first, second) for first, second in combinations(rows, 2)):
            rows = (chance.choice(kinds[kind]), *chance.sample(ROWS, 2))
        chosen.append(rows)
    return chosen


@pytest.mark.usefixtures("healed")
@pytest.mark.parametrize("rows", draws(), ids=lambda rows: "+".join(row.id for row in rows))
def test_independent_breaks_flip_the_union(rows: tuple[Break, ...], lab: LiveLab, sound: dict[str, Verdicts]) -> None:
    content.break_lab(lab.name, [row.id for row in rows], quiet)
    for version in (EFFECTIVE, NEXT):
        assert changed(sound[version], judge(lab, version)) == must_change(rows, version, sound[version])


@pytest.mark.usefixtures("healed")
def test_a_break_that_was_cut_short_heals(lab: LiveLab, monkeypatch: pytest.MonkeyPatch) -> None:
    before = state(lab)
    done: list[State] = []

    def once(api: AdminApi, wanted: State) -> None:
        if done:
            raise KeyboardInterrupt
        done.append(wanted)
        enforce(api, wanted)

    monkeypatch.setattr(apply, "enforce", once)
    with pytest.raises(KeyboardInterrupt):
        content.break_lab(lab.name, ["egress-by-tcp-only"], quiet)
    monkeypatch.undo()
    assert state(lab) != before
    content.heal_lab(lab.name, (), quiet)
    assert state(lab) == before


@pytest.mark.usefixtures("healed")
def test_two_breaks_of_one_flavor_heal_in_reverse(lab: LiveLab) -> None:
    content.break_lab(lab.name, ["cpu-type-missing"], quiet)
    once = state(lab)
    twice = ["disk-type-without-disk", "standard-flavor-too-small"]
    content.break_lab(lab.name, twice, quiet)
    content.heal_lab(lab.name, twice, quiet)
    assert state(lab) == once


@pytest.mark.usefixtures("healed")
def test_the_commands_say_what_they_do(lab: LiveLab) -> None:
    done = lab.sovran("lab", "break", "no-placement", "no-image", "--name", lab.name)
    assert (done.returncode, done.stdout) == (0, "")
    assert "no-image: The catalog has no image service" in done.stderr
    listed = lab.sovran("lab", "breaks", "--json", "--name", lab.name)
    assert [entry["id"] for entry in json.loads(listed.stdout) if entry["active"]] == ["no-image", "no-placement"]
    done = lab.sovran("lab", "heal", "--name", lab.name)
    assert done.stderr.splitlines() == ["no-image: healed", "no-placement: healed"]
