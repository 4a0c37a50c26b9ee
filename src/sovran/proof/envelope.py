# SPDX-License-Identifier: Apache-2.0
"""DSSE envelopes by securesystemslib, one per line of an in-toto bundle."""

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any, Final

import msgspec
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    PublicFormat,
    load_pem_private_key,
    load_ssh_private_key,
    load_ssh_public_key,
)
from securesystemslib.dsse import Envelope
from securesystemslib.exceptions import FormatError, VerificationError
from securesystemslib.signer import CryptoSigner, Signer, SSlibKey

from sovran.model.printable import printable
from sovran.proof.agent import AgentSigner, agent_key
from sovran.proof.signing_key import TRIAL, SigningKey
from sovran.proof.ssh_key import TYPES, Malformed, PublicKey

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.types import PrivateKeyTypes

PAYLOAD_TYPE: Final = "application/vnd.in-toto+json"


class _Signature(msgspec.Struct, forbid_unknown_fields=True):
    keyid: str
    sig: str


class _Fields(msgspec.Struct, forbid_unknown_fields=True, rename="camel"):
    """A DSSE envelope as sovran writes it, in this order of keys."""

    payload: str
    payload_type: str
    signatures: list[_Signature]


def signer_of(key: SigningKey) -> Signer:
    """Signs with the same key as the SSH signatures: from its file, or by the agent where that has a passphrase.

    Raises SovranError when neither is possible.
    """
    private = _without_passphrase(key)
    signer: Signer = AgentSigner(key.public) if private is None else CryptoSigner(private)
    signer.public_key.verify_signature(signer.sign(TRIAL), TRIAL)
    return signer


def bundle(statements: Iterable[Mapping[str, Any]], signer: Signer) -> bytes:
    """The statements, each in an envelope on a line of its own."""
    return b"".join(_line(_signed(statement, signer)) for statement in statements)


def signed_by(content: bytes, public: PublicKey) -> list[dict[str, Any]]:
    """The statements in the bundle `content`; raises Malformed unless each is signed with this key and written as
    sovran writes it.
    """
    lines = content.splitlines(keepends=True)
    if not lines:
        raise Malformed("it is empty")
    keys = _keys(public)
    return [_verified(line, keys) for line in lines]


def _keys(public: PublicKey) -> list[SSlibKey]:
    """The key as each of our signers uses it; raises Malformed for keys that no signer of ours has."""
    if public.type not in TYPES:
        raise Malformed(f"keys of type {printable(public.type, 60)} sign no statements")
    try:
        return [SSlibKey.from_crypto(load_ssh_public_key(public.line.encode())), agent_key(public)]
    except (ValueError, UnsupportedAlgorithm):
        raise Malformed("the key is one that signs no statements") from None


def _verified(line: bytes, keys: list[SSlibKey]) -> dict[str, Any]:
    envelope = _read(line)
    # another way to write the same is a change as well
    if _line(envelope) != line:
        raise Malformed("it is not as sovran writes it")
    if len(envelope.signatures) != 1:
        raise Malformed("it has not one signature")
    if envelope.payload_type != PAYLOAD_TYPE:
        raise Malformed(f"it holds {printable(envelope.payload_type)}, not {PAYLOAD_TYPE}")
    try:
        envelope.verify(list(keys), 1)
        return msgspec.json.decode(envelope.payload, type=dict[str, Any])
    except VerificationError:
        raise Malformed("its signature is not a good one by this key") from None
    except (msgspec.MsgspecError, ValueError, RecursionError):
        raise Malformed("it holds no statement") from None


def _read(line: bytes) -> Envelope:
    try:
        fields = msgspec.json.decode(line, type=_Fields)
        return Envelope.from_dict(msgspec.to_builtins(fields))
    except (msgspec.MsgspecError, FormatError, ValueError):
        raise Malformed("it is no DSSE envelope") from None


def _signed(statement: Mapping[str, Any], signer: Signer) -> Envelope:
    envelope = Envelope(msgspec.json.encode(statement), PAYLOAD_TYPE, {})
    envelope.sign(signer)
    return envelope


def _line(envelope: Envelope) -> bytes:
    return msgspec.json.encode(envelope.to_dict()) + b"\n"


def _without_passphrase(key: SigningKey) -> "PrivateKeyTypes | None":
    """The private key, or None when its file does not give it without a passphrase; then an agent must."""
    load = load_ssh_private_key if b"BEGIN OPENSSH PRIVATE KEY" in key.private else load_pem_private_key
    try:
        private = load(key.private, None)
    except (ValueError, TypeError):
        return None
    line = private.public_key().public_bytes(Encoding.OpenSSH, PublicFormat.OpenSSH).decode()
    # beside a public key of an agent may lie the private key of another pair
    return private if line == key.public.line else None
