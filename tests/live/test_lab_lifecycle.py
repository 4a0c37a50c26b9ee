# SPDX-License-Identifier: Apache-2.0
"""Labs come up, are repaired, stand side by side and end without a trace."""

import base64
import hmac
import json
import os
import re
import secrets
import signal
import socket
import stat
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from email.utils import formatdate
from pathlib import Path

import pytest

from sovran.lab import clouds, description, folders, lifecycle, processes
from sovran.lab.rest import Rest
from sovran.lab.topology import LOOPBACK, with_needs
from sovran.model.errors import SovranError
from tests.live.live_lab import LiveLab

pytestmark = pytest.mark.live
SMALL = ("barbican", "swift")
"""Services that start quickly; Keystone comes with them."""
RUNNING = set(with_needs(SMALL))
LISTENING = "0A"
"""The state of a listening socket in /proc/net/tcp."""


def silent(_line: str) -> None:
    """Progress that nobody reads."""


@pytest.fixture
def name() -> Iterator[str]:
    """The name of a lab that is gone afterwards."""
    drawn = f"test-{secrets.token_hex(4)}"
    yield drawn
    lifecycle.remove(drawn)


@pytest.fixture(scope="module")
def small() -> Iterator[LiveLab]:
    """A lab of few services for the tests of this module."""
    drawn = f"test-{secrets.token_hex(4)}"
    try:
        lifecycle.up(drawn, SMALL, silent)
        yield LiveLab(drawn)
    finally:
        lifecycle.remove(drawn)


def pids(lab: LiveLab) -> dict[str, int]:
    """Service to process id."""
    return processes.find_services(lab.description.marker)


def test_up_again_starts_nothing(small: LiveLab) -> None:
    before = pids(small)
    said: list[str] = []
    lifecycle.up(small.name, None, said.append)
    assert pids(small) == before
    assert set(before) == RUNNING
    assert said == []


def test_up_repairs_what_was_killed_and_only_that(small: LiveLab) -> None:
    before = pids(small)
    os.kill(before["barbican"], signal.SIGKILL)
    while "barbican" in pids(small):
        time.sleep(0.02)
    assert {one.service: one.state for one in lifecycle.status(small.name)}["barbican"] == "down"
    said: list[str] = []
    lifecycle.up(small.name, None, said.append)
    assert [line.split()[0] for line in said] == ["barbican"]
    after = pids(small)
    assert {service for service in before if after[service] != before[service]} == {"barbican"}
    assert {one.state for one in lifecycle.status(small.name)} == {"ready"}


def test_the_catalog_names_only_what_runs(small: LiveLab) -> None:
    admin = small.sign_in("lab-admin")
    served = {service["type"] for service in admin.token["catalog"] if service["endpoints"]}
    admin.close()
    assert served == {"identity", "key-manager", "object-store", "object-store-s3"}


def test_ports_are_on_loopback_and_below_the_ephemeral_range(small: LiveLab) -> None:
    listening = {}
    for process in pids(small).values():
        held = {str(link.readlink()) for link in Path(f"/proc/{process}/fd").iterdir() if link.is_symlink()}
        for table in ("tcp", "tcp6"):
            for line in Path(f"/proc/{process}/net/{table}").read_text(encoding="ascii").splitlines()[1:]:
                fields = line.split()
                if fields[3] == LISTENING and f"socket:[{fields[9]}]" in held:
                    address, port = fields[1].split(":")
                    listening[int(port, 16)] = address
    assert set(listening.values()) == {"0100007F"}  # 127.0.0.1
    assert set(listening) <= set(small.description.ports.values())
    assert len(listening) == 6  # Swift has four
    assert max(listening) < 32768


def test_everything_of_a_lab_is_private(small: LiveLab) -> None:
    assert stat.S_IMODE(small.folder.stat().st_mode) == 0o700
    files = [path for path in small.folder.rglob("*") if path.is_file() and not path.is_symlink()]
    assert len(files) > 30
    assert {path.name: oct(path.stat().st_mode & 0o077) for path in files if path.stat().st_mode & 0o077} == {}


@pytest.mark.parametrize(
    "cloud", ["lab", "lab-admin", "lab-reader", "lab-manager", "lab-system", "lab-domain-a", "lab-domain-b-member"]
)
def test_each_cloud_can_sign_in(small: LiveLab, cloud: str) -> None:
    session = small.sign_in(cloud)
    roles = {role["name"] for role in session.token["roles"]}
    session.close()
    assert ("admin" in roles) == (cloud in ("lab-admin", "lab-system"))
    if cloud == "lab-domain-a":
        assert "manager" in roles
        assert session.token["domain"]["name"] == "lab-domain-a"


def test_the_application_credential_signs_in(small: LiveLab) -> None:
    auth = clouds.entries(small.description)["lab-appcred"]["auth"]
    credential = {
        "name": auth["application_credential_name"],
        "secret": auth["application_credential_secret"],
        "user": {"name": auth["username"], "domain": {"name": auth["user_domain_name"]}},
    }
    identity = {"methods": ["application_credential"], "application_credential": credential}
    session = Rest(auth["auth_url"], {"identity": identity})
    session.close()
    assert session.token["project"]["name"] == "lab"


