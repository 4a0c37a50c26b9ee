# SPDX-License-Identifier: Apache-2.0
"""Bad days of probes on a lab: whatever happens, the user is told in a sentence, and nothing is left in the end."""

import json
import os
import resource
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest
import yaml

from sovran.cloud.acting.cleanup import Order, clean_ledgers
from sovran.lab import content
from tests.live.inventory import Inventory, inventory
from tests.live.live_lab import LiveLab
from tests.live.waiting import wait

pytestmark = pytest.mark.live
FAST = ("--standard", "0116")
"""Has a probe that takes a second: key-manager."""
SLOW = ("--standard", "0114")
"""Has a probe that waits for volumes, with some of them there all the time."""
MAKE_VOLUME = """
from sovran.cloud.acting import kinds
from tests.live.crash_program import stage
on = stage()
made = on.member.create(kinds.VOLUME, "stuck", lambda name: {"volume": {"name": name, "size": 1}})
on.member.wait(made, until="available")
print(made.id)
"""


@pytest.fixture
def home(lab: LiveLab, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """This process and its children use the lab, with a ledger of their own."""
    for name, value in lab.environment().items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    return tmp_path / "state" / "sovran" / "ledger"


@pytest.fixture(scope="module", autouse=True)
def seeded(lab: LiveLab) -> None:
    """With volume types that promise something, the probe of volumes has something to make."""
    content.apply_profile(lab.name, "scs", None, lambda _: None)


@pytest.fixture
def before(lab: LiveLab, home: Path) -> Iterator[Inventory]:
    """What there is before the test, and must be again after it."""
    found = inventory(lab)
    yield found
    assert inventory(lab) == found
    assert not home.exists() or not list(home.iterdir())


@contextmanager
def volume_quota(lab: LiveLab, volumes: int) -> Iterator[None]:
    """Let the project have so many volumes."""
    with lab.sign_in() as member, lab.sign_in("lab-admin") as admin:
        path = f"/os-quota-sets/{member.token['project']['id']}"
        usual = admin.call("block-storage", "GET", path)["quota_set"]["volumes"]
        admin.call("block-storage", "PUT", path, {"quota_set": {"volumes": volumes}})
        try:
            yield
        finally:
            admin.call("block-storage", "PUT", path, {"quota_set": {"volumes": usual}})


class Check:
    """A `sovran check` that is under way."""

    def __init__(self, *arguments: str) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-m", "sovran", "check", *arguments],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        assert self.process.stderr
        self.told = [self.process.stderr.readline()]
        assert self.told[0].startswith("probes make for a short time, in cloud lab")

    def until_something_is_there(self, home: Path) -> None:
        """Wait until it has made something."""
        wait(lambda: any('"id"' in path.read_text() for path in home.glob("*.jsonl")), {True})

    def interrupt(self) -> None:
        """Ctrl-C."""
        self.process.send_signal(signal.SIGINT)

    def line(self) -> str:
        """The next line of what it tells."""
        assert self.process.stderr
        self.told.append(self.process.stderr.readline())
        return self.told[-1]

    def end(self) -> tuple[int, str, str]:
        """Exit code, stdout and stderr."""
        out, err = self.process.communicate(timeout=300)
        return self.process.returncode, out, "".join(self.told) + err


def test_a_quota_that_leaves_too_little(lab: LiveLab, before: Inventory) -> None:
    with volume_quota(lab, 0):
        done = lab.sovran("check", *SLOW)
    assert "is not begun: it needs 2 volumes, and the project's quota leaves 0" in done.stderr
    assert "UNDECIDED 1 requirement: the probe volumes needs 2 volumes, and the project's quota leaves 0" in " ".join(
        done.stdout.split()
    )


@pytest.mark.parametrize("status", ["deleting", "error_deleting", "error"])
def test_something_stuck(lab: LiveLab, home: Path, before: Inventory, status: str) -> None:
    made = subprocess.run([sys.executable, "-c", MAKE_VOLUME], capture_output=True, text=True, check=True)
    _set_status(lab, made.stdout.strip(), status)
    cleaned = list(clean_ledgers(Order(seconds=2.0)))
    if status == "error":
        assert [one.clean for one in cleaned] == [True]
        return
    _set_status(lab, made.stdout.strip(), "available")
    assert list(home.iterdir())
    ((left,),) = (one.left for one in cleaned)
    assert left.kind == "volume"
    # Cinder's own sentence on volumes that it does not delete, or ours
    assert "status" in left.reason or status in left.reason
    assert [one.clean for one in clean_ledgers(Order())] == [True]


def _set_status(lab: LiveLab, volume: str, status: str) -> None:
    """As an operator finds it after a fault: the API lets nobody set all of these."""
    with closing(sqlite3.connect(lab.folder / "data" / "cinder.sqlite", timeout=30)) as database, database:
        assert database.execute("UPDATE volumes SET status = ? WHERE id = ?", (status, volume)).rowcount == 1


def test_the_ledger_is_lost(lab: LiveLab, home: Path, before: Inventory) -> None:
    subprocess.run([sys.executable, "-c", MAKE_VOLUME], capture_output=True, check=True)
    for path in home.iterdir():
        path.unlink()
    assert lab.sovran("cleanup").returncode == 0
    young = lab.sovran("cleanup", "--orphans", "--older-than", "1h")
    assert (young.returncode, young.stdout) == (0, "")
    listed = lab.sovran("cleanup", "--orphans", "--dry-run")
    assert (listed.returncode, listed.stdout.count("sovran-probe-")) == (1, 1)
    done = lab.sovran("cleanup", "--orphans")
    assert done.returncode == 0
    assert [line.split()[0] for line in done.stdout.splitlines()] == ["KIND", "volume", "gone"]


def test_orphans_of_a_run_that_is_going_on_are_left_alone(lab: LiveLab, home: Path, before: Inventory) -> None:
    check = Check("--standard", "0117")
    check.until_something_is_there(home)
    orphans, cleanup = lab.sovran("cleanup", "--orphans"), lab.sovran("cleanup")
    check.interrupt()
    code, out, _ = check.end()
    assert (orphans.returncode, orphans.stdout) == (0, "")
    assert "of runs that are going on here, and are left alone" in orphans.stderr
    assert (cleanup.returncode, cleanup.stdout) == (0, "")
    assert "is still going on, so nothing of it is touched" in cleanup.stderr
    assert (code, "left" in out) == (3, False)


def test_two_runs_at_once_in_one_project(before: Inventory) -> None:
    checks = [Check(*FAST, "--standard", "0104") for _ in range(2)]
    results = [check.end() for check in checks]
    assert [code for code, _, _ in results] == [0, 0], results


def test_ctrl_c_once(home: Path, before: Inventory) -> None:
    check = Check(*SLOW)
    check.until_something_is_there(home)
    check.interrupt()
    code, out, told = check.end()
    assert code == 3
    assert "interrupted: deleting what the probes made; Ctrl-C again leaves that to `sovran cleanup`" in told
    assert "Interrupted: what was not read by then is undecided." in out
    assert "left" not in out.replace("leaves", "")


def test_ctrl_c_twice(lab: LiveLab, home: Path, before: Inventory) -> None:
    check = Check(*SLOW)
    check.until_something_is_there(home)
    check.interrupt()
    while "interrupted: deleting" not in check.line():
        pass
    check.interrupt()
    code, out, told = check.end()
    assert (code, out) == (130, "")
    assert "ended at once: `sovran cleanup` deletes what the probes may have left" in told
    assert len(list(home.iterdir())) == 1
    done = lab.sovran("cleanup")
    assert done.returncode == 0, done
    assert "gone  volume  sovran-probe-" in done.stdout


def test_a_disk_that_is_full(lab: LiveLab, before: Inventory) -> None:
    command = [sys.executable, "-B", "-m", "sovran", "check", *FAST, "--standard", "0104"]

    def limit() -> None:
        # enough for the head of a ledger
        resource.setrlimit(resource.RLIMIT_FSIZE, (300, 300))

    done = subprocess.run(command, capture_output=True, text=True, check=False, preexec_fn=limit)
    assert done.returncode == 3, done
    assert "cannot be written (" in " ".join(done.stdout.split())
    assert "make room there, or set XDG_STATE_HOME" in " ".join(done.stdout.split())


def test_a_ledger_that_cannot_be_begun(lab: LiveLab, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    there = inventory(lab)
    (tmp_path / "file").touch()
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "file"))
    done = lab.sovran("check", *FAST)
    assert done.returncode == 3
    assert "cannot be written (Not a directory), so nothing is made in the cloud" in " ".join(done.stdout.split())
    assert inventory(lab) == there


