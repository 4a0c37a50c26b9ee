# SPDX-License-Identifier: Apache-2.0
"""Keys to sign with: every form that OpenSSH has, and each reason for which one cannot sign."""

import os
import socket
import subprocess
from pathlib import Path

import pytest

from sovran.model.errors import SovranError, UsageError
from sovran.proof.signing_key import open_key
from tests.proof.keys import Agent, KeyPair, make_key, verified_by_openssh

KINDS = {
    "ed25519": ("-t", "ed25519"),
    "rsa": ("-t", "rsa", "-b", "2048"),
    "rsa in PEM": ("-t", "rsa", "-b", "2048", "-m", "PEM"),
    "ecdsa 256": ("-t", "ecdsa", "-b", "256"),
    "ecdsa 384": ("-t", "ecdsa", "-b", "384"),
    "ecdsa 521": ("-t", "ecdsa", "-b", "521"),
}


def demand_signs(path: Path, pair: KeyPair, folder: Path) -> None:
    report = folder / "report"
    report.write_bytes(b"content")
    opened = open_key(path)
    (folder / "report.sig").write_text(opened.sign(b"content"), encoding="ascii")
    assert opened.public.line == pair.line
    assert verified_by_openssh(report, pair)


@pytest.mark.usefixtures("no_agent")
@pytest.mark.parametrize("words", KINDS.values(), ids=KINDS)
def test_openssh_verifies_what_each_kind_of_key_signed(tmp_path: Path, words: tuple[str, ...]) -> None:
    pair = make_key(tmp_path / "key", *words)
    demand_signs(pair.private, pair, tmp_path)


def test_an_agent_signs_for_a_key_with_a_passphrase(tmp_path: Path, agent: Agent) -> None:
    pair = make_key(tmp_path / "key", passphrase="secret")
    agent.add(pair, "secret")
    demand_signs(pair.private, pair, tmp_path)
    demand_signs(pair.public, pair, tmp_path)
    pair.private.unlink()
    demand_signs(pair.public, pair, tmp_path)


@pytest.mark.usefixtures("no_agent")
def test_of_a_public_key_the_private_one_beside_it_signs_as_openssh_has_it(tmp_path: Path) -> None:
    pair = make_key(tmp_path / "key")
    demand_signs(pair.public, pair, tmp_path)


@pytest.mark.usefixtures("agent")
def test_a_passphrase_that_no_agent_knows_is_not_asked_for(tmp_path: Path) -> None:
    pair = make_key(tmp_path / "key", passphrase="secret")
    with pytest.raises(UsageError, match=r"has a passphrase and no SSH agent holds it: load it with `ssh-add .*/key`"):
        open_key(pair.private)


@pytest.mark.usefixtures("agent")
def test_a_public_key_whose_private_one_no_agent_holds(tmp_path: Path) -> None:
    pair = make_key(tmp_path / "key")
    pair.private.unlink()
    with pytest.raises(UsageError, match=r"The private key of .*/key\.pub is in no file beside it and no SSH agent"):
        open_key(pair.public)


def test_a_private_key_that_others_may_read(tmp_path: Path) -> None:
    pair = make_key(tmp_path / "key")
    pair.private.chmod(0o640)
    with pytest.raises(UsageError, match=r"Others may read the private key .*/key \(mode 0640\); run `chmod 600 "):
        open_key(pair.private)


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (None, r"Cannot read the key .*/key \(No such file or directory\)"),
        (b"", "is no SSH key that can be read"),
        (b"no key\n", "is no SSH key that can be read"),
        (b"-----BEGIN OPENSSH PRIVATE KEY-----\nbroken\n", "is no SSH key that can be read"),
    ],
)
def test_what_is_no_key(tmp_path: Path, content: bytes | None, sentence: str) -> None:
    path = tmp_path / "key"
    if content is not None:
        path.write_bytes(content)
        path.chmod(0o600)
    with pytest.raises(UsageError, match=sentence):
        open_key(path)


def test_a_folder_or_pipe_is_no_key(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    for path in (tmp_path, tmp_path / "pipe"):
        with pytest.raises(UsageError, match=r"The key .* is no file"):
            open_key(path)


@pytest.mark.usefixtures("no_agent")
def test_a_certificate_is_refused(tmp_path: Path) -> None:
    authority, pair = make_key(tmp_path / "ca"), make_key(tmp_path / "key")
    words = ["ssh-keygen", "-q", "-s", str(authority.private), "-I", "id", "-n", "ops", str(pair.public)]
    subprocess.run(words, check=True, timeout=60)
    with pytest.raises(UsageError, match=r"is a key of type ED25519-CERT: name an ed25519, rsa or ecdsa key"):
        open_key(tmp_path / "key-cert.pub")


def test_without_openssh(tmp_path: Path, key: KeyPair, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(UsageError, match=r"No `ssh-keygen` on PATH: install OpenSSH's client programs"):
        open_key(key.private)


def test_an_agent_that_does_not_answer(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pair = make_key(tmp_path / "key")
    monkeypatch.setattr("sovran.proof.ssh_keygen.PATIENCE", 1.0)
    monkeypatch.setenv("SSH_AUTH_SOCK", str(tmp_path / "agent"))
    with socket.socket(socket.AF_UNIX) as agent:
        agent.bind(str(tmp_path / "agent"))
        agent.listen()
        with pytest.raises(SovranError, match=r"`ssh-keygen` did not answer within 1 s; see whether the agent works"):
            open_key(pair.private)


@pytest.mark.usefixtures("no_agent")
def test_a_key_that_went_away_later(tmp_path: Path) -> None:
    pair = make_key(tmp_path / "key")
    opened = open_key(pair.private)
    pair.private.unlink()
    pair.public.unlink()
    with pytest.raises(SovranError, match=r"The key .*/key did not sign \(.*No such file or directory"):
        opened.sign(b"content")


def test_the_private_key_is_not_shown(key: KeyPair) -> None:
    assert "PRIVATE" not in repr(open_key(key.private))
