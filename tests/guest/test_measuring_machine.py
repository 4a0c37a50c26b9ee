# SPDX-License-Identifier: Apache-2.0
"""What the program sees of a machine: of made-up /proc and /sys, and of this one, by each shell."""

import random
from pathlib import Path

import pytest

from sovran.guest import fips
from sovran.guest.console import read_console
from sovran.guest.program import Request, build
from sovran.guest.report import GuestReport
from sovran.guest.targets import Targets
from tests.guest.internet import Scene, run

SHELLS = ("dash", "busybox sh", "bash")
X86 = """processor\t: {0}
vendor_id\t: AuthenticAMD
cpu family\t: 25
model\t\t: 17
model name\t: AMD EPYC "9"
stepping\t: 1
cpu MHz\t\t: 2596.134
flags\t\t: fpu vme rdrand{1}

"""


def put(root: Path, files: dict[str, str]) -> None:
    """Files below a made-up root."""
    for name, text in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)


def measure(
    tmp_path: Path, *parts: str, shell: str = "dash", blocks: int = 3, environment: dict[str, str] | None = None
) -> GuestReport:
    """The report of these parts, with `tmp_path / root` as its root."""
    script = tmp_path / "program"
    script.write_bytes(build(Request(run="abcdefgh12", parts=parts, targets=Targets(), fips_blocks=blocks)))
    root = tmp_path / "root"
    root.mkdir(exist_ok=True)
    scene = Scene([*shell.split(), str(script)], root=str(root), environment=environment or {})
    report = read_console(run(scene), "abcdefgh12")
    assert report.complete, report.problems
    return report


@pytest.mark.parametrize("shell", SHELLS)
def test_system(shell: str, tmp_path: Path) -> None:
    """Text of the system comes through, whatever it is made of."""
    put(
        tmp_path / "root",
        {
            "etc/os-release": 'NAME="x"\nPRETTY_NAME="A \\"B\\" \x1b[1m\u00fc"\nID=y\n',
            "proc/sys/kernel/osrelease": "6.1.0-test\n",
            "proc/uptime": "12.34 5.00\n",
            "sys/firmware/efi/fw_platform_size": "64\n",
        },
    )
    system = measure(tmp_path, "system", shell=shell).system
    assert system is not None
    assert (system.kernel, system.firmware, system.uptime_seconds) == ("6.1.0-test", "uefi", 12.34)
    assert system.distribution == 'A \\"B\\" ?[1m??'
    assert not system.own_image
    assert system.program == "cloud-init"
    assert system.clock_unix_seconds is not None
    assert system.clock_unix_seconds > 1_700_000_000
    assert "bash" in system.tools


@pytest.mark.parametrize("shell", SHELLS)
def test_entropy(shell: str, tmp_path: Path) -> None:
    """Both sources are tested; what is wrong with them is seen as the reference sees it."""
    generator = random.Random(5)  # noqa: S311  # the same bytes in each run are wanted
    good, bad = generator.randbytes(7500), bytes(2500) + generator.randbytes(2500) + b"\xaa" * 2500
    root = tmp_path / "root"
    put(
        root,
        {
            "proc/sys/kernel/random/entropy_avail": "256\n",
            "proc/sys/kernel/random/poolsize": "256\n",
            "sys/devices/virtual/misc/hw_random/rng_current": "virtio_rng.0\n",
            "sys/devices/virtual/misc/hw_random/rng_available": "virtio_rng.0 tpm-rng-0\n",
        },
    )
    (root / "dev").mkdir()
    (root / "dev" / "random").write_bytes(good)
    (root / "dev" / "hwrng").write_bytes(bad)
    entropy = measure(tmp_path, "entropy", shell=shell).entropy
    assert entropy is not None
    assert entropy.tests == (fips.examine(good, "/dev/random"), fips.examine(bad, "/dev/hwrng"))
    assert entropy.tests[1].failures == 2
    assert (entropy.entropy_avail, entropy.poolsize_bits) == ("256", 256)
    assert (entropy.rng_current, entropy.rng_available) == ("virtio_rng.0", ("virtio_rng.0", "tpm-rng-0"))