def test_a_secret_and_an_object_can_be_stored_by_a_member(small: LiveLab) -> None:
    member = small.sign_in("lab")
    secret = {"name": "s", "payload": "x", "payload_content_type": "text/plain"}
    kept = member.call("key-manager", "POST", "/v1/secrets", secret)["secret_ref"]
    member.call("object-store", "PUT", "/c")
    member.call("object-store", "PUT", "/c/o", b"content", {"Content-Type": "text/plain"})
    assert member.call("object-store", "GET", "/c/o") == b"content"
    member.call("object-store", "DELETE", "/c/o")
    member.call("object-store", "DELETE", "/c")
    member.call("key-manager", "DELETE", "/v1/secrets/" + kept.rpartition("/")[2])
    member.close()


def test_s3_with_a_signed_request(small: LiveLab) -> None:
    with small.sign_in("lab") as member:
        user, project = (member.token[part]["id"] for part in ("user", "project"))
        path = f"/users/{user}/credentials/OS-EC2"
        key = member.call("identity", "POST", path, {"tenant_id": project})["credential"]
        date = formatdate(usegmt=True)
        signed = base64.b64encode(hmac.digest(key["secret"].encode(), f"GET\n\n\n{date}\n/".encode(), "sha1")).decode()
        headers = {"Date": date, "Authorization": f"AWS {key['access']}:{signed}"}
        asked = urllib.request.Request(member.endpoint("object-store-s3") + "/", headers=headers)  # noqa: S310  # loopback
        with urllib.request.urlopen(asked, timeout=30) as answer:  # noqa: S310  # loopback
            assert b"ListAllMyBucketsResult" in answer.read()
        member.call("identity", "DELETE", f"{path}/{key['access']}")


def test_labs_stand_side_by_side_and_share_no_secret(small: LiveLab, name: str) -> None:
    lifecycle.up(name, ["keystone"], silent)
    other = LiveLab(name)
    mine, theirs = small.description, other.description
    assert not set(mine.ports.values()) & set(theirs.ports.values())
    assert not set(mine.passwords.values()) & set(theirs.passwords.values())
    keys = [
        {path.read_bytes() for part in ("fernet", "credential") for path in (lab.folder / "data" / part).iterdir()}
        for lab in (small, other)
    ]
    assert not keys[0] & keys[1]
    lifecycle.down(name)
    assert processes.find(theirs.marker) == []
    assert set(pids(small)) == RUNNING
    admin = small.sign_in("lab-admin")
    admin.close()


def test_a_lab_can_get_more_services(name: str) -> None:
    lifecycle.up(name, ["keystone"], silent)
    lifecycle.up(name, ["swift"], silent)
    admin = LiveLab(name).sign_in("lab-admin")
    assert admin.endpoint("object-store")
    admin.close()
    with pytest.raises(SovranError, match="no key-manager"):
        admin.endpoint("key-manager")


def test_reset_restores_users_and_objects(small: LiveLab) -> None:
    admin, member = small.sign_in("lab-admin"), small.sign_in("lab")
    admin.call("identity", "POST", "/users", {"user": {"name": "visitor"}})
    member.call("object-store", "PUT", "/left-behind")
    admin.close()
    member.close()
    assert lifecycle.reset(small.name, silent) == "bare"
    admin, member = small.sign_in("lab-admin"), small.sign_in("lab")
    users = [user["name"] for user in admin.call("identity", "GET", "/users")["users"]]
    containers = member.call("object-store", "GET", "?format=json")
    admin.close()
    member.close()
    assert "visitor" not in users
    assert not containers


def test_a_service_that_cannot_start_is_named_with_the_reason(small: LiveLab) -> None:
    processes.stop(small.description.marker, {"barbican"})
    with socket.socket() as squatter:
        squatter.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        squatter.bind((LOOPBACK, small.description.ports["barbican"]))
        squatter.listen()
        done = small.sovran("lab", "up", "--name", small.name)
    assert done.returncode == 1
    assert re.search(r"sovran: barbican ended while starting: .*Address already in use .*barbican\.out", done.stderr)
    assert "Traceback" not in done.stderr
    assert set(pids(small)) == RUNNING - {"barbican"}
    lifecycle.up(small.name, None, silent)


def test_a_port_taken_while_the_lab_was_down_is_replaced(name: str) -> None:
    lifecycle.up(name, ["swift"], silent)
    lifecycle.down(name)
    taken = lifecycle.existing(name).ports["swift"]
    with socket.socket() as squatter:
        squatter.bind((LOOPBACK, taken))
        squatter.listen()
        said: list[str] = []
        lab = lifecycle.up(name, None, said.append)
    assert lab.ports["swift"] != taken
    assert "the ports of swift are taken by others: choosing new ones" in said
    member = LiveLab(name).sign_in("lab")
    assert f":{lab.ports['swift']}/" in member.endpoint("object-store")
    member.close()


