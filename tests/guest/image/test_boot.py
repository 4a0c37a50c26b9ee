# SPDX-License-Identifier: Apache-2.0
"""The image boots in a virtual machine, runs the right program, and always powers off."""

import hashlib
import os
import subprocess
from pathlib import Path

from sovran.guest.image import Packages, build
from sovran.guest.image.contents import Contents
from tests.guest.image.machine import Machine, attached, config_drive, lines_after, metadata_service, network, program

UUID = "6d1f2a3b-0c4d-4e5f-8a9b-1c2d3e4f5a6b"


def test_by_bios_with_a_config_drive_it_runs_its_program_whole_and_nothing_listens(image: Path, tmp_path: Path) -> None:
    text = hashlib.sha256(b"seed").hexdigest()
    long = [f"echo {number} {text}" for number in range(500)]
    asked = program(
        'echo "program of $SOVRAN_PROGRAM, own image: $SOVRAN_OWN_IMAGE"',
        "echo LISTENING",
        "netstat -ltunw | tail -n +3",
        "echo PROCESSES",
        'ps -o comm | grep -E "getty|login|httpd|telnetd|inetd|sshd|syslogd"',
        "echo KEYS",
        "cut -d = -f 1 /run/sovran/lease.eth0",
        "echo TABLE",
        *long,
    )
    with Machine(tmp_path, image, *config_drive(tmp_path, asked), *network()) as machine:
        console = machine.powered_off()
    assert "program of config-drive, own image: 1" in console
    assert lines_after(console, "LISTENING")[0] == "PROCESSES", "something listens"
    assert lines_after(console, "PROCESSES")[0] == "KEYS", "something runs"
    keys = lines_after(console, "KEYS")
    assert {"ip", "mask", "serverid", "lease"} <= set(keys[: keys.index("TABLE")])
    # all of it left the serial port before the power went
    assert lines_after(console, "TABLE")[:500] == [line.removeprefix("echo ") for line in long]
    assert "sovran: the program ended with status 0" in console


def test_by_uefi_with_the_metadata_service_it_asks_until_that_answers(image: Path, tmp_path: Path) -> None:
    script = (
        b"#!/bin/bash\necho ordinary script of $SOVRAN_PROGRAM\nls /sys/firmware/efi\ncat /run/sovran/meta_data.*\n"
    )
    drive = config_drive(tmp_path, None)
    service = metadata_service(tmp_path, script, failing=1)
    with Machine(tmp_path, image, *drive, *service, uefi=True) as machine:
        console = machine.powered_off()
    assert "ordinary script of metadata" in console
    assert "systab" in console
    assert '{"uuid": "of-the-drive"}' in console
    assert '{"uuid": "of-the-service"}' in console


def test_a_program_that_was_cut_is_not_run(image: Path, packages: Packages, tmp_path: Path) -> None:
    """On a config drive in FAT, and from a metadata service; then its own program runs."""
    whole = program("echo of a program that was cut", *(f"true {number}" for number in range(100)))
    mtools = tmp_path / "mtools"
    mtools.write_bytes(Contents(packages).one("mtools", "bin/mtools"))
    mtools.chmod(0o755)
    disk, cut = tmp_path / "fat", tmp_path / "cut"
    cut.write_bytes(whole[: len(whole) // 2])
    for words in (
        ("mformat", "-C", "-i", disk, "-f", "1440", "-v", "config-2", "::"),
        ("mmd", "-i", disk, "::/openstack", "::/openstack/latest"),
        ("mcopy", "-i", disk, cut, "::/openstack/latest/user_data"),
        ("mcopy", "-i", disk, cut, "::/openstack/latest/meta_data.json"),
    ):
        subprocess.run([mtools, "-c", *words], check=True, env={**os.environ, "MTOOLSRC": os.devnull})
    changed = whole.replace(b"true 7\n", b"true 8\n")
    with Machine(tmp_path, image, *attached(disk), *metadata_service(tmp_path, changed)) as machine:
        console = machine.powered_off()
    assert "user-data of config-drive is not run" in console
    assert "user-data of metadata is not run" in console
    assert "of a program that was cut" not in console
    assert "built in: built-in 1" in console


def test_without_user_data_its_own_program_runs(packages: Packages, tmp_path: Path) -> None:
    """The one that sovran ships, which marks its lines with the machine's uuid."""
    shipped = tmp_path / "probe.qcow2"
    build(packages, shipped)
    with Machine(tmp_path, shipped, "-nic", "none", "-uuid", UUID) as machine:
        console = machine.powered_off()
    assert "runs the program of built-in" in console
    assert f":sovran:uuid-{UUID.replace('-', '')[:12]}:" in console


def test_without_a_source_it_says_why_there_is_none(image: Path, tmp_path: Path) -> None:
    with Machine(tmp_path, image) as machine:
        console = machine.powered_off()
    assert "built in: built-in 1" in console
    assert "no disk with the label config-2 can be read" in console
    assert "no network interface" in console


def test_a_program_that_hangs_is_killed_with_all_that_it_started(image: Path, tmp_path: Path) -> None:
    asked = program("trap '' TERM INT HUP", "(while :; do sleep 1; echo child; done) &", "sleep 1000", limit=3)
    with Machine(tmp_path, image, *config_drive(tmp_path, asked), "-nic", "none") as machine:
        console = machine.powered_off()
    assert "sovran: the program ran longer than 3 s and was killed" in console
    assert "child" not in console.partition("was killed")[2]


def test_a_program_that_fails_is_told_and_ends_the_machine(image: Path, tmp_path: Path) -> None:
    asked = program("echo so far", "exit 7")
    with Machine(tmp_path, image, *config_drive(tmp_path, asked), "-nic", "none") as machine:
        console = machine.powered_off()
    assert "so far\nsovran: the program ended with status 7" in console


def test_a_kernel_that_panics_says_so_and_does_not_boot_again(image: Path, tmp_path: Path) -> None:
    asked = program("echo about to panic", "echo c >/proc/sysrq-trigger")
    with Machine(tmp_path, image, *config_drive(tmp_path, asked), "-nic", "none") as machine:
        machine.wait_for("Kernel panic - not syncing")
        assert machine.runs_for(15)
        assert machine.console().count("about to panic") == 1
