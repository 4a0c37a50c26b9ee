# SPDX-License-Identifier: Apache-2.0
"""`sovran verify`: what it prints, and that it prints nothing of a file that is not verified."""

import json
from pathlib import Path

import pytest

from tests.cli.running import Command
from tests.proof.keys import KeyPair, make_key
from tests.proof.signing import write_signed
from tests.reports import samples


@pytest.fixture
def key(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> KeyPair:
    monkeypatch.delenv("SSH_AUTH_SOCK", raising=False)
    return make_key(tmp_path_factory.mktemp("key") / "id_ed25519")


@pytest.fixture
def report(tmp_path: Path, key: KeyPair, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return write_signed(Path("report.json"), key, samples.conformant())


def test_who_signed_what_and_when(sovran: Command, key: KeyPair, report: Path) -> None:
    ended = sovran("verify", str(report), "--allowed-signers", str(key.allow()), "--identity", "ops@example.org")
    assert (ended.code, ended.err) == (0, "")
    shown = dict(line.split("  ", 1) for line in ended.out.splitlines())
    assert {label: text.strip() for label, text in shown.items() if label not in ("Digest", "Key")} == {
        "Verified": "report.json is what was signed",
        "Signer": "ops@example.org",
        "Statements": "1 in-toto, by the same key, of the same digest and result",
        "Cloud": "lab",
        "Judged": "2026-11-20 09:41:07 UTC by sovran 0.1.0",
        "Verdict": "scs-iaas@v5.1 main: CONFORMANT, all 32 pass",
    }


def test_as_json(sovran: Command, key: KeyPair, report: Path) -> None:
    found = json.loads(sovran("verify", str(report), "--key", str(key.public), "--json").out)
    assert (found["verified"], found["statements"], found["key"]) == (True, 1, key.line)
    assert {"label": "Cloud", "text": "lab"} in found["says"]


def test_nobody_is_trusted_by_default(sovran: Command, report: Path) -> None:
    ended = sovran("verify", str(report))
    assert (ended.code, ended.out) == (3, "")
    assert "The signature of report.json is intact but the signer is unknown (ED25519 key SHA256:" in ended.err


@pytest.mark.parametrize("as_json", [(), ("--json",)])
def test_of_a_changed_file_nothing_is_printed(
    sovran: Command, key: KeyPair, report: Path, as_json: tuple[str, ...]
) -> None:
    report.write_bytes(report.read_bytes().replace(b"lab", b"LAB", 1))
    ended = sovran("verify", str(report), "--key", str(key.public), *as_json)
    assert (ended.code, ended.out) == (4, "")
    assert ended.err.count("\n") == 1
    assert "PASS" not in ended.err
    assert "report.json is not what was signed: it or report.json.sig was changed" in ended.err


def test_a_file_that_is_not_there(sovran: Command, report: Path) -> None:
    ended = sovran("verify", "gone.json")
    assert (ended.code, ended.err) == (
        2,
        "sovran: There is no file gone.json; name a report that `sovran check` wrote.\n",
    )


def test_names_cannot_control_the_terminal(sovran: Command, key: KeyPair, tmp_path: Path) -> None:
    path = write_signed(tmp_path / "r.yaml", key, samples.hostile("\x1b[31mred\x1b[0m"))
    ended = sovran("verify", str(path), "--allowed-signers", str(key.allow("*")), "--identity", "\x1b[31m")
    assert ended.code == 0, ended.err
    assert "\x1b" not in ended.out
