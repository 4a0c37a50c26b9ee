# SPDX-License-Identifier: Apache-2.0
"""Verification: only what a trusted key signed, unchanged, is verified; everything else has its sentence."""

import shutil
import subprocess
from pathlib import Path

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sovran.model.errors import ExitCode, SovranError, UsageError
from sovran.proof.envelope import bundle, signer_of
from sovran.proof.signed_file import NotVerified
from sovran.proof.signing_key import open_key
from sovran.proof.statement import statement
from sovran.proof.trust import Trust
from sovran.proof.verification import verify
from tests.proof.keys import KeyPair, make_key, sign, verified_by_openssh
from tests.proof.signing import write_signed
from tests.reports import samples

OTHER_CLOUD = msgspec.structs.replace(samples.conformant(), id="8a1c9a7e-6f57-4f0c-9d6f-000000000000")


@pytest.fixture
def report(tmp_path: Path, key: KeyPair) -> Path:
    """A signed JSON report of two clouds, with its statements."""
    return write_signed(tmp_path / "report.json", key, samples.failing(), OTHER_CLOUD)


def statements_of(report: Path) -> Path:
    return report.with_name("report.json.intoto.jsonl")


@pytest.mark.parametrize("suffix", [".yaml", ".json", ".xml", ".md", ".html"])
def test_every_format_is_verified_by_us_and_by_openssh(tmp_path: Path, key: KeyPair, suffix: str) -> None:
    path = write_signed(tmp_path / f"report{suffix}", key, samples.failing())
    assert verified_by_openssh(path, key)
    found = verify(path, Trust(key=key.public))
    assert found.statements == (suffix == ".json")
    assert (tmp_path / f"report{suffix}.intoto.jsonl").exists() == (suffix == ".json")


def test_there_is_a_statement_for_each_report(report: Path, key: KeyPair) -> None:
    assert verify(report, Trust(key=key.public)).statements == 2


def test_what_openssh_signed_is_verified(tmp_path: Path, key: KeyPair) -> None:
    path = tmp_path / "by-hand"
    path.write_bytes(b"\x00 any bytes \xff")
    sign(path, key)
    assert verify(path, Trust(key=key.public)).statements == 0
    assert verify(path, Trust(allowed_signers=key.allow())).signer == "ops@example.org"


def test_it_may_have_been_renamed(report: Path, key: KeyPair, tmp_path: Path) -> None:
    for suffix in ("", ".sig", ".intoto.jsonl"):
        shutil.move(f"{report}{suffix}", tmp_path / f"other{suffix}")
    assert verify(tmp_path / "other", Trust(key=key.public)).statements == 2


def test_without_a_trusted_key_nothing_is_verified(report: Path) -> None:
    with pytest.raises(SovranError, match="is intact but the signer is unknown") as caught:
        verify(report, Trust())
    assert caught.value.code is ExitCode.UNDECIDED


def refused(path: Path, trust: Trust) -> str:
    with pytest.raises(NotVerified) as caught:
        verify(path, trust)
    assert caught.value.code is ExitCode.NOT_CONFORMANT
    return str(caught.value)


def test_a_file_without_signature(tmp_path: Path, key: KeyPair) -> None:
    path = tmp_path / "x"
    path.touch()
    assert "x is not signed: there is no" in refused(path, Trust(key=key.public))


def test_a_signature_of_something_else(report: Path, key: KeyPair) -> None:
    sign(report, key, "git")
    assert "was made for `git`, not for `report`" in refused(report, Trust(key=key.public))


def test_a_signature_that_is_none(report: Path, key: KeyPair) -> None:
    report.with_name("report.json.sig").write_text("x", encoding="utf-8")
    assert "report.json.sig is no SSH signature (it does not begin" in refused(report, Trust(key=key.public))


def test_the_signature_of_another_file(tmp_path: Path, report: Path, key: KeyPair) -> None:
    other = write_signed(tmp_path / "other.json", key, samples.conformant())
    shutil.copy(f"{other}.sig", f"{report}.sig")
    assert "report.json is not what was signed" in refused(report, Trust(key=key.public))


def test_another_key(report: Path, other_key: KeyPair) -> None:
    sentence = refused(report, Trust(key=other_key.public))
    assert "is signed with the ED25519 key SHA256:" in sentence
    assert ", not with the ECDSA key SHA256:" in sentence


