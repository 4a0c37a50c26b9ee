# SPDX-License-Identifier: Apache-2.0
"""`sovran submit`, to the recorded contract of the monitor and, where a checkout is named, to the monitor itself."""

import uuid
from pathlib import Path
from typing import Any

import msgspec
import pytest
import requests

from sovran.model.report import Report
from sovran.proof.submission import CONTENT_TYPE, read_submission
from sovran.reports import scs_yaml
from tests.cli.running import Command, Ended
from tests.cli.stub_cloud import FLAVORS, StubCloud, flavor
from tests.proof.conftest import Monitor
from tests.proof.keys import KeyPair, make_key, sign
from tests.proof.real_monitor import RealMonitor
from tests.reports import samples

LOGIN = "my-cloud:s3cret:with:colons"


def fresh(report: Report) -> Report:
    """The same as of a new run."""
    return msgspec.structs.replace(report, id=str(uuid.uuid4()))


@pytest.fixture
def written(tmp_path: Path, key: KeyPair) -> Path:
    """A signed report of a new run."""
    return write(tmp_path / "report.yaml", key)


def write(path: Path, key: KeyPair, *reports: Report, subject: str = "my-cloud") -> Path:
    path.write_text(scs_yaml.render(reports or [fresh(samples.failing())], subject=subject), encoding="utf-8")
    sign(path, key)
    return path


@pytest.fixture
def submit(sovran: Command, monitor: Monitor, monkeypatch: pytest.MonkeyPatch) -> Any:
    """`sovran submit FILE` as this account."""

    def run(path: Path, login: str = LOGIN) -> Ended:
        monkeypatch.setenv("SOVRAN_MONITOR_TOKEN", login)
        return sovran("submit", str(path), "--to", monitor.url)

    return run


def run_uuid(path: Path) -> str:
    return read_submission(path).documents[0].uuid


def test_a_signed_report_is_stored_as_it_was_written(submit: Any, monitor: Monitor, written: Path) -> None:
    ended = submit(written)
    assert ended.code == 0, ended.err
    assert ended.out == f"{monitor.url}/page/report/{run_uuid(written)}\n"
    assert "stored: SCS-compatible IaaS of subject my-cloud, 2 fail, 1 undecided" in ended.err
    stored = monitor.stored(run_uuid(written))
    assert stored["subject"] == "my-cloud"
    (invocation,) = stored["run"]["invocations"].values()
    assert invocation["results"]["scs-0100-syntax-check"] == -1
    assert invocation["results"]["scs-0103-flavor-1v-4"] == 1
    if isinstance(monitor, RealMonitor):
        assert "scs-0100-syntax-check" in monitor.page(ended.out.strip())
        concluded = monitor.status("my-cloud")["my-cloud"][samples.SCOPE_UUID]
        assert concluded["results"]["scs-0100-syntax-check"]["result"] == -1


