# SPDX-License-Identifier: Apache-2.0
"""The state of a lab as a whole: kept under a profile's name, and put back."""

import json
import shutil
import subprocess
from pathlib import Path

from sovran.lab import databases
from sovran.lab.description import Description
from sovran.lab.folders import make_private, write_private
from sovran.model.errors import UsageError

FILES = ("images", "volumes", "backups", "swift")
"""Folders below data/ that belong to the state, beside the databases."""
GUEST_FILES = (*FILES, "ovn")
"""The same of a lab with guests: OVN's databases are in step with Neutron's."""
ACTIVE_BREAKS = "breaks.json"
"""File below data/ with the breaks that are active; no kept state has any."""
FRONTS = "fronts.json"
"""File below data/ with the TLS proxies that active breaks want; no kept state has any."""
POLICY_FILE = "policy.yaml"
"""File of a service's configuration that only breaks write; services read it again when it has changed."""
FAULT_FILE = "fault"
"""File of a service's configuration with the built-in fault that is on; only breaks write it."""
BARE = "bare"
"""The profile that `up` keeps by itself: services only."""
IN_MEMORY = ("keystone", "placement", "nova")
"""Services that remember things which they would not read again from a database that was put back."""
ZONED = ("neutron", "cinder")
"""Services that have to be started again when hosts or availability zones changed (beside Nova)."""


def keep(folder: Path, lab: Description, profile: str) -> None:
    """Keep a copy of the state under a profile's name; services may run, but nothing should be under way.

    OVN's databases are journals: a copy that misses the end of the last entry is read up to the one before.
    """
    new = make_private(folder / "profiles" / f"{profile}.new")
    shutil.rmtree(new)  # of an attempt that was cut short
    make_private(new)
    databases.copy(folder / "data", new)
    for name in _files(lab):
        _copy_tree(folder / "data" / name, new / name)
    write_private(new / "zones.json", json.dumps(lab.zones))
    kept = new.with_suffix("")
    if kept.exists():
        shutil.rmtree(kept)
    new.rename(kept)


def kept_zones(folder: Path, profile: str) -> dict[str, str]:
    """Hosts and availability zones of a kept profile.

    Raises:
        UsageError: there is no such profile.
    """
    path = folder / "profiles" / profile / "zones.json"
    if not path.exists():
        raise UsageError(f"lab {folder.name!r} has no state named {profile!r}: `sovran lab seed {profile}` makes it")
    zones: dict[str, str] = json.loads(path.read_text(encoding="utf-8"))
    return zones


def put_back(folder: Path, lab: Description, profile: str) -> None:
    """Replace the state by a kept copy; the services named in IN_MEMORY must not run."""
    kept = folder / "profiles" / profile
    databases.copy(kept, folder / "data")
    for name in (ACTIVE_BREAKS, FRONTS):
        (folder / "data" / name).unlink(missing_ok=True)
    for policies in (folder / "etc").rglob(POLICY_FILE):
        write_private(policies, "{}\n")
    for fault in (folder / "etc").glob(f"*/{FAULT_FILE}"):
        fault.unlink()
    for name in _files(lab):
        shutil.rmtree(folder / "data" / name, ignore_errors=True)
        _copy_tree(kept / name, folder / "data" / name)
    databases.fit(folder / "data", lab)


def _files(lab: Description) -> tuple[str, ...]:
    return GUEST_FILES if lab.guests else FILES


def _copy_tree(source: Path, target: Path) -> None:
    # cp, since volumes are sparse files of many GiB, and objects carry extended attributes
    subprocess.run(["cp", "-a", "--sparse=always", "--reflink=auto", str(source), str(target)], check=True)
