# SPDX-License-Identifier: Apache-2.0
"""Seeding: make a lab's cloud offer what a profile says, whatever it offered before."""

import datetime
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from sovran.lab.description import Description
from sovran.lab.seeds import record
from sovran.lab.seeds.api import AdminApi
from sovran.lab.seeds.catalog import Catalog, put_catalog_state
from sovran.lab.seeds.default_rules import converge_default_rules
from sovran.lab.seeds.flavors import converge_flavors
from sovran.lab.seeds.images import converge_images
from sovran.lab.seeds.networks import converge_networks
from sovran.lab.seeds.offers import Profile
from sovran.lab.seeds.tally import Tally
from sovran.lab.seeds.volume_types import converge_volume_types

Report = Callable[[str], None]


def seed(lab: Description, folder: Path, profile: Profile, count: int | None, report: Report) -> None:
    """Replace what the lab offers by the profile; doing it again changes nothing.

    Flavors and default security group rules become exactly those of the profile. Of images, volume types and networks
    only those that seeding made are replaced. Services that the lab does not run are passed over.

    Args:
        lab: the lab; it must run.
        folder: its folder, where the record of the seeding is kept.
        profile: what to offer.
        count: N of the profile, for the record.
        report: is given a line for each step done.

    Raises:
        SovranError: a service refused, with its reason.
    """
    today = datetime.datetime.now(datetime.UTC).date()
    with AdminApi(lab) as api:
        api.project("provider")
        steps: tuple[tuple[str, str, Callable[[], Tally]], ...] = (
            ("flavors", "nova", lambda: converge_flavors(api, profile.flavors)),
            ("images", "glance", lambda: converge_images(api, profile.images, today)),
            ("volume types", "cinder", lambda: converge_volume_types(api, profile.volume_types)),
            ("networks", "neutron", lambda: converge_networks(api, profile.networks)),
            ("default security group rules", "neutron", lambda: converge_default_rules(api, profile.default_rules)),
            ("catalog changes", "keystone", lambda: _converge_catalog(api, folder, profile, count)),
        )

        def do(step: tuple[str, str, Callable[[], Tally]]) -> str:
            kind, service, work = step
            if not api.has(service):
                return f"{kind}: passed over, the lab runs without {service}"
            began = time.monotonic()
            return f"{kind}: {work()} ({time.monotonic() - began:.1f} s)"

        # The kinds do not depend on each other, and each has a service of its own to wait for.
        with ThreadPoolExecutor(len(steps)) as pool:
            for line in pool.map(do, steps):
                report(line)


def _converge_catalog(api: AdminApi, folder: Path, profile: Profile, count: int | None) -> Tally:
    remembered = record.load(folder)
    for state in reversed(remembered.catalog_before):
        put_catalog_state(api, state)
    undone = len(remembered.catalog_before)
    now = record.Record(profile=profile.name, count=count)
    record.save(folder, now)
    for change in profile.catalog:
        before, after = Catalog(api).resolve(change)
        now.catalog_before.append(before)
        record.save(folder, now)
        put_catalog_state(api, after)
    return Tally(made=len(profile.catalog), removed=undone)
