# SPDX-License-Identifier: Apache-2.0
"""A large cloud offline: 5,000 flavors and 5,000 images as Nova and Glance list them, judged for SCS-0100, 0102, 0103
and 0104.

    python bench/judge.py [--flavors N] [--images N] [--runs N]

Each run is a fresh process that decodes the recorded answers, loads the standards and judges. Exit 1: the fastest run
takes more than 2 s as a whole process, or its peak memory is more than 300 MiB.
"""

import argparse
import datetime
import json
import os
import random
import resource
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

MOST_SECONDS = 2.0
MOST_MIB = 300.0
NOW = datetime.datetime(2026, 11, 20, tzinfo=datetime.UTC)
STANDARDS = ("scs-0100", "scs-0102", "scs-0103", "scs-0104")
DISKS = ("", "-10", "-20", "-50", "-100s", "-200n", "-20p", "-3x10s", "-")
EXTENSIONS = ("", "", "", "_kvm", "_i3h", "_z4", "_hwv", "_GNa-14-6h", "_ib", "_fast")


def listing(count: int) -> bytes:
    """The body of `GET /flavors/detail`: the standard flavors, SCS names with keys, and names of the provider's own."""
    from sovran.naming.flavor_name import check, extra_specs
    from sovran.rules.registry import bind
    from sovran.standards.load import load_standards

    draw = random.Random(1)
    wanted = bind(load_standards(environ={}).claims["0103-03"])["wanted"]
    names = [row.name for row in wanted]
    while len(names) < count:
        size = f"{draw.choice((1, 2, 3, 4, 8, 16, 32))}{draw.choice('CTVL')}-{draw.choice((1, 2, 4, 10.5, 16, 64))}"
        names.append(
            f"SCS-{size}{draw.choice(DISKS)}{draw.choice(EXTENSIONS)}"
            if draw.random() < 0.6
            else f"m{len(names)}.{size}"
        )
    flavors = []
    for number, name in enumerate(names):
        said = check(name).parsed
        flavors.append(
            {
                "OS-FLV-DISABLED:disabled": False,
                "OS-FLV-EXT-DATA:ephemeral": 0,
                "description": None,
                "disk": (said.disk.size_gb or 0) if said and said.disk else 0,
                "extra_specs": extra_specs(said) if said else {"hw_rng:allowed": "True", "quota:cpu_shares": "1024"},
                "id": f"{number:08x}-0000-4000-8000-{number:012x}",
                "links": [
                    {"href": f"https://compute.example/v2.1/flavors/{number}", "rel": "self"},
                    {"href": f"https://compute.example/flavors/{number}", "rel": "bookmark"},
                ],
                "name": name,
                "os-flavor-access:is_public": True,
                "ram": int(said.ram_gib * 1024) if said else 4096,
                "rxtx_factor": 1.0,
                "swap": 0,
                "vcpus": said.cpus if said else 2,
            }
        )
    return json.dumps({"flavors": flavors}).encode()


def _properties(draw: random.Random, number: int, built: datetime.datetime) -> dict[str, str]:
    """The additional properties of one image, most of them right."""
    properties = {
        "architecture": "x86_64",
        "hypervisor_type": "qemu",
        "os_distro": draw.choice(("ubuntu", "debian", "rocky", "Fedora")),
        "os_version": draw.choice(("24.04", "12", "9.6", "stable")),
        "os_purpose": draw.choice(("generic", "custom", "minimal")),
        "hw_disk_bus": "scsi",
        "hw_scsi_model": "virtio-scsi",
        "hw_rng_model": "virtio",
        "replace_frequency": draw.choice(("yearly", "monthly", "weekly", "never")),
        "provided_until": draw.choice(("none", "notice", "2030-05-31")),
        "uuid_validity": "last-3",
        "image_source": f"https://images.example.com/{number}/disk.qcow2",
        "image_description": "https://images.example.com/notes",
        "image_build_date": f"{built:%Y-%m-%d}",
        "image_original_user": "admin",
    }
    for name in [name for name in properties if draw.random() < 0.1]:
        properties[name] = draw.choice(("", "x"))
    return properties


