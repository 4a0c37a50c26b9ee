# SPDX-License-Identifier: Apache-2.0
"""DSSE envelopes: made with every kind of key, verified by other code than ours, and never after a change."""

import base64
import json
import shutil
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    PublicFormat,
    load_pem_public_key,
    load_ssh_public_key,
)
from hypothesis import given
from hypothesis import strategies as st
from securesystemslib.dsse import Envelope
from securesystemslib.signer import CryptoSigner, SSlibKey

from sovran.model.errors import SovranError
from sovran.proof.envelope import bundle, signed_by, signer_of
from sovran.proof.signing_key import open_key
from sovran.proof.ssh_key import Malformed, PublicKey, base64_strictly, read_public_keys
from sovran.proof.statement import statement
from tests.proof.keys import Agent, KeyPair, make_key
from tests.proof.test_signing_key import KINDS
from tests.reports import samples

STATEMENTS = [statement(samples.failing(), "r.json", b"x"), {"any": "thing"}]


def public(pair: KeyPair) -> PublicKey:
    return read_public_keys(pair.public)[0]


def library_key(pair: KeyPair, scheme: str | None = None) -> SSlibKey:
    return SSlibKey.from_crypto(load_ssh_public_key(pair.line.encode()), scheme=scheme)


def demand_verified(content: bytes, key: SSlibKey) -> None:
    """By the library's own verifier, and by what the specification says is signed."""
    for line, expected in zip(content.splitlines(), STATEMENTS, strict=True):
        fields: dict[str, Any] = json.loads(line)
        assert fields["payloadType"] == "application/vnd.in-toto+json"
        payload = base64.b64decode(fields["payload"])
        assert json.loads(payload) == expected
        envelope = Envelope.from_dict(fields)
        assert envelope.verify([key], 1)
        assert envelope.pae() == b"DSSEv1 28 application/vnd.in-toto+json %d %b" % (len(payload), payload)


@pytest.mark.usefixtures("no_agent")
@pytest.mark.parametrize("words", KINDS.values(), ids=KINDS)
def test_the_library_verifies_what_each_kind_of_key_signed(tmp_path: Path, words: tuple[str, ...]) -> None:
    pair = make_key(tmp_path / "key", *words)
    content = bundle(STATEMENTS, signer_of(open_key(pair.private)))
    demand_verified(content, library_key(pair))
    assert signed_by(content, public(pair)) == STATEMENTS


@pytest.mark.parametrize("words", KINDS.values(), ids=KINDS)
def test_the_library_verifies_what_an_agent_signed(tmp_path: Path, agent: Agent, words: tuple[str, ...]) -> None:
    pair = make_key(tmp_path / "key", *words)
    agent.add(pair)
    pair.private.unlink()
    content = bundle(STATEMENTS, signer_of(open_key(pair.public)))
    demand_verified(content, library_key(pair, "rsa-pkcs1v15-sha256" if "rsa" in words else None))
    assert signed_by(content, public(pair)) == STATEMENTS


def test_an_agent_signs_for_a_file_with_a_passphrase(tmp_path: Path, agent: Agent) -> None:
    pair = make_key(tmp_path / "key", passphrase="secret")
    agent.add(pair, "secret")
    assert signed_by(bundle(STATEMENTS, signer_of(open_key(pair.private))), public(pair)) == STATEMENTS


def test_an_agent_that_ended(tmp_path: Path, agent: Agent) -> None:
    pair = make_key(tmp_path / "key")
    agent.add(pair)
    pair.private.unlink()
    signer = signer_of(open_key(pair.public))
    agent.stop()
    with pytest.raises(SovranError, match=r"The SSH agent did not sign with the ED25519 key SHA256:\S+ \("):
        bundle(STATEMENTS, signer)


def test_beside_the_public_key_of_an_agent_lies_a_private_one_of_another_pair(
    tmp_path: Path, agent: Agent, key: KeyPair
) -> None:
    pair = make_key(tmp_path / "key")
    agent.add(pair)
    shutil.copy(key.private, pair.private)
    assert signed_by(bundle(STATEMENTS, signer_of(open_key(pair.public))), public(pair)) == STATEMENTS


@cache
def signed() -> tuple[bytes, PublicKey]:
    """A bundle, and the key that signed it."""
    private = CryptoSigner.generate_ecdsa()
    crypto_key = load_pem_public_key(private.public_key.keyval["public"].encode())
    line = crypto_key.public_bytes(Encoding.OpenSSH, PublicFormat.OpenSSH).decode()
    return bundle(STATEMENTS, private), PublicKey(base64_strictly(line.split()[1]))


@given(st.integers(0, 100_000), st.integers(1, 255))
def test_no_changed_byte_verifies(at: int, by: int) -> None:
    content, key = signed()
    at %= len(content)
    with pytest.raises(Malformed):
        signed_by(content[:at] + bytes([content[at] ^ by]) + content[at + 1 :], key)


@given(st.integers(0, 100_000), st.binary(min_size=1, max_size=8), st.integers(0, 8))
def test_nothing_inserted_or_left_out_verifies(at: int, more: bytes, less: int) -> None:
    content, key = signed()
    at %= len(content)
    changed = content[:at] + more + content[at + less :]
    if changed != content:
        with pytest.raises(Malformed):
            signed_by(changed, key)


def test_another_key_does_not_verify(key: KeyPair) -> None:
    content, _ = signed()
    with pytest.raises(Malformed, match="its signature is not a good one by this key"):
        signed_by(content, public(key))


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\n",
        b"{}\n",
        b"null\n",
        b'{"payload":"e30=","payloadType":"application/vnd.in-toto+json","signatures":[]}\n',
        b'{"payload":"","payloadType":"x","signatures":[]}\n',
        b'{"payload":"!","payloadType":"x","signatures":[{"keyid":"a","sig":"!"}]}\n',
        b'{"payload":"","payloadType":"x","signatures":[{"keyid":"a","sig":""},{"keyid":"a","sig":""}]}\n',
        b"[" * 100_000 + b"\n",
    ],
)
def test_what_is_no_envelope(content: bytes, key: KeyPair) -> None:
    with pytest.raises(Malformed):
        signed_by(content, public(key))


def test_a_second_signature_does_not_verify() -> None:
    content, key = signed()
    fields = json.loads(content.splitlines()[0])
    fields["signatures"].append({"keyid": "another", "sig": "AAAA"})
    line = json.dumps(fields, separators=(",", ":")).encode() + b"\n"
    with pytest.raises(Malformed, match="it has not one signature"):
        signed_by(line, key)


def test_another_spelling_of_the_same_envelope_does_not_verify() -> None:
    content, key = signed()
    lines = content.splitlines()
    spaced = b"".join(json.dumps(json.loads(line)).encode() + b"\n" for line in lines)
    with pytest.raises(Malformed, match="not as sovran writes it"):
        signed_by(spaced, key)
