# SPDX-License-Identifier: Apache-2.0
"""Seeding: make a lab's cloud offer what a profile says, whatever it offered before."""

import datetime
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

from sovran.lab.description import Description
from sovran.lab.seeds.aggregates import converge_aggregates
from sovran.lab.seeds.api import AdminApi
from sovran.lab.seeds.default_rules import converge_default_rules
from sovran.lab.seeds.flavors import converge_flavors
from sovran.lab.seeds.images import converge_images
from sovran.lab.seeds.networks import converge_networks
from sovran.lab.seeds.offers import Profile
from sovran.lab.seeds.registration import converge_catalog
from sovran.lab.seeds.subnet_pools import converge_subnet_pools
from sovran.lab.seeds.tally import Tally
from sovran.lab.seeds.volume_types import converge_volume_types

Report = Callable[[str], None]


def seed(lab: Description, profile: Profile, report: Report) -> None:
    """Replace what the lab offers by the profile; doing it again changes nothing.

    Flavors and default security group rules become exactly those of the profile. Of images, volume types, networks
    and subnet pools only those that seeding made are replaced, and of the catalog the entries of the lab's own
    services. Services that the lab does not run are passed over.

    Args:
        lab: the lab; it must run.
        profile: what to offer.
        report: is given a line for each step done.

    Raises:
        SovranError: a service refused, with its reason.
    """
    today = datetime.datetime.now(datetime.UTC).date()
    bootable = _bootable(report) if lab.guests and any(image.boots for image in profile.images) else None
    with AdminApi(lab) as api:
        api.project("provider")
        steps: dict[str, list[tuple[str, Callable[[], Tally]]]] = {
            "nova": [
                ("host aggregates", lambda: converge_aggregates(api)),
                ("flavors", lambda: converge_flavors(api, profile.flavors)),
            ],
            "glance": [("images", lambda: converge_images(api, profile.images, today, bootable))],
            "cinder": [("volume types", lambda: converge_volume_types(api, profile.volume_types))],
            "neutron": [
                ("default security group rules", lambda: converge_default_rules(api, profile.default_rules)),
                ("networks", lambda: converge_networks(api, profile.networks)),
                ("subnet pools", lambda: converge_subnet_pools(api, profile.subnet_pools)),
            ],
            "keystone": [("catalog entries", lambda: converge_catalog(api, profile.catalog))],
        }

        def do(service: str) -> None:
            for kind, work in steps[service]:
                if not api.has(service):
                    report(f"{kind}: passed over, the lab runs without {service}")
                    continue
                began = time.monotonic()
                report(f"{kind}: {work()} ({time.monotonic() - began:.1f} s)")

        # The kinds do not depend on each other, so each service works on its own part at the same time.
        with ThreadPoolExecutor(len(steps)) as pool:
            try:
                list(pool.map(do, steps))
            except BaseException:
                api.stop()
                raise


def _bootable(report: Report) -> bytes:
    from sovran.lab.seeds import bootable

    return bootable.content(report)
