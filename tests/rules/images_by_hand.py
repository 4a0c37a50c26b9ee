# SPDX-License-Identifier: Apache-2.0
"""Images made by hand that meet SCS-0102 and SCS-0104, and the verdict of a shipped claim on them in one line."""

import datetime
from typing import Any

from sovran.cloud.facts.images import HiddenImages, Image, Images
from sovran.cloud.facts.now import Now
from sovran.cloud.fetch import Facts
from sovran.cloud.outcome import Ok, Outcome
from sovran.conformance.judge import judge
from sovran.model.report import Judgement
from sovran.model.verdict import Verdict
from tests.rules.facts_by_hand import NO_PROBES, claims

NOW = datetime.datetime(2026, 11, 20, 9, 30, tzinfo=datetime.UTC)
GIB = 1024**3


def image(name: str | None = "Debian 12", **changes: Any) -> Image:
    """A public image without a fault, built and registered on 2026-11-02; `changes` are fields of Image."""
    fields: dict[str, Any] = {
        "status": "active",
        "visibility": "public",
        "created_at": "2026-11-02T10:00:00Z",
        "updated_at": "2026-11-02T10:05:00Z",
        "min_disk": 10,
        "min_ram": 512,
        "size": GIB,
        "virtual_size": 10 * GIB,
        "tags": ("managed_by_example", "os:debian"),
        "os_hash_algo": "sha512",
        "os_hash_value": "ab" * 64,
        "architecture": "x86_64",
        "hypervisor_type": "qemu",
        "os_distro": "debian",
        "os_version": "12",
        "os_purpose": "generic",
        "hw_disk_bus": "scsi",
        "hw_scsi_model": "virtio-scsi",
        "hw_rng_model": "virtio",
        "replace_frequency": "monthly",
        "provided_until": "2028-06-30",
        "uuid_validity": "none",
        "image_source": "https://cloud.debian.org/images/cloud/bookworm/latest/debian-12.qcow2",
        "image_description": "https://www.debian.org/releases/bookworm/",
        "image_build_date": "2026-11-02",
        "image_original_user": "debian",
    }
    return Image(**{"id": f"id of {name} {sorted(changes.items(), key=str)}", "name": name, **fields, **changes})


def judged(claim: str, *items: Image, hidden: tuple[Image, ...] = (), now: datetime.datetime = NOW) -> Judgement:
    """The judgement of a shipped claim on a cloud with these images; of requirements with parameters by document, by
    that of scope v5.1.
    """
    outcomes: dict[type, Outcome[Any]] = {
        **NO_PROBES,
        Images: Ok(Images(items)),
        HiddenImages: Ok(HiddenImages(hidden)),
        Now: Ok(Now(now)),
    }
    return judge(claims()[claim].for_document("v1"), "", Facts(outcomes))


def verdict(claim: str, *items: Image, hidden: tuple[Image, ...] = (), now: datetime.datetime = NOW) -> Verdict:
    """As `judged`, the verdict alone."""
    return judged(claim, *items, hidden=hidden, now=now).verdict
