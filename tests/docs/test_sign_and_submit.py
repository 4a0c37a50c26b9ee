# SPDX-License-Identifier: Apache-2.0
"""The page on signing: its example is what happens, and it explains every field, exit code and answer."""

import hashlib
import re
from pathlib import Path

import pytest

from sovran.model.errors import ExitCode
from sovran.proof.places import bundle_of, signature_of
from sovran.proof.statement import PREDICATE_TYPE, statement
from tests.cli.running import Command
from tests.docs.test_examples import DOCS, block
from tests.proof.keys import make_key
from tests.proof.signing import write_signed
from tests.reports import samples

TEXT = (DOCS / "sign-and-submit.md").read_text(encoding="utf-8")


def without_digests(text: str) -> str:
    return re.sub(r"sha256:[0-9a-f]{64}|SHA256:[\w+/]{43}", "DIGEST", text)


def test_the_verification_is_what_is_printed(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("SSH_AUTH_SOCK", raising=False)
    key = make_key(Path("id_ed25519"))
    key.allow("ops@example.org")
    report = write_signed(Path("report.json"), key, samples.failing())
    command, _, shown = block("sign-and-submit.md", "console").partition("\n")
    assert command.startswith("$ sovran verify ")
    printed = Command(capsys)(*command.removeprefix("$ sovran ").split()).out
    assert hashlib.sha256(report.read_bytes()).hexdigest() in printed
    assert without_digests(printed) == without_digests(shown)


def test_every_field_of_the_statement_is_explained() -> None:
    found = statement(samples.failing(), "r.json", b"")
    explained = re.findall(r"^\| (`.*`) \| ", TEXT.partition("## The statement")[2], re.MULTILINE)
    named = {name for cell in explained for name in re.findall(r"`(\w+)`", cell)}
    assert {"subject", *found["predicate"]} <= named
    assert PREDICATE_TYPE.rpartition("/")[2] in TEXT
    for result in ("PASSED", "FAILED", "WARNED"):
        assert f"`{result}`" in TEXT


def test_every_exit_code_of_verify_is_explained() -> None:
    for code in (ExitCode.OK, ExitCode.FAILED, ExitCode.USAGE, ExitCode.UNDECIDED, ExitCode.NOT_CONFORMANT):
        assert re.search(rf"^\| {code:d} \| ", TEXT, re.MULTILINE)


def test_the_names_of_files_are_those_that_are_written() -> None:
    assert f"`{signature_of(Path('FILE'))}`" in TEXT
    assert f"`{bundle_of(Path('FILE.json'))}`" in TEXT