def test_from_the_cloud_to_the_monitor_as_a_user_types_it(
    submit: Any,
    sovran: Command,
    monitor: Monitor,
    key: KeyPair,
    other_key: KeyPair,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(tmp_path)
    with StubCloud(tmp_path) as cloud:
        cloud.listing(FLAVORS, {"flavors": [flavor("SCS-1V-4", ram=4096)]})
        monkeypatch.setenv("OS_CLIENT_CONFIG_FILE", str(cloud.write_config()))
        words = ("--os-cloud", "stub", "--scope", "scs-iaas@v5.1", "-t", "scs-0103-*", "--subject", "my-cloud")
        checked = sovran("check", *words, "-o", "report.yaml", "--sign", str(key.private))
    assert checked.code == 4, checked.err
    assert sovran("verify", "report.yaml", "--key", str(other_key.public)).code == 4
    assert sovran("verify", "report.yaml", "--key", str(key.public)).code == 0
    report = Path("report.yaml")
    assert submit(report).code == 0
    stored = monitor.stored(run_uuid(report))
    (invocation,) = stored["run"]["invocations"].values()
    assert invocation["results"]["scs-0103-flavor-2v-4"] == -1
    assert stored["run"]["argv"] == ["check", *words, "-o", "report.yaml", "--sign", str(key.private)]


def test_the_same_report_is_not_stored_twice(submit: Any, written: Path) -> None:
    assert submit(written).code == 0
    again = submit(written)
    assert (again.code, again.out) == (1, "")
    assert again.err == "sovran: The monitor already has this report: nothing was stored again.\n"


def test_of_several_reports_none_is_stored_when_one_is_there(
    submit: Any, monitor: Monitor, tmp_path: Path, key: KeyPair
) -> None:
    first, second = fresh(samples.failing()), fresh(samples.conformant())
    assert submit(write(tmp_path / "one.yaml", key, first)).code == 0
    ended = submit(write(tmp_path / "both.yaml", key, first, second))
    assert ended.code == 1
    assert "already has at least one of these 2 reports and stored none now" in ended.err
    assert monitor.stored(second.id) is None
    assert submit(write(tmp_path / "other.yaml", key, second)).code == 0


@pytest.mark.parametrize(
    ("login", "sentence"),
    [
        ("my-cloud:wrong", "The monitor does not know the login of `my-cloud`: check account and password."),
        ("nobody:x", "The monitor does not know the login of `nobody`: check account and password."),
        ("my-cloud:gr\u00fc\u00df", "The monitor cannot read the login of `my-cloud`: it takes ASCII only."),
        ("keyless:no key", "The monitor does not accept the signature: the key is none of those"),
        ("delegate:of others", "Account `delegate` is no delegate of `my-cloud`: ask the monitor's operator"),
    ],
)
def test_a_refusal_says_what_to_do(submit: Any, monitor: Monitor, written: Path, login: str, sentence: str) -> None:
    ended = submit(written, login)
    assert (ended.code, ended.out) == (1, "")
    assert sentence in ended.err
    assert monitor.stored(run_uuid(written)) is None


def test_only_ones_own_subject_unless_as_delegate(submit: Any, tmp_path: Path, key: KeyPair) -> None:
    theirs = write(tmp_path / "theirs.yaml", key, subject="their-cloud")
    ended = submit(theirs)
    assert ended.code == 1
    assert "Account `my-cloud` may not submit for `their-cloud`" in ended.err
    assert submit(theirs, "delegate:of others").code == 0


def test_rsa_and_ecdsa_signatures_are_taken(submit: Any, tmp_path: Path, other_key: KeyPair) -> None:
    assert submit(write(tmp_path / "x.yaml", other_key, subject="their-cloud"), "delegate:of others").code == 0


def test_a_key_that_the_monitor_does_not_know(submit: Any, tmp_path: Path) -> None:
    stranger = make_key(tmp_path / "stranger", "-t", "rsa", "-b", "2048")
    ended = submit(write(tmp_path / "x.yaml", stranger))
    assert ended.code == 1
    assert "does not accept the signature" in ended.err


def post(monitor: Monitor, body: bytes, content_type: str = CONTENT_TYPE, login: str = LOGIN) -> tuple[int, Any]:
    account, _, password = login.partition(":")
    auth = (account, password) if login else None
    headers = {"Content-Type": content_type}
    answer = requests.post(f"{monitor.url}/reports", data=body, headers=headers, auth=auth, timeout=60)
    return answer.status_code, answer.json()


def test_what_we_never_send_is_answered_as_the_contract_says(monitor: Monitor, written: Path) -> None:
    body = read_submission(written).body
    signature, _, text = body.partition(b"&")
    assert post(monitor, body, login="") == (401, {"detail": "Not authenticated"})
    assert post(monitor, body, "application/yaml") == (415, {"detail": "Unsupported Media Type"})
    assert post(monitor, text) == (401, {"detail": "missing signature"})
    assert post(monitor, signature + text) == (401, {"detail": "missing signature"})
    assert post(monitor, body + b"\n") == (401, {"detail": "verification failed"})
    assert requests.post(f"{monitor.url}/nothing", timeout=60).status_code == 404
    assert post(monitor, body) == (200, None)
    assert post(monitor, body) == (409, {"detail": "Conflict: report already present"})