def test_one_of_several_trusted_keys(tmp_path: Path, report: Path, key: KeyPair, other_key: KeyPair) -> None:
    trusted = tmp_path / "trusted"
    trusted.write_text(f"{other_key.line}\n{key.line}\n", encoding="utf-8")
    assert verify(report, Trust(key=trusted)).signer == f"whoever holds the key in {trusted}"


def test_statements_of_another_run_on_the_same_file(report: Path, key: KeyPair) -> None:
    signer = signer_of(open_key(key.private))
    content = report.read_bytes()
    better = [statement(samples.conformant(), "report.json", content), statement(OTHER_CLOUD, "report.json", content)]
    statements_of(report).write_bytes(bundle(better, signer))
    assert "its test results are not those of the report" in refused(report, Trust(key=key.public))
    statements_of(report).write_bytes(bundle(better[1:], signer))
    assert "its test results are not those of the report" in refused(report, Trust(key=key.public))


def test_statements_about_another_file(report: Path, key: KeyPair) -> None:
    signer = signer_of(open_key(key.private))
    statements_of(report).write_bytes(bundle([statement(samples.failing(), "report.json", b"x")], signer))
    assert "it speaks of a file with another digest" in refused(report, Trust(key=key.public))
    statements_of(report).write_bytes(bundle([{"_type": "x", "subject": [None]}], signer))
    assert "something else than statements of test results" in refused(report, Trust(key=key.public))


def test_statements_by_another_key(report: Path, key: KeyPair, other_key: KeyPair) -> None:
    found = [statement(one, "report.json", report.read_bytes()) for one in (samples.failing(), OTHER_CLOUD)]
    statements_of(report).write_bytes(bundle(found, signer_of(open_key(other_key.private))))
    sentence = refused(report, Trust(key=key.public))
    assert "report.json.intoto.jsonl does not bear out" in sentence
    assert "its signature is not a good one by this key" in sentence


@given(
    which=st.sampled_from(["", ".sig", ".intoto.jsonl"]),
    at=st.integers(0, 10**7),
    how=st.one_of(
        st.integers(1, 255), st.just("cut"), st.just("lose"), st.just("double"), st.binary(min_size=1, max_size=5)
    ),
)
@settings(max_examples=80, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_no_change_of_any_file_is_verified(
    tmp_path: Path, key: KeyPair, which: str, at: int, how: int | str | bytes
) -> None:
    path = tmp_path / "report.json"
    if not path.exists():
        write_signed(path, key, samples.failing())
    changed = Path(f"{path}{which}")
    whole = changed.read_bytes()
    at %= len(whole)
    if isinstance(how, int):
        content = whole[:at] + bytes([whole[at] ^ how]) + whole[at + 1 :]
    elif isinstance(how, bytes):
        content = whole[:at] + how + whole[at:]
    else:
        content = {"cut": whole[:at], "lose": whole[:at] + whole[at + 1 :], "double": whole + whole}[how]
    try:
        changed.write_bytes(content)
        # how the lines of a signature end says nothing
        if content.replace(b"\r\n", b"\n").removesuffix(b"\n") != whole.removesuffix(b"\n") or which != ".sig":
            refused(path, Trust(key=key.public))
    finally:
        changed.write_bytes(whole)
    assert verify(path, Trust(key=key.public)).statements == 1


def test_a_signature_is_not_what_is_verified(report: Path, key: KeyPair) -> None:
    with pytest.raises(UsageError, match=r"report\.json\.sig is a signature; name the file that it is beside"):
        verify(Path(f"{report}.sig"), Trust(key=key.public))


def test_a_certificate_by_an_authority_that_is_trusted(tmp_path: Path, key: KeyPair) -> None:
    pair = make_key(tmp_path / "id")
    certify = ["ssh-keygen", "-q", "-s", str(key.private), "-I", "id", "-n", "ops", str(pair.public)]
    subprocess.run(certify, check=True, timeout=60)
    path = tmp_path / "r.json"
    path.write_bytes(b"content")
    sign(path, KeyPair(tmp_path / "id-cert.pub"))
    trust = Trust(allowed_signers=key.allow("ops", "cert-authority"))
    assert verify(path, trust).signer == "ops"
    shutil.copy(path, f"{path}.intoto.jsonl")
    assert "keys of type ssh-ed25519-cert-v01@openssh.com sign no statements" in refused(path, trust)


def test_it_needs_no_private_key(tmp_path: Path) -> None:
    pair = make_key(tmp_path / "key", "-t", "rsa", "-b", "2048")
    path = write_signed(tmp_path / "r.json", pair, samples.failing())
    pair.private.unlink()
    assert verify(path, Trust(key=pair.public)).statements == 1
