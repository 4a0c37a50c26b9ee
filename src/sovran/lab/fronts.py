# SPDX-License-Identifier: Apache-2.0
"""TLS proxies in front of a lab's services: which are wanted (data/fronts.json), and the one process that runs them.

They are there only while a break wants them, so that a lab without TLS starts as fast as ever. The process makes the
certificates, signed by an authority of the lab's own that its clouds.yaml trusts.
"""

from pathlib import Path
from typing import Literal

import msgspec

from sovran.lab import clouds, environment, processes, startup
from sovran.lab.config.ini import Setting
from sovran.lab.description import Description
from sovran.lab.folders import write_private
from sovran.lab.state import FRONTS
from sovran.model.errors import SovranError

TLS = "tls"
"""What the process is called among the lab's services."""


class Tls(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How a proxy is set up; without arguments by Mozilla's guideline, level intermediate."""

    oldest: Literal["TLSv1", "TLSv1.1", "TLSv1.2", "TLSv1.3"] = "TLSv1.2"
    newest: Literal["TLSv1", "TLSv1.1", "TLSv1.2", "TLSv1.3"] = "TLSv1.3"
    ciphers: str = "ECDHE+AESGCM:ECDHE+CHACHA20"
    """OpenSSL's list, up to TLS 1.2; `@SECLEVEL=0` lets it take what it has left behind."""
    group: str = ""
    """The only elliptic curve for key exchange, as OpenSSL calls it; empty: OpenSSL's own list."""
    small_prime: bool = False
    """Key exchange by finite fields with a prime of 1024 bits."""
    key: Literal["ecdsa", "rsa-2048", "rsa-1024", "secp521r1", "ed25519"] = "ecdsa"
    """Of the certificate; `ecdsa` is of the curve prime256v1."""
    digest: Literal["sha256", "sha512"] = "sha256"
    """With which the authority signs the certificate."""
    issuer: Literal["lab", "unknown", "self"] = "lab"
    names: tuple[str, ...] = ("127.0.0.1",)
    begin: int = -1
    """Day from which the certificate is valid, counted from today."""
    days: int = 90
    """For which it is."""
    speaks: Literal["TLS", "HTTP"] = "TLS"
    """HTTP: the proxy has no TLS at all."""


class Front(msgspec.Struct, frozen=True, kw_only=True):
    """A proxy on 127.0.0.1."""

    port: int
    backend: int
    """Port of the service behind it."""
    tls: Tls


def load(folder: Path) -> dict[str, Front]:
    """Service to the proxy that is wanted in front of it.

    Raises:
        SovranError: the file is not one of ours.
    """
    path = folder / "data" / FRONTS
    try:
        return msgspec.json.decode(path.read_bytes(), type=dict[str, Front])
    except FileNotFoundError:
        return {}
    except msgspec.DecodeError as error:
        raise SovranError(f"{path} cannot be read ({error}): remove it and run `sovran lab reset`") from None


def save(folder: Path, wanted: dict[str, Front]) -> None:
    """Write down which proxies are wanted; `settle` makes it so."""
    if wanted:
        write_private(folder / "data" / FRONTS, msgspec.json.encode(dict(sorted(wanted.items()))).decode() + "\n")
    else:
        (folder / "data" / FRONTS).unlink(missing_ok=True)


def settle(lab: Description, folder: Path) -> None:
    """Start, start again or end the process, so that exactly the proxies that are wanted run as they are wanted.

    Raises:
        SovranError: the process did not start, with the line of its log that tells why.
    """
    source, running = folder / "data" / FRONTS, folder / "run" / FRONTS
    wanted = source.read_text(encoding="utf-8") if source.exists() else ""
    pid = processes.find_services(lab.marker).get(TLS)
    if wanted and startup.readiness(folder, TLS, pid) is not None and running.exists():
        if running.read_text(encoding="utf-8") == wanted:
            return
    elif not wanted and pid is None:
        return
    processes.stop(lab.marker, {TLS})
    running.unlink(missing_ok=True)
    if not wanted:
        return
    packages = environment.ensure(lambda _: None)
    setting = Setting(lab, folder, packages.folder)
    startup.start(setting, packages, [TLS])
    startup.wait(setting, [TLS], (), lambda _: None)
    write_private(running, wanted)
    clouds.write(folder, lab)
