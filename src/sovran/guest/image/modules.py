# SPDX-License-Identifier: Apache-2.0
"""The kernel's drivers that a guest needs, with those that they need, and the tables by which modprobe finds them."""

import lzma
import re
from collections.abc import Iterable, Mapping
from pathlib import PurePosixPath

DRIVERS = (
    # KVM and everything else that speaks virtio
    *("virtio_pci", "virtio_mmio", "virtio_blk", "virtio_scsi", "virtio_net", "virtio_rng"),
    # other hypervisors
    *("xen_blkfront", "xen_netfront", "hv_vmbus", "hv_storvsc", "hv_netvsc", "vmxnet3", "vmw_pvscsi"),
    # disks and network cards of real or emulated kinds; Debian's cloud kernel leaves most of them out
    *("sd_mod", "sr_mod", "ata_piix", "ata_generic", "ahci", "nvme", "e1000", "e1000e", "8139cp", "ena", "gve"),
    # config drives
    *("isofs", "vfat", "nls_cp437", "nls_ascii", "nls_utf8"),
    # clocks
    "ptp_kvm",
)
"""By the names that they have in /proc/modules; those that are built in or not there are passed over."""

_INFORMATION = re.compile(rb"\0(name|depends|alias)=([^\0]*)")


class Module:
    """One driver: its file in the package, unpacked, and what its .modinfo section says."""

    def __init__(self, path: str, content: bytes) -> None:
        self.content = lzma.decompress(content) if path.endswith(".xz") else content
        self.path = path.removesuffix(".xz")
        said = _INFORMATION.findall(self.content)
        self.aliases = tuple(dict.fromkeys(value.decode() for key, value in said if key == b"alias"))
        self.needs = tuple(
            name for key, value in said if key == b"depends" for name in value.decode().split(",") if name
        )


def name_of(path: str) -> str:
    """The name that a driver has in /proc/modules, from the path of its file."""
    return PurePosixPath(path).name.partition(".")[0].replace("-", "_")


def chosen(files: Mapping[str, bytes]) -> dict[str, Module]:
    """The drivers of a guest by name, needed ones first; `files`: all of the kernel's, by path."""
    paths = {name_of(path): path for path in sorted(files)}
    found: dict[str, Module] = {}

    def take(name: str) -> None:
        if name in found or name not in paths:
            return
        module = Module(paths[name], files[paths[name]])
        for needed in module.needs:
            take(needed)
        found[name] = module

    for name in DRIVERS:
        take(name)
    return found


def tables(modules: Mapping[str, Module]) -> dict[str, bytes]:
    """`modules.dep` and `modules.alias`, as depmod writes them, for files `<name>.ko` beside them."""
    rows = (f"{name}.ko:" + "".join(f" {needed}.ko" for needed in _below(name, modules)) for name in modules)
    aliases = (f"alias {alias} {name}" for name, module in modules.items() for alias in module.aliases)
    return {"modules.dep": _lines(rows), "modules.alias": _lines(aliases)}


def _lines(lines: Iterable[str]) -> bytes:
    return "".join(f"{line}\n" for line in lines).encode()


def _below(name: str, modules: Mapping[str, Module]) -> list[str]:
    """What a module needs, directly or not; modprobe loads it from the last to the first."""
    loaded: list[str] = []

    def visit(at: str) -> None:
        for needed in modules[at].needs:
            if needed in modules and needed not in loaded:
                visit(needed)
                loaded.append(needed)

    visit(name)
    return loaded[::-1]
