# SPDX-License-Identifier: Apache-2.0
"""Whom somebody trusts: OpenSSH's file of allowed signers, with its days, names and purposes, and revoked keys."""

from pathlib import Path

import pytest

from sovran.model.errors import UsageError
from sovran.proof.signed_file import NotVerified
from sovran.proof.trust import Trust
from sovran.proof.verification import verify
from tests.proof.keys import KeyPair, sign


@pytest.fixture
def report(tmp_path: Path, key: KeyPair) -> Path:
    path = tmp_path / "report"
    path.write_bytes(b"content")
    sign(path, key)
    return path


@pytest.mark.parametrize(
    ("names", "options", "identity", "signer"),
    [
        ("ops@example.org", "", "", "ops@example.org"),
        ("ops@example.org,dev@example.org", "", "", "ops@example.org"),
        ("ops@example.org,dev@example.org", "", "dev@example.org", "dev@example.org"),
        ("*@example.org", "", "", "*@example.org"),
        ("*@example.org", "", "ops@example.org", "ops@example.org"),
        ("ops", 'namespaces="file,report"', "", "ops"),
        ("ops", 'valid-after="20200101",valid-before="29990101"', "", "ops"),
    ],
)
def test_who_signed(report: Path, key: KeyPair, names: str, options: str, identity: str, signer: str) -> None:
    trust = Trust(allowed_signers=key.allow(names, options), identity=identity)
    assert verify(report, trust).signer == signer


@pytest.mark.parametrize(
    ("names", "options", "identity", "sentence"),
    [
        ("ops", 'valid-before="20200101"', "", r"which is not valid today \(.*key has expired"),
        ("ops", 'valid-after="29990101"', "", r"which is not valid today \(.*key is not yet valid"),
        ("ops", 'valid-before="20200101"', "ops", r"which is not valid today \(.*key has expired"),
        ("ops", 'namespaces="git"', "", 'does not allow ops for reports .*namespace "report"'),
        ("ops", "", "dev", "does not allow dev for reports"),
        ("*@example.org", "", "ops@example.com", "does not allow ops@example.com for reports"),
    ],
)
def test_who_did_not(report: Path, key: KeyPair, names: str, options: str, identity: str, sentence: str) -> None:
    trust = Trust(allowed_signers=key.allow(names, options), identity=identity)
    with pytest.raises(NotVerified, match=sentence):
        verify(report, trust)


def test_a_key_that_nobody_named(report: Path, other_key: KeyPair) -> None:
    with pytest.raises(NotVerified, match=r"whom .*allowed_signers does not name as allowed signer"):
        verify(report, Trust(allowed_signers=other_key.allow()))


@pytest.mark.parametrize("content", ["", "nonsense\n", "# nobody\n", "\x00\n"])
def test_a_file_that_names_nobody(report: Path, tmp_path: Path, content: str) -> None:
    path = tmp_path / "allowed"
    path.write_text(content, encoding="utf-8")
    with pytest.raises(NotVerified, match="does not name as allowed signer"):
        verify(report, Trust(allowed_signers=path))


def test_a_revoked_key(report: Path, key: KeyPair, other_key: KeyPair) -> None:
    for trust in (Trust(key=key.public, revoked=key.public), Trust(allowed_signers=key.allow(), revoked=key.public)):
        with pytest.raises(NotVerified, match=r"which .*id_ed25519\.pub has as revoked"):
            verify(report, trust)
    assert verify(report, Trust(key=key.public, revoked=other_key.public)).signer


def test_a_list_of_revoked_keys_that_is_none(report: Path, key: KeyPair, tmp_path: Path) -> None:
    path = tmp_path / "revoked"
    path.write_text("nonsense\n", encoding="utf-8")
    with pytest.raises(NotVerified):
        verify(report, Trust(key=key.public, revoked=path))


def test_contradictions(key: KeyPair, tmp_path: Path) -> None:
    gone = tmp_path / "gone"
    with pytest.raises(UsageError, match="both say whom to trust"):
        Trust(key=key.public, allowed_signers=key.allow())
    with pytest.raises(UsageError, match="`--identity` is looked up in a file of allowed signers"):
        Trust(key=key.public, identity="ops")
    with pytest.raises(UsageError, match="`--revoked` takes keys away"):
        Trust(revoked=key.public)
    with pytest.raises(UsageError, match=r"There is no file .*gone"):
        Trust(allowed_signers=gone)
    with pytest.raises(UsageError, match=r"There is no file .*gone"):
        Trust(key=key.public, revoked=gone)