def test_entropy_that_ends_early(tmp_path: Path) -> None:
    """A source that gives less than was asked is told; one that gives nothing has a reason."""
    root = tmp_path / "root"
    (root / "dev").mkdir(parents=True)
    (root / "dev" / "random").write_bytes(random.Random(5).randbytes(5001))  # noqa: S311  # no secret
    (root / "dev" / "hwrng").write_bytes(b"")
    report = measure(tmp_path, "entropy")
    assert report.entropy is not None
    assert [one.blocks for one in report.entropy.tests] == [2]
    assert report.entropy.hwrng_error
    assert report.end is not None
    assert "/dev/random gave 2 of 3 blocks" in report.end.problems[0]


@pytest.mark.parametrize("shell", SHELLS)
def test_cpu(shell: str, tmp_path: Path) -> None:
    """Two sockets of two cores of two threads; flags are those that all have."""
    files = {"proc/cpuinfo": "".join(X86.format(i, "" if i == 3 else " avx2") for i in range(8))}
    for i in range(8):
        files[f"sys/devices/system/cpu/cpu{i}/topology/physical_package_id"] = f"{i // 4}\n"
        files[f"sys/devices/system/cpu/cpu{i}/topology/core_id"] = f"{i // 2 % 2}\n"
    files["sys/devices/system/clocksource/clocksource0/current_clocksource"] = "kvm-clock\n"
    files["sys/class/dmi/id/sys_vendor"] = "OpenStack Foundation\n"
    files["proc/stat"] = "cpu  1 2 3 4 5 6 7 8 9 10\n"
    put(tmp_path / "root", files)
    cpu = measure(tmp_path, "cpu", shell=shell).cpu
    assert cpu is not None
    assert (cpu.count, cpu.sockets, cpu.cores_per_socket, cpu.threads_per_core) == (8, 2, 2, 2)
    assert (cpu.vendor, cpu.model, cpu.family_model_stepping, cpu.mhz) == (
        "AuthenticAMD",
        'AMD EPYC "9"',
        "25/17/1",
        2596.134,
    )
    assert cpu.flags == ("fpu", "vme", "rdrand")
    assert (cpu.clocksource, cpu.hypervisor) == ("kvm-clock", "OpenStack Foundation")
    assert cpu.steal_percent is None
    assert cpu.load_seconds is not None


def test_cpu_of_arm(tmp_path: Path) -> None:
    """Arm names things otherwise."""
    text = "processor\t: 0\nBogoMIPS\t: 50\nFeatures\t: fp asimd\nCPU implementer\t: 0x41\nCPU part\t: 0xd0c\n\n"
    put(tmp_path / "root", {"proc/cpuinfo": text, "proc/stat": "cpu 1 2 3 4 5 6 7 8 9 10\n"})
    cpu = measure(tmp_path, "cpu").cpu
    assert cpu is not None
    assert (cpu.count, cpu.vendor, cpu.flags) == (1, "0x41", ("fp", "asimd"))
    assert cpu.family_model_stepping == "/0xd0c/"
    assert cpu.sockets is None


@pytest.mark.parametrize("shell", SHELLS)
def test_this_machine(shell: str, tmp_path: Path) -> None:
    """On a machine that is real: load is measured, and memory is touched, or why not is told."""
    root = tmp_path / "root"
    root.mkdir()
    for name in ("proc", "sys"):
        (root / name).symlink_to(f"/{name}")
    report = measure(tmp_path, "cpu", "memory", shell=shell)
    assert report.cpu is not None
    assert report.cpu.steal_percent is not None
    assert 0 <= report.cpu.steal_percent <= 100
    assert report.memory is not None
    assert report.memory.total_kib is not None
    assert report.end is not None
    if report.memory.touched_kib is None:
        assert any(one.startswith("memory: ") for one in report.end.problems)
    else:
        assert 0 < report.memory.touched_kib < report.memory.total_kib


@pytest.mark.parametrize("shell", SHELLS)
def test_memory_of_the_firmware(shell: str, tmp_path: Path) -> None:
    """System RAM is summed up, the rest left out; where little is free, nothing is touched."""
    files = {"proc/meminfo": "MemTotal:  62008 kB\nMemFree: 1 kB\nMemAvailable:   9000 kB\n"}
    for i, (start, end, kind) in enumerate(
        [("0x0", "0x9fbff", "System RAM"), ("0x9fc00", "0x9ffff", "Reserved"), ("0x100000", "0x5fdffff", "System RAM")]
    ):
        files |= {f"sys/firmware/memmap/{i}/{n}": f"{v}\n" for n, v in (("start", start), ("end", end), ("type", kind))}
    put(tmp_path / "root", files)
    report = measure(tmp_path, "memory", shell=shell)
    assert report.memory is not None
    assert (report.memory.total_kib, report.memory.given_kib) == (62008, 639 + 97152)
    assert report.memory.touched_kib is None
    assert report.end is not None
    assert "only 9000 KiB are available" in report.end.problems[0]


