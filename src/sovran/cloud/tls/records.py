# SPDX-License-Identifier: Apache-2.0
"""What was seen of a server's TLS, as plain records that a snapshot holds."""

import datetime

import msgspec

PROTOCOLS = ("SSLv3", "TLSv1", "TLSv1.1", "TLSv1.2", "TLSv1.3")
"""Versions that are tried, oldest first; SSL 2 has no server left that speaks it and anything newer."""


class Certificate(msgspec.Struct, frozen=True, kw_only=True):
    """A server's own certificate (the leaf)."""

    subject: str
    """Common name; only for showing, since names count in `names`."""
    names: tuple[str, ...] = ()
    """DNS names and IP addresses for which it was issued (subjectAltName)."""
    not_before: datetime.datetime
    not_after: datetime.datetime
    """Both UTC."""
    key: str
    """`rsa`, `ecdsa`, or another algorithm's name or OID."""
    key_bits: int = 0
    """RSA modulus or curve; 0: unknown."""
    curve: str = ""
    """ECDSA: name as OpenSSL writes it, e.g. `prime256v1`, or OID."""
    signed_with: str
    """With which the issuer signed it, e.g. `sha256WithRSAEncryption`, or OID."""


class TlsScan(msgspec.Struct, frozen=True, kw_only=True):
    """One host and port, as seen from here."""

    host: str
    port: int
    offered: dict[str, tuple[str, ...]] = {}
    """Protocol that the server accepts, to its cipher suites: all for TLS 1.2 and 1.3, of older ones the first."""
    refused: tuple[str, ...] = ()
    """Protocols that the server does not accept."""
    groups: tuple[str, ...] = ()
    """For key exchange by elliptic curves or, in TLS 1.3, any."""
    dh_bits: int = 0
    """Of the smallest prime for key exchange by finite fields up to TLS 1.2; 0: none was seen."""
    certificates: tuple[Certificate, ...] = ()
    """Different ones that it showed, e.g. one with an RSA and one with an ECDSA key."""
    untrusted: str = ""
    """Why a client refuses the certificate chain or its name; empty: it does not, or that was not tried."""
    trust_unknown: str = ""
    """Why that could not be tried."""
    unknown: dict[str, str] = {}
    """Protocol to why it is not, or not wholly, known."""
    speaks_tls: bool = True
    """False: what came back is no TLS, e.g. plain HTTP."""
