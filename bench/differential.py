# SPDX-License-Identifier: Apache-2.0
"""Random clouds, judged by sovran's official reading and by the reference suite's own functions: are they equal?

    python bench/differential.py --reference DIR [--clouds N] [--seed S]

DIR is a checkout of SovereignCloudStack/standards; its functions get plain objects, no cloud is asked. Exit 1: a
verdict differs. The semantics check is left out where a name has a disk part without a size, and testcases on images
where the reference aborts: on images without a name, a size or provided_until.
"""

import argparse
import importlib
import logging
import random
import sys
import time
import types
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import msgspec

from sovran.cloud.facts.catalog import Catalog
from sovran.cloud.facts.default_rules import DefaultRule, DefaultRules
from sovran.cloud.facts.flavors import Flavor, Flavors
from sovran.cloud.facts.images import Images
from sovran.cloud.facts.now import Now
from sovran.cloud.facts.s3 import S3Answer
from sovran.cloud.facts.volume_types import VolumeType, VolumeTypes
from sovran.cloud.fetch import Facts
from sovran.cloud.outcome import Absent, Ok, Outcome
from sovran.cloud.recording import Service
from sovran.conformance.judge import judge
from sovran.model.claim import Claim
from sovran.naming.flavor_name import extra_specs, parse
from sovran.naming.official import official_reading
from sovran.standards.load import load_standards
from synthetic_images import NOW, as_the_sdk_gives_them, random_images

Check = tuple[str, Callable[..., Any], tuple[Any, ...]]
"""Testcase, the reference's function, and its arguments."""
Difference = tuple[str, str, str, object]
"""Testcase, the reference's verdict, ours, and the cloud."""

SPELLINGS = (
    "SCS-2V:4", "SCS-1V-4_kvm", "SCS-2C-4-3x10s", "SCS-2C-10.5", "SCS-02V-4", "SCS-2V-4.0", "SCS-2V-.5", "SCS-2V-4-x10",
    "SCS-2v-4", "SCS-2V-4_fast", "SCS-2V-4_GNa_ib", "SCS-2V-4_GNa-14h-6", "SCS-", "scs-2V-4", "m1.small", "SCS-2V-4\n",
)  # fmt: skip
ASPECTS = ("encrypted", "replicated", "encrypted", "replicated", "Encrypted", "multiattach", "", " ", "a[b", "\n")
OPENINGS = ("[scs:", "[scs:", "[scs:", "[scs: ", "[SCS:", " [scs:", "[scs", "x [scs:", "[[scs:")
ENDINGS = ("]", "] text", "][scs:replicated]", "", "\n]", ",]", "]]")
KEYS = ("scs:name-v1", "scs:name-v2", "scs:name-v3", "scs:cpu-type", "scs:disk0-type", "scs:disk1-type", "hw:x")
TYPES = (
    "compute", "identity", "image", "network", "load-balancer", "placement", "volume", "volumev2", "volumev3",
    "block-storage", "block-store", "object-store", "object-store-s3", "s3", "key-manager", "Compute", "",
)  # fmt: skip


def load_reference(checkout: Path) -> Any:
    """The reference's functions, by name."""
    folder = checkout / "Tests" / "iaas"
    if not folder.is_dir():
        sys.exit(f"bench/differential.py: {folder} is missing; give a checkout of SovereignCloudStack/standards")
    sys.path.insert(0, str(folder))
    # imported by the module on services, and used only by what talks to a cloud
    sys.modules.setdefault("boto3", types.ModuleType("boto3"))
    found: dict[str, Any] = {}
    # its functions on images keep the time of their import as a default argument
    real, time.time = time.time, NOW.timestamp
    for module in (
        "scs_0100_flavor_naming.flavor_names",
        "scs_0100_flavor_naming.flavor_names_check",
        "scs_0102_image_metadata.image_metadata",
        "scs_0103_standard_flavors.standard_flavors",
        "scs_0104_standard_images.standard_images",
        "scs_0114_volume_types.volume_types",
        "scs_0115_security_groups.security_groups",
        "scs_0116_key_manager.key_manager",
        "scs_0123_mandatory_services.mandatory_services",
    ):
        found |= vars(importlib.import_module(module))
    logging.disable(logging.CRITICAL)
    time.time = real
    return SimpleNamespace(**found)