def test_another_project(lab: LiveLab, home: Path, before: Inventory) -> None:
    with lab.sign_in("lab-admin") as admin, lab.sign_in() as member:
        project = admin.call("identity", "POST", "/projects", {"project": {"name": "probe-project"}})["project"]["id"]
        try:
            role = admin.call("identity", "GET", "/roles?name=member")["roles"][0]["id"]
            admin.call("identity", "PUT", f"/projects/{project}/users/{member.token['user']['id']}/roles/{role}")
            check = Check(*SLOW, "--project", "probe-project")
            check.until_something_is_there(home)
            head = json.loads(next(iter(home.iterdir())).read_text().splitlines()[0])
            os.kill(check.process.pid, signal.SIGKILL)
            code, _, told = check.end()
            assert (code, head["project"]) == (-9, project)
            assert "project probe-project:" in told
            done = lab.sovran("cleanup")
            assert done.returncode == 0, done
            assert "gone  volume  sovran-probe-" in done.stdout
        finally:
            admin.call("identity", "DELETE", f"/projects/{project}")


@pytest.mark.parametrize(
    ("cloud", "arguments", "code", "sentence"),
    [
        (
            "lab-appcred",
            ("--project", "probe-project"),
            2,
            "its credentials are bound to one project: leave out `--project`",
        ),
        ("lab", ("--project", "nowhere"), 2, "the probes cannot act in project 'nowhere'"),
        ("lab", ("--probe", "nonsense"), 2, "there is no probe 'nonsense': choose from backup, "),
        ("lab", ("--no-probes", "--probe", "images"), 2, "`--no-probes` lets nothing act: leave out it or `--probe`"),
        ("lab", ("--no-probes",), 3, "takes the probe key-manager: `--no-probes` was given"),
        ("lab", ("--probe", "images"), 3, "takes the probe key-manager: only others were asked for"),
        (
            "lab",
            ("--standard", "0117", "--probe", "backup", "--probe-timeout", "0.5"),
            3,
            "was not sent: the run was over",
        ),
    ],
)
def test_options(
    lab: LiveLab, before: Inventory, cloud: str, arguments: tuple[str, ...], code: int, sentence: str
) -> None:
    done = lab.sovran("check", *FAST, *arguments, "-v", cloud=cloud)
    assert done.returncode == code, done
    assert sentence in " ".join((done.stdout + done.stderr).split())