@pytest.fixture
def disks(tmp_path: Path) -> Path:
    """A guest of our own image: a boot disk of 100 MiB with a partition of 10, and two blank ones, one with a rest."""
    root = tmp_path / "root"
    for name, size in (("vda", 100 << 20), ("vdb", 8 << 20), ("vdc", 8 << 20), ("loop0", 1 << 20)):
        put(
            root,
            {
                f"sys/block/{name}/size": f"{size // 512}\n",
                f"sys/block/{name}/ro": "0\n",
                f"sys/block/{name}/serial": f"serial-{name}",
                f"sys/block/{name}/queue/rotational": "1\n",
            },
        )
        (root / "dev").mkdir(exist_ok=True)
        with (root / "dev" / name).open("wb") as disk:
            disk.truncate(size)
            if name == "vda":
                disk.seek(510)
                disk.write(b"\x55\xaa")
            if name == "vdc":
                disk.seek(size - 5000)
                disk.write(b"old")
    put(root, {"sys/block/vda/vda1/start": "2048\n", "sys/block/vda/vda1/size": "20480\n"})
    return tmp_path


@pytest.mark.parametrize("shell", SHELLS)
def test_disks(shell: str, disks: Path) -> None:
    """Disks, what is left on fresh ones, and speeds of the boot disk, without a change to what is on it."""
    device = disks / "root" / "dev" / "vda"
    before = device.read_bytes()
    report = measure(disks, "disks", shell=shell, environment={"SOVRAN_OWN_IMAGE": "1"})
    assert report.disks is not None
    assert [(one.name, one.size_bytes, one.serial, one.root, one.leftovers) for one in report.disks.disks] == [
        ("vda", 100 << 20, "serial-vda", True, False),
        ("vdb", 8 << 20, "serial-vdb", False, False),
        ("vdc", 8 << 20, "serial-vdc", False, True),
    ]
    assert report.disks.error == ""
    assert [one.kind for one in report.disks.speeds] == ["sequential write", "sequential read", "synchronous write"]
    for one in report.disks.speeds:
        assert one.disk == "vda"
        assert one.operations
        assert one.seconds
        assert one.bytes_per_second is not None
        assert one.operations_per_second is not None
        assert abs(one.operations_per_second * one.seconds - one.operations) <= one.operations * 0.02 + 1
    after = device.read_bytes()
    assert len(after) == len(before)
    # the free room of 64 MiB, two MiB before the end, and nothing else
    assert after[: 34 << 20] == before[: 34 << 20]
    assert after[98 << 20 :] == before[98 << 20 :]
    assert after != before


def test_no_free_room(disks: Path) -> None:
    """A boot disk without free room is not written to."""
    put(disks / "root", {"sys/block/vda/vda1/size": f"{90 * 2048}\n"})
    device = disks / "root" / "dev" / "vda"
    before = device.read_bytes()
    report = measure(disks, "disks", environment={"SOVRAN_OWN_IMAGE": "1"})
    assert report.disks is not None
    assert "has no free room" in report.disks.error
    assert report.disks.speeds == ()
    assert device.read_bytes() == before


def test_disks_of_a_clouds_image(disks: Path) -> None:
    """There, speeds are taken of a file, which is gone afterwards; the root disk is found by its partition."""
    root = disks / "root"
    put(root, {"proc/mounts": f"{root}/dev/vda1 / ext4 rw 0 0\n", "var/tmp/keep": ""})
    (root / "dev" / "vda1").write_bytes(b"")
    device = root / "dev" / "vda"
    before = device.read_bytes()
    report = measure(disks, "disks")
    assert report.disks is not None
    assert [(one.name, one.root, one.leftovers) for one in report.disks.disks] == [
        ("vda", True, None),
        ("vdb", False, False),
        ("vdc", False, True),
    ]
    assert device.read_bytes() == before
    assert [path.name for path in (root / "var" / "tmp").iterdir()] == ["keep"]
    assert [one.kind for one in report.disks.speeds] == ["sequential write", "sequential read", "synchronous write"]
