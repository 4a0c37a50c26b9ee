# SPDX-License-Identifier: Apache-2.0
"""Reading SSH signatures: what they say of themselves, and that no changed byte goes unseen."""

from functools import cache
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sovran.proof.ssh_key import Malformed
from sovran.proof.ssh_signature import BEGIN, END, read_signature
from tests.proof.keys import KeyPair, sign

SIGNATURE = b"""\
-----BEGIN SSH SIGNATURE-----
U1NIU0lHAAAAAQAAADMAAAALc3NoLWVkMjU1MTkAAAAgpJbEHHg44QW62ur/5zpVg8lCTH
/+j6JALQuqQvNclGQAAAAGcmVwb3J0AAAAAAAAAAZzaGE1MTIAAABTAAAAC3NzaC1lZDI1
NTE5AAAAQMWg4R9KyPq5lyZ5MACHknC5KX7lb58UknTzJolCuLPDYw3Gpso74rBPdzWu7v
Z+ZhWZdoBVDVpM3y2eP5rJwAM=
-----END SSH SIGNATURE-----
"""


@cache
def untouched() -> object:
    return read_signature(SIGNATURE)


def test_a_signature_tells_its_key_and_namespace(tmp_path: Path, key: KeyPair) -> None:
    path = tmp_path / "x"
    path.write_bytes(b"content")
    found = read_signature(sign(path, key, "git").read_bytes())
    assert (found.key.line, found.namespace) == (key.line, "git")


def test_line_ends_of_other_systems_become_ours() -> None:
    assert read_signature(SIGNATURE.replace(b"\n", b"\r\n")) == untouched()
    assert read_signature(SIGNATURE.removesuffix(b"\n")) == untouched()


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"nonsense",
        SIGNATURE[:-2],
        SIGNATURE + SIGNATURE,
        SIGNATURE + b"more\n",
        b" " + SIGNATURE,
        f"{BEGIN}\n{END}\n".encode(),
        f"{BEGIN}\nU1NIU0lH\n{END}\n".encode(),
        f"{BEGIN}\nU1NIU0lHAAAAAQ==\n{END}\n".encode(),
        f"{BEGIN}\n\u00e4\n{END}\n".encode(),
        b"-----BEGIN PGP SIGNATURE-----\n\n-----END PGP SIGNATURE-----\n",
        SIGNATURE + b"\n" * 70_000,
    ],
)
def test_anything_else_is_malformed(content: bytes) -> None:
    with pytest.raises(Malformed):
        read_signature(content)


@given(st.integers(0, len(SIGNATURE) - 2), st.integers(1, 255))
def test_no_changed_byte_reads_as_the_same_signature(at: int, by: int) -> None:
    changed = SIGNATURE[:at] + bytes([SIGNATURE[at] ^ by]) + SIGNATURE[at + 1 :]
    try:
        assert read_signature(changed) != untouched()
    except Malformed:
        return


@given(st.binary(max_size=200))
def test_any_content_is_malformed_and_nothing_worse(content: bytes) -> None:
    with pytest.raises(Malformed):
        read_signature(f"{BEGIN}\n".encode() + content + f"\n{END}\n".encode())
