# SPDX-License-Identifier: Apache-2.0
"""`sovran check --sign`: files and their signatures, and each reason why not, before the cloud is asked."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.cli.running import Command
from tests.cli.stub_cloud import FLAVORS, StubCloud, flavor
from tests.cloud.identity_stub import Handler
from tests.proof.keys import KeyPair, make_key, verified_by_openssh

SCOPE = ("check", "-s", "scs-iaas@v5.1", "-t", "scs-0103-*")


@pytest.fixture
def key(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> KeyPair:
    monkeypatch.delenv("SSH_AUTH_SOCK", raising=False)
    return make_key(tmp_path_factory.mktemp("key") / "id_ed25519")


@pytest.mark.usefixtures("cloud")
def test_everything_written_is_signed_and_verifies(sovran: Command, key: KeyPair) -> None:
    outputs = [f"report{suffix}" for suffix in (".yaml", ".json", ".html", ".xml", ".md")]
    words = [word for name in outputs for word in ("-o", name)]
    ended = sovran(*SCOPE, *words, "--save-snapshot", "s.snapshot", "--sign", str(key.private))
    assert ended.code == 4, ended.err
    assert "signed with the ED25519 key SHA256:" in ended.err
    assert "report.json.sig, report.json.intoto.jsonl" in ended.err
    assert "signed" not in ended.out
    for name in (*outputs, "s.snapshot"):
        assert verified_by_openssh(Path(name), key)
        verified = sovran("verify", name, "--key", str(key.public))
        assert (verified.code, verified.err) == (0, "")
        assert verified.out.startswith("Verified")
    assert sorted(path.name for path in Path().glob("*.jsonl")) == ["report.json.intoto.jsonl"]


@pytest.mark.usefixtures("cloud")
def test_a_replay_is_signed_and_says_so(sovran: Command, key: KeyPair) -> None:
    sovran(*SCOPE, "--save-snapshot", "s.snapshot")
    sovran("snapshot", "redact", "s.snapshot", "-o", "public.snapshot", "--anonymous")
    ended = sovran("check", "--snapshot", "public.snapshot", "-o", "r.json", "-o", "r.yaml", "--sign", str(key.private))
    assert ended.code == 4, ended.err
    for name in ("r.json", "r.yaml"):
        out = sovran("verify", name, "--key", str(key.public)).out
        assert "Replay" in out
        assert "in which names, hosts and ids were replaced" in out


@pytest.mark.usefixtures("cloud")
def test_a_link_stays_one_and_the_signature_lies_beside_the_name_that_was_given(sovran: Command, key: KeyPair) -> None:
    Path("kept").mkdir()
    Path("report.json").symlink_to("kept/today.json")
    sovran(*SCOPE, "-o", "report.json", "--sign", str(key.private))
    assert Path("kept/today.json").is_file()
    assert sovran("verify", "report.json", "--key", str(key.public)).code == 0


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["-o", "r.json", "--sign", "gone"], "Cannot read the key gone (No such file or directory)"),
        (["-o", "r.json", "--sign", "open"], "Others may read the private key open (mode 0644); run `chmod 600 open`"),
        (["-o", "r.yaml", "--sign", "locked"], "The key locked has a passphrase and no SSH agent holds it"),
        (["-o", "r.json", "--sign", "clouds.yaml"], "clouds.yaml is no SSH key that can be read"),
        (["--sign", "good"], "Nothing is written that `--sign` could sign: name a file with `-o`"),
        (["-o", "/dev/full", "--sign", "good"], "does not tell its format"),
        (["-o", "pipe.json", "--sign", "good"], "pipe.json is a pipe or device, beside which no signature fits"),
        (["-o", "r.json", "-o", "folder.md", "--sign", "good"], "folder.md.sig cannot be written"),
        (["-o", "r.json", "--save-snapshot", "r.JSON.sig", "--sign", "good"], "r.json.sig is where a signature goes"),
        (["-o", "r.json", "--save-snapshot", "r.json.intoto.jsonl", "--sign", "good"], "is where a signature goes"),
        (["--profile", "p.yaml", "-o", "r.json", "--sign", "good"], "leave out `--sign`"),
    ],
)
def test_what_cannot_be_is_told_before_the_cloud_is_asked(
    cloud: StubCloud, sovran: Command, key: KeyPair, words: list[str], sentence: str
) -> None:
    key.private.rename("good")
    make_key(Path("open")).private.chmod(0o644)
    make_key(Path("locked"), passphrase="secret")
    Path("pipe.json").symlink_to("/dev/full")
    Path("folder.md.sig").mkdir()
    ended = sovran("check", *words)
    assert (ended.code, ended.out) == (2, "")
    assert sentence in ended.err
    assert cloud.requests == []
    assert not list(Path().glob("r.*"))


def test_without_openssh_it_says_so_before_the_cloud_is_asked(
    cloud: StubCloud, sovran: Command, key: KeyPair, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(cloud.folder))
    ended = sovran(*SCOPE, "-o", "r.yaml", "--sign", str(key.private))
    assert ended.code == 2
    assert "No `ssh-keygen` on PATH: install OpenSSH's client programs" in ended.err
    assert cloud.requests == []


def test_reports_stay_when_signing_fails(cloud: StubCloud, sovran: Command, key: KeyPair) -> None:
    def lose_the_key(handler: Handler) -> None:
        key.private.unlink(missing_ok=True)
        handler.reply(200, {"flavors": [flavor("x")]})

    cloud.answers["GET", FLAVORS] = lose_the_key
    ended = sovran(*SCOPE, "-o", "r.yaml", "-o", "r.json", "--save-snapshot", "s.snapshot", "--sign", str(key.private))
    assert ended.code == 1
    assert "What was to be written is written, but not all of it is signed: The private key of" in ended.err
    assert "NOT CONFORMANT" in ended.out
    assert json.loads(Path("r.json").read_text(encoding="utf-8"))["format"] == "sovran-report"
    assert sorted(path.name for path in Path().glob("[rs].*")) == ["r.json", "r.yaml", "s.snapshot"]


def test_a_place_that_is_taken_meanwhile(cloud: StubCloud, sovran: Command, key: KeyPair) -> None:
    def take_the_place(handler: Handler) -> None:
        Path("r.json.intoto.jsonl").mkdir(exist_ok=True)
        handler.reply(200, {"flavors": []})

    cloud.answers["GET", FLAVORS] = take_the_place
    ended = sovran(*SCOPE, "-o", "r.json", "--sign", str(key.private))
    assert ended.code == 1
    assert "not all of it is signed: Could not write r.json.intoto.jsonl (Is a directory); make room." in ended.err
    assert verified_by_openssh(Path("r.json"), key)


@pytest.mark.usefixtures("cloud")
def test_an_older_signature_does_not_fit_a_new_report(sovran: Command, key: KeyPair) -> None:
    sovran(*SCOPE, "-o", "r.yaml", "--sign", str(key.private))
    sovran(*SCOPE, "-o", "r.yaml")
    ended = sovran("verify", "r.yaml", "--key", str(key.public))
    assert (ended.code, ended.out) == (4, "")
    assert "r.yaml is not what was signed" in ended.err


LOADED = """
import sys
from sovran.cli.main import main
sys.argv = ["sovran", "check", "-s", "scs-iaas@v5.1", "-t", "scs-0103-*", "-o", "r.json"]
try:
    main()
finally:
    print(sorted(name for name in sys.modules if name.startswith(("sovran.proof", "securesystemslib"))))
"""


def test_without_sign_nothing_of_it_is_loaded(cloud: StubCloud) -> None:
    done = subprocess.run(
        [sys.executable, "-c", LOADED], env=cloud.environment(), capture_output=True, text=True, check=False, timeout=60
    )
    assert done.stdout.splitlines()[-1] == "[]"
