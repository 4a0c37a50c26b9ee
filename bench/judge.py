# SPDX-License-Identifier: Apache-2.0
"""A large cloud offline: 5,000 flavors as Nova lists them, judged for all claims of SCS-0100 and SCS-0103.

    python bench/judge.py [--flavors N] [--runs N]

Each run is a fresh process that decodes the recorded answer, loads the standards and judges. Exit 1: the fastest run
takes more than 1 s as a whole process, or its peak memory is more than 200 MiB.
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

MOST_SECONDS = 1.0
MOST_MIB = 200.0
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


def judge_recorded(path: Path) -> None:
    """Decode and judge, in this process; prints one line of JSON."""
    from sovran.cloud.facts.flavors import Flavors, read_flavors
    from sovran.cloud.fetch import Facts
    from sovran.cloud.outcome import Ok, Outcome
    from sovran.cloud.recording import Exchange, Principal, Seen
    from sovran.conformance.judge import judge
    from sovran.standards.load import load_standards

    now = datetime.datetime(2026, 1, 1, tzinfo=datetime.UTC)

    class Recorded:
        """Answers everything with the one recorded body."""

        principal = Principal(roles=("member",), project="p", region="", interface="public", services=())

        trust = True

        @property
        def now(self) -> datetime.datetime:
            return now

        def get(self, service: str, path_asked: str, *, microversion: str = "") -> Outcome[Exchange]:
            headers = {"openstack-api-version": f"{service} {microversion}"}
            body = path.read_bytes()
            return Ok(Exchange(service=service, path=path_asked, status=200, headers=headers, body=body, at=now))

        def anonymous(self, url: str, headers: dict[str, str]) -> Outcome[Exchange]:
            raise AssertionError(url, headers)

        def observe(self, kind: type[Seen], subject: str, look: Callable[[float], Outcome[Seen]]) -> Outcome[Seen]:
            raise AssertionError(kind, subject, look)

    claims = [
        claim
        for claim in load_standards(environ={}).claims.values()
        if claim.standard in ("scs-0100", "scs-0103") and claim.rule
    ]
    start = time.perf_counter()
    facts = Facts({Flavors: read_flavors(Recorded())})
    decoded = time.perf_counter()
    judgements = [judge(claim, "main", facts) for claim in claims]
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
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--recorded", type=Path, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.recorded:
        judge_recorded(options.recorded)
        return 0

    from process import run

    found: list[tuple[float, dict[str, Any]]] = []
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "flavors.json"
        path.write_bytes(listing(options.flavors))
        size = path.stat().st_size / 1024**2
        for _ in range(options.runs):
            done = run([sys.executable, __file__, "--recorded", str(path)], os.environ)
            if done.code:
                sys.exit(f"bench/judge.py: judging failed: {done.stderr}")
            found.append((done.wall_s, json.loads(done.stdout)))
    seconds, figures = min(found, key=lambda one: one[0])
    print(
        f"{options.flavors} flavors ({size:.1f} MiB), {figures['claims']} claims, {figures['findings']} findings: "
        f"whole process {seconds:.2f} s (limit {MOST_SECONDS:g} s), decoding {figures['decode_s']:.3f} s, "
        f"judging {figures['judge_s']:.3f} s, peak {figures['peak_mib']:.0f} MiB (limit {MOST_MIB:g} MiB)"
    )
    return 1 if seconds > MOST_SECONDS or figures["peak_mib"] > MOST_MIB else 0


if __name__ == "__main__":
    sys.exit(main())
