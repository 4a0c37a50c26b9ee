# SPDX-License-Identifier: Apache-2.0
"""Public keys: read as OpenSSH writes them, and nothing else."""

import base64
import subprocess
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sovran.model.errors import UsageError
from sovran.proof.ssh_key import Malformed, base64_strictly, pack, read_public_keys, strings
from tests.proof.keys import KeyPair, make_key


@pytest.mark.parametrize("words", [("-t", "ed25519"), ("-t", "rsa", "-b", "2048"), ("-t", "ecdsa", "-b", "521")])
def test_a_key_has_the_fingerprint_that_openssh_tells(tmp_path: Path, words: tuple[str, ...]) -> None:
    pair = make_key(tmp_path / "key", *words)
    (key,) = read_public_keys(pair.public)
    told = subprocess.run(["ssh-keygen", "-l", "-f", pair.public], capture_output=True, check=True, text=True).stdout
    assert key.fingerprint == told.split()[1]
    assert key.line == pair.line
    kind = told.rpartition("(")[2].strip(")\n")
    assert str(key) == f"{kind} key {key.fingerprint}"


def test_several_keys_with_comments_and_blank_lines(tmp_path: Path, key: KeyPair, other_key: KeyPair) -> None:
    path = tmp_path / "keys"
    path.write_text(f"# ours\n\n{key.line} a comment with words\n {other_key.line}\n{key.line}\n", encoding="utf-8")
    assert [one.line for one in read_public_keys(path)] == [key.line, other_key.line]


def test_a_private_key_is_refused_with_the_name_of_the_public_one(key: KeyPair) -> None:
    with pytest.raises(UsageError, match=r"id_ed25519 is a private key, .*; name the public one, .*/id_ed25519\.pub\."):
        read_public_keys(key.private)


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", "holds no public key"),
        ("# only a comment\n", "holds no public key"),
        ("ssh-ed25519 nonsense\n", "has a line that is no ed25519, rsa or ecdsa public key"),
        ("ssh-ed25519 AAAAB3NzaC1yc2EAAAADAQABAAAAAQ==\n", "has a line that is no"),
        ("ssh-dss AAAAB3NzaC1kc3M=\n", "has a line that is no"),
        ('namespaces="report" ssh-ed25519 AAAA\n', "has a line that is no"),
        ("-----BEGIN PUBLIC KEY-----\n", "has a line that is no"),
        ("\x1b[31m\n", r"\(\\x1b\[31m\)"),
    ],
)
def test_what_is_no_key_is_refused(tmp_path: Path, text: str, sentence: str) -> None:
    path = tmp_path / "k.pub"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(UsageError, match=sentence):
        read_public_keys(path)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"Cannot read the public key .*gone\.pub \(No such file or directory\)"):
        read_public_keys(tmp_path / "gone.pub")


@given(st.lists(st.binary(max_size=30)))
def test_strings_come_back_from_the_wire(values: list[bytes]) -> None:
    assert list(strings(pack(*values))) == values


@given(st.binary(max_size=40))
def test_any_bytes_are_strings_or_malformed(packed: bytes) -> None:
    try:
        values = list(strings(packed))
    except Malformed:
        return
    assert pack(*values) == packed


@pytest.mark.parametrize("text", ["AB==", "AAB=", "AA=", "AA", "A A==", "AA==\n", "AA==AA==", "\u00e4AA="])
def test_other_spellings_of_base64_are_malformed(text: str) -> None:
    with pytest.raises(Malformed):
        base64_strictly(text)


@given(st.binary(max_size=20), st.integers(0, 27), st.characters())
def test_base64_has_one_spelling(content: bytes, at: int, character: str) -> None:
    text = base64.b64encode(content).decode()
    assert base64_strictly(text) == content
    changed = text[:at] + character + text[at + 1 :]
    if changed != text:
        try:
            assert base64_strictly(changed) != content
        except Malformed:
            return