@pytest.mark.parametrize("change", ["entry", "user", "password", "cloud"])
def test_credentials_that_are_no_longer_the_same(
    lab: LiveLab, home: Path, before: Inventory, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, change: str
) -> None:
    subprocess.run([sys.executable, "-c", MAKE_VOLUME], capture_output=True, check=True)
    own = Path(os.environ["OS_CLIENT_CONFIG_FILE"]).read_text()
    entries = yaml.safe_load(own)["clouds"]
    changed = {
        "entry": own.replace("\n  lab:\n", "\n  other:\n"),
        "user": yaml.safe_dump({"clouds": {"lab": entries["lab-reader"]}}),
        "password": own.replace("username: lab\n", "username: nobody\n", 1),
        "cloud": own.replace("http://127.0.0.1:", "http://localhost:"),
    }[change]
    sentence = {
        "entry": "has no cloud 'lab'",
        "user": "its user is ",
        "password": "refused",
        "cloud": "the entry is of http://localhost:",
    }[change]
    (tmp_path / "clouds.yaml").write_text(changed)
    with monkeypatch.context() as patch:
        patch.setenv("OS_CLIENT_CONFIG_FILE", str(tmp_path / "clouds.yaml"))
        (cleaned,) = clean_ledgers(Order())
    assert not cleaned.clean
    assert len(cleaned.problems) == 1
    assert sentence in cleaned.problems[0]
    assert f"the ledger {next(iter(home.iterdir()))} names one thing made by cloud lab" in cleaned.problems[0]
    assert lab.sovran("cleanup").returncode == 0
