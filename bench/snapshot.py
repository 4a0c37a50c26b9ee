# SPDX-License-Identifier: Apache-2.0
"""Snapshots: seconds of a whole replay of `messy`, and of one with 5,000 flavors and 5,000 images; sizes and memory.

    python bench/snapshot.py [--snapshot FILE] [--items N] [--runs N]

Without --snapshot the lab `bench` is seeded with `messy` and recorded first. Each replay is a fresh process. Exit 1: a
replay of `messy` takes more than 0.6 s (median), or the large one more than 2 s or 300 MiB.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import msgspec

from judge import listing
from process import median
from reference import lab_env, seed, sovran
from sovran.cloud.recorder import Record, Request
from sovran.cloud.recording import Exchange
from sovran.cloud.snapshots.redaction import entry
from sovran.cloud.snapshots.scrub import Scrubber
from sovran.cloud.snapshots.snapshot import encode, read

LAB = "bench"
MESSY_S, LARGE_S, LARGE_MIB = 0.6, 2.0, 300.0
SCOPE = "scs-iaas@v5.1"


def record(path: Path) -> None:
    """Seed the lab with `messy` and record a run on it."""
    env = lab_env(LAB)
    seed(LAB, "messy")
    command = sovran("check", "--no-probes", "--os-cloud", "lab", "-s", SCOPE, "--save-snapshot", str(path))
    subprocess.run(command, env=env, check=False, capture_output=True)


def images(count: int) -> bytes:
    """The body of `GET /images`: images with the properties of SCS-0102."""
    one = {
        "status": "active",
        "visibility": "public",
        "os_hidden": False,
        "owner": "3f2b6b1e8a5f4d2e9b0d0d8f6f5c1a11",
        "created_at": "2026-03-01T00:00:00Z",
        "updated_at": "2026-03-01T00:00:00Z",
        "min_disk": 8,
        "min_ram": 512,
        "size": 700_000_000,
        "virtual_size": 2_361_393_152,
        "disk_format": "qcow2",
        "container_format": "bare",
        "architecture": "x86_64",
        "os_distro": "ubuntu",
        "os_version": "24.04",
        "os_purpose": "generic",
        "hw_disk_bus": "scsi",
        "hw_rng_model": "virtio",
        "hypervisor_type": "qemu",
        "image_build_date": "2026-02-28",
        "image_original_user": "ubuntu",
        "image_source": "https://cloud-images.ubuntu.com/releases/noble/release/",
        "image_description": "https://example.com/",
        "replace_frequency": "monthly",
        "provided_until": "2029-05-31",
        "uuid_validity": "last-3",
        "os_hash_algo": "sha512",
        "os_hash_value": "0a" * 64,
        "checksum": "0a" * 16,
        "file": "/v2/images/x/file",
        "self": "/v2/images/x",
        "schema": "/v2/schemas/image",
        "tags": [],
    }
    listed = [
        {**one, "id": f"{number:08x}-0000-4000-8000-{number:012x}", "name": f"Ubuntu 24.04 ({number})"}
        for number in range(count)
    ]
    return json.dumps({"images": listed, "first": "/v2/images", "schema": "/v2/schemas/images"}).encode()


def enlarge(messy: Path, path: Path, count: int) -> float:
    """The messy recording with other flavors and images; returns the CPU seconds of redacting and writing."""
    from sovran.cloud.facts.flavors import read_flavors
    from sovran.cloud.facts.images import read_images
    from sovran.cloud.outcome import Ok, Outcome
    from sovran.cloud.snapshots.snapshot_reader import SnapshotReader

    stored = read(messy)
    bodies = {"/flavors/detail": listing(count), "/images?limit=1000": images(count)}
    kept: list[Exchange] = []

    class Large(SnapshotReader):
        """Answers the two listings itself."""

        def get(self, service: str, path: str, *, microversion: str = "") -> Outcome[Exchange]:
            one = Exchange(
                service=service,
                path=path,
                status=200,
                headers={},
                body=bodies[path],
                at=stored.snapshot.now,
                microversion=microversion,
            )
            kept.append(one)
            return Ok(one)

    for provider in (read_flavors, read_images):
        provider(Large(stored.snapshot))
    start = time.process_time()
    scrubber = Scrubber()
    made = {
        (one.service, one.path): entry(
            Record(Request(one.service, one.path, one.microversion), one.at, Ok(one)), scrubber
        )
        for one in kept
    }
    entries = tuple(made.get((one.request.service, one.request.path), one) for one in stored.snapshot.entries)
    path.write_bytes(encode(msgspec.structs.replace(stored.snapshot, entries=entries)))
    return time.process_time() - start


def replayed(path: Path, runs: int) -> tuple[float, float, float]:
    """Median seconds of whole processes, of their CPU time, and the largest peak memory in MiB."""
    command = sovran("check", "--snapshot", str(path))
    seconds, cpu, peaks = [], [], []
    for _ in range(runs):
        start = time.perf_counter()
        with Path(os.devnull).open("wb") as nowhere:
            process = subprocess.Popen(command, stdout=nowhere)
            _, status, usage = os.wait4(process.pid, 0)
        seconds.append(time.perf_counter() - start)
        cpu.append(usage.ru_utime + usage.ru_stime)
        peaks.append(usage.ru_maxrss / 1024)
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode not in (0, 3, 4):
            sys.exit(f"the replay of {path} ended with {process.returncode}")
    return median(seconds), median(cpu), max(peaks)


def main() -> int:
    """Print the figures; 1 when one is beyond its limit."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--snapshot", type=Path)
    parser.add_argument("--items", type=int, default=5000)
    parser.add_argument("--runs", type=int, default=9)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="sovran-bench-") as scratch:
        messy = options.snapshot or Path(scratch, "messy")
        if options.snapshot is None:
            record(messy)
        large = Path(scratch, "large")
        writing = enlarge(messy, large, options.items)
        small_s, small_cpu, small_mib = replayed(messy, options.runs)
        large_s, large_cpu, large_mib = replayed(large, options.runs)
        sizes = [path.stat().st_size / 1024 for path in (messy, large)]
        held = read(large).size / 1024**2
    print(
        f"snapshot: replay of messy {small_s:.2f} s, limit {MESSY_S} s; CPU {small_cpu:.2f} s, {small_mib:.0f} MiB, "
        f"file {sizes[0]:.0f} KiB"
    )
    print(
        f"snapshot: replay of {options.items} flavors and images {large_s:.2f} s, limit {LARGE_S} s; "
        f"CPU {large_cpu:.2f} s, {large_mib:.0f} MiB, limit {LARGE_MIB:.0f}; "
        f"redacting and writing {writing:.2f} s CPU, file {sizes[1]:.0f} KiB of {held:.1f} MiB"
    )
    return int(small_s > MESSY_S or large_s > LARGE_S or large_mib > LARGE_MIB)


if __name__ == "__main__":
    sys.exit(main())