def test_down_ends_everything_after_the_parent_was_killed(name: str) -> None:
    command = [sys.executable, "-m", "sovran", "lab", "up", "--name", name, "--services", "swift"]
    parent = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        limit = time.monotonic() + 60
        while not ((lab := load(name)) and processes.find(lab)):
            assert time.monotonic() < limit
            time.sleep(0.02)
    finally:
        parent.kill()
        parent.wait()
    assert processes.find(lab)
    lifecycle.down(name)
    assert processes.find(lab) == []
    lifecycle.up(name, None, silent)
    assert {one.state for one in lifecycle.status(name)} == {"ready"}


def test_down_ends_what_a_killed_first_up_left(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The parent dies while the ready-made state is being made, by a Keystone that belongs to no lab yet."""
    installed = folders.home() / "env"
    (tmp_path / "env").symlink_to(installed)
    monkeypatch.setenv("SOVRAN_LAB_HOME", str(tmp_path))
    command = [sys.executable, "-m", "sovran", "lab", "up", "--name", "first", "--services", "keystone"]
    parent = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    marker = ""
    try:
        limit = time.monotonic() + 600
        while not (marker and "keystone" in processes.find_services(marker)):
            assert time.monotonic() < limit
            time.sleep(0.02)
            marker = next(
                (lab.marker for path in tmp_path.glob("readymade/*.new") if (lab := description.load(path))), ""
            )
    finally:
        parent.kill()
        parent.wait()
    lifecycle.down("first")
    assert processes.find(marker) == []
    assert not list(tmp_path.glob("readymade/*.new"))


def load(name: str) -> str | None:
    """The marker of a lab, once it has one."""
    known = [lab.marker for lab in lifecycle.every_lab() if lab.name == name]
    return known[0] if known else None


def test_two_ups_at_once_do_not_race(name: str) -> None:
    command = [sys.executable, "-m", "sovran", "lab", "up", "--name", name, "--services", "keystone"]
    both = [subprocess.Popen(command, stderr=subprocess.PIPE, text=True) for _ in range(2)]
    said = [process.communicate(timeout=180)[1] for process in both]
    assert [process.returncode for process in both] == [0, 0]
    assert any("waiting for another sovran process" in text for text in said)
    assert sum("keystone ready" in text for text in said) == 1
    assert len(processes.find(lifecycle.existing(name).marker)) == 1


def test_a_lab_of_other_packages_is_made_anew(name: str) -> None:
    lab = lifecycle.up(name, ["keystone"], silent)
    with LiveLab(name).sign_in("lab-admin") as admin:
        admin.call("identity", "POST", "/users", {"user": {"name": "visitor"}})
    lab.packages = "another"
    description.save(folders.lab_folder(name), lab)
    with pytest.raises(SovranError, match="runs with other packages"):
        lifecycle.up(name, None, silent)
    lifecycle.down(name)
    said: list[str] = []
    lifecycle.up(name, None, said.append)
    assert "the pinned packages have changed since this lab was made: making its state anew" in said
    with LiveLab(name).sign_in("lab-admin") as admin:
        assert "visitor" not in [user["name"] for user in admin.call("identity", "GET", "/users")["users"]]
    assert lifecycle.reset(name, silent) == "bare"


def test_a_removed_lab_leaves_nothing(name: str) -> None:
    lifecycle.up(name, ["keystone"], silent)
    marker = lifecycle.existing(name).marker
    lifecycle.remove(name)
    assert processes.find(marker) == []
    assert not folders.lab_folder(name).exists()
    with pytest.raises(SovranError, match=f"there is no lab '{name}'"):
        lifecycle.status(name)


def test_command_line(small: LiveLab) -> None:
    table = small.sovran("lab", "status", "--name", small.name)
    assert table.returncode == 0
    assert re.search(r"^keystone +ready +\d+ +\d+ +[\d.]+ s +\d+ MiB$", table.stdout, re.MULTILINE)
    listed = json.loads(small.sovran("lab", "status", "--json", "--name", small.name).stdout)
    assert {one["service"]: one["state"] for one in listed} == dict.fromkeys(RUNNING, "ready")
    exported = small.sovran("lab", "env", "--name", small.name)
    assert exported.stdout.startswith(f"export OS_CLIENT_CONFIG_FILE={small.folder}/clouds.yaml\n")
    logged = small.sovran("lab", "logs", "swift", "--lines", "3", "--name", small.name)
    assert 0 < len(logged.stdout.splitlines()) <= 3
    wrong = small.sovran("lab", "logs", "heat", "--name", small.name)
    assert (wrong.returncode, wrong.stdout) == (2, "")
    assert "the lab has no service 'heat'" in wrong.stderr
    unknown = small.sovran("lab", "env", "--name", "nosuch")
    assert (unknown.returncode, unknown.stdout) == (2, "")
    assert unknown.stderr == "sovran: there is no lab 'nosuch': `sovran lab up --name nosuch` makes it\n"
