# SPDX-License-Identifier: Apache-2.0
"""How the TLS of a server differs from a profile of Mozilla's guideline (Server Side TLS), as data of the standard."""

import datetime
import ipaddress
from collections.abc import Iterable, Iterator
from typing import NamedTuple

import msgspec

from sovran.cloud.tls.records import Certificate, TlsScan


class Profile(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One level of the guideline; empty lists of ciphers mean that none of their protocol is allowed."""

    tls: list[str]
    """Protocols that are allowed."""
    tls13_suites: list[str]
    tls12_ciphers: list[str]
    """IANA names, also for older protocols."""
    cert_types: list[str]
    cert_signatures: list[str]
    cert_curves: list[str]
    tls_curves: list[str]
    rsa_key_size: int | None
    dh_param_size: int | None
    ecdh_param_size: int
    max_cert_lifespan_days: int


class Deviation(NamedTuple):
    """One thing that a server has and the profile does not allow."""

    field: str
    expected: str
    seen: str
    note: bool = False
    """True: beyond the profile, but no weakness of a kind that it bounds."""


SMALL_GROUPS = {"secp192r1": 192, "secp224r1": 224}
"""Groups with fewer bits than the least of the guideline (`ecdh_param_size`)."""
COVERED = ("expired", "mismatch", "not yet valid")
"""Words of the SSL library for what is judged here by itself."""


def deviations(scan: TlsScan, profile: Profile, now: datetime.datetime) -> Iterator[Deviation]:
    """What a server offers beside the profile, protocols first; HSTS and stapled OCSP answers are not looked at."""
    for protocol in scan.offered:
        if protocol not in profile.tls:
            yield Deviation("protocol", " or ".join(profile.tls), protocol)
    for protocol, suites in scan.offered.items():
        allowed = profile.tls13_suites if protocol == "TLSv1.3" else profile.tls12_ciphers
        if protocol in profile.tls:
            for suite in suites:
                if suite not in allowed:
                    yield Deviation(f"cipher suite of {protocol}", "one of the profile's", suite)
    yield from _key_exchange(scan, profile)
    for certificate in scan.certificates:
        yield from _certificate(certificate, profile)
        yield from _validity(certificate, scan.host, now)
    if scan.untrusted and not any(word in scan.untrusted.lower() for word in COVERED):
        yield Deviation("certificate chain", "one that clients trust", scan.untrusted)


def _key_exchange(scan: TlsScan, profile: Profile) -> Iterator[Deviation]:
    for group in scan.groups:
        if group not in profile.tls_curves:
            weak = SMALL_GROUPS.get(group, profile.ecdh_param_size) < profile.ecdh_param_size
            yield Deviation("group for key exchange", " or ".join(profile.tls_curves), group, note=not weak)
    if scan.dh_bits and profile.dh_param_size and scan.dh_bits < profile.dh_param_size:
        yield Deviation("DH prime", f"at least {profile.dh_param_size} bits", f"{scan.dh_bits} bits")


def _certificate(certificate: Certificate, profile: Profile) -> Iterator[Deviation]:
    if certificate.key not in profile.cert_types:
        yield Deviation("certificate key", " or ".join(profile.cert_types), certificate.key)
    elif certificate.key == "rsa" and profile.rsa_key_size and certificate.key_bits < profile.rsa_key_size:
        yield Deviation("certificate key", f"RSA of {profile.rsa_key_size} bits", f"RSA of {certificate.key_bits}")
    elif certificate.key == "ecdsa" and certificate.curve not in profile.cert_curves:
        yield Deviation("certificate curve", " or ".join(profile.cert_curves), certificate.curve or "unnamed")
    if certificate.signed_with not in profile.cert_signatures:
        yield Deviation("certificate signature", " or ".join(profile.cert_signatures), certificate.signed_with)
    lifespan = certificate.not_after - certificate.not_before
    if lifespan > datetime.timedelta(days=profile.max_cert_lifespan_days):
        yield Deviation("certificate lifespan", f"{profile.max_cert_lifespan_days} days", f"{lifespan.days} days")


def _validity(certificate: Certificate, host: str, now: datetime.datetime) -> Iterator[Deviation]:
    if now > certificate.not_after:
        yield Deviation("certificate expiry", "a date to come", f"{certificate.not_after:%Y-%m-%d}")
    if now < certificate.not_before:
        yield Deviation("certificate begin", "a date gone by", f"{certificate.not_before:%Y-%m-%d}")
    if not is_for(host, certificate.names):
        yield Deviation("certificate names", host, ", ".join(certificate.names) or "none")


def is_for(host: str, names: Iterable[str]) -> bool:
    """Whether a certificate with these names is for a host: by address, name, or wildcard for the first label."""
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        host = _ascii(host)
        _, _, parent = host.partition(".")
        return any(_ascii(name) in (host, f"*.{parent}" if "." in parent else host) for name in names)
    return any(name == str(address) for name in names)


def _ascii(name: str) -> str:
    name = name.lower().rstrip(".")
    try:
        return name if name.isascii() else name.encode("idna").decode("ascii")
    except UnicodeError:
        return name
