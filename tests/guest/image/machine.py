# SPDX-License-Identifier: Apache-2.0
"""Boots images in QEMU without KVM, as a cloud would: disks, firmware, a network that ends in QEMU, a console."""

import hashlib
import shlex
import subprocess
import time
from collections.abc import Sequence
from pathlib import Path

FIRMWARE = Path("/usr/share/OVMF")
PATIENCE = 240
"""Seconds; machines that run tests are slow at times."""
ADDRESS = "169.254.169.254"
"""Of the metadata service: asked by guests only, whose network knows nothing else."""


class Machine:
    """One virtual machine with an image as its disk; what it writes to the disk is forgotten."""

    def __init__(self, folder: Path, image: Path, *devices: str, uefi: bool = False) -> None:
        folder.mkdir(exist_ok=True)
        self._console = folder / "console"
        self._console.touch()
        words = ["-accel", "tcg,tb-size=64", "-nodefaults", "-m", "192", "-display", "none", "-snapshot"]
        words += ["-serial", f"file:{self._console}", "-device", "virtio-rng-pci"]
        words += ["-drive", f"file={image},if=virtio,format=qcow2", *(devices or ("-nic", "none"))]
        if uefi:
            words += ["-drive", f"if=pflash,format=raw,readonly=on,file={FIRMWARE}/OVMF_CODE_4M.fd"]
            words += ["-drive", f"if=pflash,format=raw,file={FIRMWARE}/OVMF_VARS_4M.fd"]
        self._process = subprocess.Popen(["qemu-system-x86_64", *words], stdin=subprocess.DEVNULL)

    def __enter__(self) -> "Machine":
        return self

    def __exit__(self, *_: object) -> None:
        self._process.kill()
        self._process.wait()

    def console(self) -> str:
        """What came on the serial port until now."""
        return self._console.read_bytes().decode("ascii", "replace").replace("\r", "")

    def powered_off(self) -> str:
        """The console of the machine, when it has powered itself off. Raises when it does not."""
        try:
            assert self._process.wait(PATIENCE) == 0
        except subprocess.TimeoutExpired:
            raise AssertionError(f"still on after {PATIENCE} s:\n{self.console()}") from None
        return self.console()

    def wait_for(self, text: str) -> None:
        """Until the console shows it."""
        end = time.monotonic() + PATIENCE
        while text not in self.console():
            assert self._process.poll() is None, self.console()
            assert time.monotonic() < end, self.console()
            time.sleep(0.2)

    def runs_for(self, seconds: float) -> bool:
        """Whether it neither ends nor powers off for so long."""
        try:
            self._process.wait(seconds)
        except subprocess.TimeoutExpired:
            return True
        return False


def program(*lines: str, limit: int | None = None) -> bytes:
    """A program as sovran gives it to a guest: with its time limit, whole to its last line."""
    body = "".join(f"{line}\n" for line in ("#!/bin/sh", f"#sovran-limit {limit or 60}", *lines)).encode()
    return body + f"#sovran-end {hashlib.sha256(body).hexdigest()}\n".encode()


def config_drive(folder: Path, user_data: bytes | None) -> tuple[str, ...]:
    """A config drive as Nova makes it, attached."""
    latest = folder / "drive" / "openstack" / "latest"
    latest.mkdir(parents=True)
    (latest / "meta_data.json").write_text('{"uuid": "of-the-drive"}')
    if user_data is not None:
        (latest / "user_data").write_bytes(user_data)
    disk = folder / "drive.iso"
    command = ("genisoimage", "-quiet", "-J", "-r", "-V", "config-2", "-o", str(disk), str(folder / "drive"))
    subprocess.run(command, check=True)
    return attached(disk)


def attached(disk: Path) -> tuple[str, ...]:
    """A raw disk, not to be written to."""
    return "-drive", f"file={disk},if=virtio,format=raw,readonly=on"


def network(more: str = "") -> tuple[str, ...]:
    """A network with DHCP and nothing else, inside QEMU."""
    return "-netdev", f"user,id=n,restrict=on{more}", "-device", "virtio-net-pci,netdev=n,romfile="


def metadata_service(folder: Path, user_data: bytes, *, failing: int = 0) -> tuple[str, ...]:
    """A network with DHCP and a metadata service and nothing else; the service fails so often before it answers.

    QEMU runs the script for each connection; nothing of it is on a network of this machine.
    """
    (folder / "user_data").write_bytes(user_data)
    (folder / "meta_data.json").write_text('{"uuid": "of-the-service"}')
    served = shlex.quote(str(folder))
    script = folder / "service"
    script.write_text(
        f"""cd {served}
read -r method path version
while read -r line && [ "$line" != "$(printf '\\r')" ]; do :; done
echo "$path" >>asked
file=${{path##*/}}
if [ "$(wc -l <asked)" -le {failing} ]; then
  printf 'HTTP/1.0 503 Not Yet\\r\\n\\r\\n'
elif [ "${{path%/*}}" = /openstack/latest ] && [ -f "$file" ]; then
  printf 'HTTP/1.0 200 OK\\r\\nContent-Length: %s\\r\\n\\r\\n' "$(wc -c <"$file")"
  cat "$file"
else
  printf 'HTTP/1.0 404 Not Found\\r\\n\\r\\n'
fi
"""
    )
    return network(f",net=169.254.169.0/24,guestfwd=tcp:{ADDRESS}:80-cmd:sh {script}")


def lines_after(console: str, start: str) -> Sequence[str]:
    """The console's lines that follow the one that is `start`."""
    lines = console.splitlines()
    return lines[lines.index(start) + 1 :]