def random_flavors(draw: random.Random, names: tuple[str, ...]) -> Flavors:
    """Standard flavors and others, most as their name says, with a few faults."""
    items = []
    for number in range(draw.randint(0, 12)):
        name = draw.choice(names if draw.random() < 0.7 else SPELLINGS)
        said = parse(name) if name in names else parse(draw.choice(names))
        specs = extra_specs(said) if draw.random() < 0.8 else {}
        for key in draw.sample(KEYS, draw.choice((0, 0, 0, 1, 2))):
            specs[key] = draw.choice((*names[:5], "shared-core", "crowded-core", "ssd", "network", "nvme", ""))
        if specs and draw.random() < 0.1:
            specs.pop(draw.choice(list(specs)))
        items.append(
            Flavor(
                id=str(number),
                name=name,
                vcpus=said.cpus + draw.choice((0, 0, 0, 0, -1, 1)),
                ram_mib=int(said.ram_gib * 1024) + draw.choice((0, 0, 0, 0, -51, -52, 1, 512, -512)),
                disk_gb=max(0, (said.disk.size_gb or 0 if said.disk else 0) + draw.choice((0, 0, 0, 0, -1, 5))),
                extra_specs=specs,
            )
        )
    return Flavors(tuple(items))


def random_templates(draw: random.Random) -> DefaultRules:
    """What OpenStack ships, each rule perhaps missing or changed, and others."""
    rules = []
    for number in range(draw.randint(0, 7)):
        direction = ("egress", "ingress")[number % 2] if number < 4 else draw.choice(("egress", "ingress"))
        changed = draw.random() < 0.3
        rules.append(
            DefaultRule(
                id=str(number),
                direction=direction,
                ethertype=("IPv4", "IPv6")[number // 2] if number < 4 else draw.choice(("IPv4", "IPv6", None)),
                protocol=draw.choice((None, "tcp", "0")) if changed else None,
                port_range_min=draw.choice((None, 22)) if changed else None,
                port_range_max=None,
                remote_ip_prefix=draw.choice((None, "", "0.0.0.0/0", "::/0", "10.0.0.0/8")) if changed else None,
                remote_group_id=draw.choice((None, "PARENT", "x")) if changed or direction == "egress" else "PARENT",
                used_in_default_sg=draw.random() < 0.9,
                used_in_non_default_sg=(draw.random() < 0.9) == (direction == "egress"),
            )
        )
    return DefaultRules(tuple(rules))


def random_catalog(draw: random.Random) -> Catalog:
    """Some types, in any order, some twice."""
    return Catalog(tuple(Service(draw.choice(TYPES)) for _ in range(draw.randint(0, 14))), "", "public")


def random_volume_types(draw: random.Random) -> VolumeTypes:
    """Types with descriptions made of what can stand in a list of aspects, and of what cannot."""
    items = []
    for number in range(draw.randint(0, 5)):
        names = [draw.choice(ASPECTS) for _ in range(draw.randint(0, 3))]
        listed = draw.choice(OPENINGS) + draw.choice((",", ", ", " ,  ")).join(names) + draw.choice(ENDINGS)
        description = draw.choice((None, "", "plain", listed, listed, listed))
        items.append(VolumeType(id=str(number), name=f"type-{number}", description=description))
    return VolumeTypes(tuple(items))


class Object(dict[str, Any]):
    """As openstacksdk's resources: fields as attributes and by key."""

    def __getattr__(self, name: str) -> Any:
        return self[name]


def reference_flavors(flavors: Flavors) -> list[Object]:
    """The flavors as openstacksdk gives them to the reference."""
    return [
        Object(name=one.name, vcpus=one.vcpus, ram=one.ram_mib, disk=one.disk_gb, extra_specs=one.extra_specs or {})
        for one in flavors.items
    ]


def verdict_of(function: Callable[..., Any], *arguments: Any) -> str:
    """As the reference's harness: ABORT for an exception."""
    try:
        return "PASS" if function(*arguments) else "FAIL"
    except Exception:
        return "ABORT"


class Judges:
    """Both sides, for one testcase at a time."""

    def __init__(self, reference: Any) -> None:
        self.reference = reference
        self.claims = load_standards(environ={}).claims
        self.counts: Counter[str] = Counter()

    def ours(self, testcase: str, fact: Any) -> str:
        """Our verdict; counted, so that it is seen that both verdicts occur."""
        claim: Claim = self.claims[testcase]
        others: dict[type, Outcome[Any]] = {S3Answer: Absent("not asked"), Now: Ok(Now(NOW))}
        verdict = str(judge(claim, "main", Facts({**others, type(fact): Ok(fact)})).verdict)
        self.counts[f"{claim.standard} {verdict}"] += 1
        return verdict

    def flavors(self, flavors: Flavors) -> Iterator[Difference]:
        """All testcases on flavors."""
        theirs = reference_flavors(flavors)
        named = self.reference.compute_scs_flavors(theirs)
        checks: list[Check] = [("scs-0100-syntax-check", self.reference.compute_scs_0100_syntax_check, (named,))]
        if not any(_has_disk_of_no_size(one.name) for one in flavors.items):
            checks.append(("scs-0100-semantics-check", self.reference.compute_scs_0100_semantics_check, (named,)))
        lookup = self.reference.compute_flavor_lookup(theirs)
        for name in self.reference.SCS_0103_CANONICAL_NAMES:
            wanted = self.reference.compute_flavor_spec(name)
            testcase = f"scs-0103-flavor-{name.removeprefix('SCS-').lower()}"
            checks.append((testcase, self.reference.compute_scs_0103_flavor, (lookup, wanted)))
        yield from self.compare(checks, flavors)

    def images(self, images: Images) -> Iterator[Difference]:
        """All testcases on images."""
        theirs, suite = [Object(image) for image in as_the_sdk_gives_them(images)], self.reference
        checks: list[Check] = []
        for testcase in (one for one in self.claims if one.startswith("scs-0102-")):
            if testcase != "scs-0102-image-recency" or all(image.provided_until is not None for image in images.items):
                function = getattr(suite, "compute_" + testcase.replace("-", "_"))
                checks.append((testcase, function, (theirs,)))
        lookup = {one.name: one for one in theirs}
        for name, spec in suite.SCS_0104_IMAGE_SPECS.items():
            key = name.replace("ubuntu-capi-image", "capi").replace(" ", "-").replace(".", "").lower()
            for kind, function in (("source", suite.compute_scs_0104_source), ("image", suite.compute_scs_0104_image)):
                if (testcase := f"scs-0104-{kind}-{key}") in self.claims:
                    checks.append((testcase, function, (lookup, spec)))
        yield from self.compare(checks, images)

    def templates(self, templates: DefaultRules) -> Iterator[Difference]:
        """The testcase on default rules, where the cloud has their API."""
        theirs = [Object(msgspec.structs.asdict(rule)) for rule in templates.items]
        yield from self.compare(
            [("scs-0115-default-rules", self.reference.check_default_rules, (theirs,))],
            templates,
        )

    def catalog(self, catalog: Catalog) -> Iterator[Difference]:
        """The testcases on presence in the catalog."""
        lookup = defaultdict(list)
        for service in catalog.services:
            lookup[service.type].append(service)
        present = self.reference.compute_scs_0123_service_presence
        single = ("compute", "identity", "image", "network", "load-balancer", "placement")
        checks: list[Check] = [(f"scs-0123-service-{kind}", present, (lookup, kind)) for kind in single]
        checks.append(("scs-0123-storage-apis", present, (lookup, "volume", "volumev3", "block-storage")))
        checks.append(("scs-0123-service-s3", present, (lookup, "object-store-s3")))
        checks.append(("scs-0116-presence", self.reference.compute_scs_0116_presence, (lookup,)))
        yield from self.compare(checks, catalog)

    def volume_types(self, types: VolumeTypes) -> Iterator[Difference]:
        """All testcases on volume types."""
        theirs = [Object(name=one.name, description=one.description) for one in types.items]
        lookup = self.reference.compute_volume_type_lookup(theirs)
        aspect = self.reference.compute_scs_0114_aspect_type
        checks: list[Check] = [("scs-0114-syntax-check", self.reference.compute_scs_0114_syntax_check, (lookup,))]
        checks += [(f"scs-0114-{one}-type", aspect, (lookup, one)) for one in ("encrypted", "replicated")]
        yield from self.compare(checks, types)

    def compare(self, checks: list[Check], fact: object) -> Iterator[Difference]:
        """Where the two differ."""
        for testcase, function, arguments in checks:
            theirs, ours = verdict_of(function, *arguments), self.ours(testcase, fact)
            if theirs != ours:
                yield testcase, theirs, ours, fact


def _has_disk_of_no_size(name: str) -> bool:
    read = official_reading(name)
    return read is not None and read.has_disk and read.disk_gb is None


def main() -> int:
    """Compare and report."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--reference", type=Path, required=True, help="checkout of SovereignCloudStack/standards")
    parser.add_argument("--clouds", type=int, default=5000)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    judges = Judges(load_reference(options.reference))
    names = tuple(judges.reference.SCS_0103_CANONICAL_NAMES)
    draw = random.Random(options.seed)
    differences: list[Difference] = []
    for _ in range(options.clouds):
        differences += judges.flavors(random_flavors(draw, names))
        differences += judges.images(random_images(draw))
        differences += judges.templates(random_templates(draw))
        differences += judges.catalog(random_catalog(draw))
        differences += judges.volume_types(random_volume_types(draw))
    for testcase, theirs, ours, fact in differences[:10]:
        print(f"{testcase}: reference {theirs}, sovran {ours}, on {fact!r}")
    seen = ", ".join(f"{what} {count}" for what, count in sorted(judges.counts.items()))
    print(f"{options.clouds} clouds of each kind, {judges.counts.total()} verdicts, {len(differences)} differ ({seen})")
    return 1 if differences else 0


if __name__ == "__main__":
    sys.exit(main())
