# SPDX-License-Identifier: Apache-2.0
"""What a guest asks on the internet: names, addresses and ports, of guest/data/targets.yaml or of a user's file."""

from importlib.resources import files
from pathlib import Path
from typing import Annotated

import msgspec
import yaml

from sovran.model.errors import UsageError

# All of it is written into a shell script: nothing that a shell could read otherwise may pass.
Host = Annotated[str, msgspec.Meta(pattern=r"\A[A-Za-z0-9_]([A-Za-z0-9._:-]{0,251}[A-Za-z0-9])?\Z|\A::1?\Z")]
Url = Annotated[
    str, msgspec.Meta(pattern=r"\Ahttp://(\[[0-9A-Fa-f:]+\]|[A-Za-z0-9.-]+)(:[0-9]+)?(/[A-Za-z0-9._~/-]*)?\Z")
]
PortNumber = Annotated[int, msgspec.Meta(ge=1, le=65535)]


class Door(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A TCP port of a host."""

    host: Host
    port: PortNumber


class Domains(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, forbid_unknown_fields=True):
    """Names to ask resolvers for."""

    good: Host | None = None
    """Has A and AAAA records."""
    signed: Host | None = None
    """Its zone is signed with DNSSEC."""
    bogus: Host | None = None
    """Signed wrongly on purpose."""
    missing: Host | None = None
    """Does not exist."""
    ipv4_only: Host | None = None
    """Has A records, and no AAAA ones."""


class Targets(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, forbid_unknown_fields=True):
    """All that a guest may ask outside of its cloud; None or empty: not asked."""

    names: Domains = Domains()
    nobody: Host | None = None
    """An address where nobody listens."""
    ntp: Annotated[tuple[Host, ...], msgspec.Meta(max_length=8)] = ()
    mail: Annotated[tuple[Door, ...], msgspec.Meta(max_length=16)] = ()
    control: Door | None = None
    """A port that is known to be open."""
    reach_ipv4: Door | None = None
    reach_ipv6: Door | None = None
    path_mtu: Host | None = None
    """Answers echo requests."""
    egress_ipv4: Url | None = None
    egress_ipv6: Url | None = None
    """Answer with the address that asks."""
    dns_port: PortNumber = 53
    ntp_port: PortNumber = 123
    metadata: Url = "http://169.254.169.254"
    """Base of the metadata service."""


def shipped() -> Targets:
    """Return the targets that come with sovran."""
    source = files("sovran.guest").joinpath("data/targets.yaml")
    return _decode(source.read_text(encoding="utf-8"), "targets.yaml of sovran")


def read(path: Path) -> Targets:
    """Return the targets of a user's file; raises UsageError if it cannot be read or is not of this form."""
    try:
        text = path.read_text(encoding="utf-8")
    except OSError as error:
        raise UsageError(
            f"the targets cannot be read from {path}: {error.strerror or error}; name a YAML file, or leave it out"
        ) from None
    except UnicodeDecodeError:
        raise UsageError(f"the targets cannot be read from {path}: it is no text in UTF-8") from None
    return _decode(text, str(path))


def _decode(text: str, where: str) -> Targets:
    try:
        return msgspec.convert(yaml.safe_load(text) or {}, Targets)
    except yaml.YAMLError as err:
        raise UsageError(f"{where} is not YAML: {' '.join(str(err).split())}.") from None
    except (msgspec.ValidationError, RecursionError) as err:
        raise UsageError(f"{where} is not a file of targets: {err}.") from None