def image_listing(count: int) -> bytes:
    """The body of `GET /v2/images`: images of all ages, each with a fault in every tenth property or so."""
    draw = random.Random(2)
    images = []
    for number in range(count):
        built = NOW - datetime.timedelta(days=draw.randrange(400))
        properties = _properties(draw, number, built)
        # a quarter has a dated name, beside one without the date
        name = f"appliance {number // 4:04d}" + ("", " arm", " old", f" {built:%Y%m%d}")[number % 4]
        images.append(
            {
                "id": f"{number:08x}-0000-4000-8000-{number:012x}",
                "name": name,
                "status": "active",
                "visibility": draw.choice(("public", "public", "public", "community", "private")),
                "os_hidden": False,
                "owner": "0" * 32,
                "protected": False,
                "created_at": f"{built:%Y-%m-%dT10:00:00Z}",
                "updated_at": f"{built:%Y-%m-%dT11:00:00Z}",
                "min_disk": 10,
                "min_ram": 512,
                "size": 700_000_000,
                "virtual_size": 10 * 1024**3,
                "disk_format": "qcow2",
                "container_format": "bare",
                "tags": ["managed_by_example"],
                "checksum": "0" * 32,
                "os_hash_algo": "sha512",
                "os_hash_value": "0" * 128,
                "file": f"/v2/images/{number}/file",
                "self": f"/v2/images/{number}",
                "schema": "/v2/schemas/image",
                **properties,
            }
        )
    return json.dumps({"images": images}).encode()


def _wanted() -> tuple[list[Any], set[type]]:
    """The claims to judge, and the facts that their rules need."""
    from sovran.rules.registry import find_rule
    from sovran.standards.load import load_standards

    claims = [one for one in load_standards(environ={}).claims.values() if one.standard in STANDARDS and one.rule]
    return claims, {fact for claim in claims for fact in find_rule(claim.rule or "").facts}


def judge_recorded(folder: Path) -> None:
    """Decode and judge, in this process; prints one line of JSON."""
    from sovran.cloud.facts import PROVIDERS
    from sovran.cloud.fetch import Facts
    from sovran.cloud.outcome import Ok, Outcome
    from sovran.cloud.recording import Exchange, Principal, Seen
    from sovran.conformance.judge import judge

    class Recorded:
        """Answers for each service with the one recorded body."""

        principal = Principal(roles=("member",), project="p", region="", interface="public", services=())

        trust = True

        @property
        def now(self) -> datetime.datetime:
            return NOW

        def get(self, service: str, path_asked: str, *, microversion: str = "") -> Outcome[Exchange]:
            headers = {"openstack-api-version": f"{service} {microversion}"}
            body = (folder / f"{service}.json").read_bytes()
            return Ok(Exchange(service=service, path=path_asked, status=200, headers=headers, body=body, at=NOW))

        def anonymous(self, url: str, headers: dict[str, str]) -> Outcome[Exchange]:
            raise AssertionError(url, headers)

        def observe(self, kind: type[Seen], subject: str, look: Callable[[float], Outcome[Seen]]) -> Outcome[Seen]:
            raise AssertionError(kind, subject, look)

    claims, wanted = _wanted()
    reader = Recorded()
    start = time.perf_counter()
    facts = Facts({fact: PROVIDERS[fact](reader) for fact in wanted})
    decoded = time.perf_counter()
    judgements = [judge(claim.for_document("v1"), "main", facts) for claim in claims]
    done = time.perf_counter()
    print(
        json.dumps(
            {
                "decode_s": decoded - start,
                "judge_s": done - decoded,
                "claims": len(judgements),
                "findings": sum(len(judgement.findings) for judgement in judgements),
                "verdicts": sorted({str(judgement.verdict) for judgement in judgements}),
                "peak_mib": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
            }
        )
    )


def main() -> int:
    """Record, judge in fresh processes, compare with the limits."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--flavors", type=int, default=5000)
    parser.add_argument("--images", type=int, default=5000)
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--recorded", type=Path, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.recorded:
        judge_recorded(options.recorded)
        return 0

    from process import run

    found: list[tuple[float, dict[str, Any]]] = []
    with tempfile.TemporaryDirectory() as folder:
        bodies = {"compute": listing(options.flavors), "image": image_listing(options.images)}
        for service, body in bodies.items():
            (Path(folder) / f"{service}.json").write_bytes(body)
        size = sum(map(len, bodies.values())) / 1024**2
        for _ in range(options.runs):
            done = run([sys.executable, __file__, "--recorded", folder], os.environ)
            if done.code:
                sys.exit(f"bench/judge.py: judging failed: {done.stderr}")
            found.append((done.wall_s, json.loads(done.stdout)))
    seconds, figures = min(found, key=lambda one: one[0])
    print(
        f"{options.flavors} flavors and {options.images} images ({size:.1f} MiB), {figures['claims']} claims, "
        f"{figures['findings']} findings: "
        f"whole process {seconds:.2f} s (limit {MOST_SECONDS:g} s), decoding {figures['decode_s']:.3f} s, "
        f"judging {figures['judge_s']:.3f} s, peak {figures['peak_mib']:.0f} MiB (limit {MOST_MIB:g} MiB)"
    )
    return 1 if seconds > MOST_SECONDS or figures["peak_mib"] > MOST_MIB else 0


if __name__ == "__main__":
    sys.exit(main())
