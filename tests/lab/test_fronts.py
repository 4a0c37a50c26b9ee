# SPDX-License-Identifier: Apache-2.0
"""TLS proxies: what is wanted survives the disk, breaks set up single ones, clouds.yaml trusts their authority."""

from pathlib import Path

import pytest
import yaml

from sovran.lab import clouds, folders, fronts
from sovran.lab.breaks.tls_states import (
    FrontState,
    SecureEndpoints,
    SetTls,
    put_front,
    resolve_secure_endpoints,
    resolve_tls,
)
from sovran.lab.description import Description
from sovran.lab.fronts import Front, Tls
from sovran.lab.seeds.catalog import Endpoint
from sovran.model.errors import SovranError
from tests.lab.recorder import RecordingApi

FRONT = Front(port=2, backend=1, tls=Tls(key="rsa-2048"))


@pytest.fixture
def lab(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of the lab that the recording API speaks of."""
    monkeypatch.setenv("SOVRAN_LAB_HOME", str(tmp_path))
    folder = folders.lab_folder("test")
    (folder / "data").mkdir(parents=True)
    return folder


def _catalog() -> RecordingApi:
    """Nova and Glance with two endpoints each, of which one of Glance's leads nowhere."""
    api = RecordingApi()
    api.lab.ports |= {"nova": 20001, "glance": 20002}
    rows = (
        ("n-public", "public", "http://127.0.0.1:20001/v2.1"),
        ("n-admin", "admin", "http://127.0.0.1:20001/v2.1"),
        ("g-public", "public", "http://127.0.0.1:9"),
        ("g-internal", "internal", "http://127.0.0.1:20002"),
    )
    listed = [{"id": name, "interface": kind, "url": url, "enabled": True} for name, kind, url in rows]
    api.answers["keystone", "/v3/endpoints"] = {"endpoints": listed}
    return api


def test_what_is_wanted_survives_the_disk(lab: Path) -> None:
    assert fronts.load(lab) == {}
    fronts.save(lab, {"nova": FRONT})
    assert fronts.load(lab) == {"nova": FRONT}
    fronts.save(lab, {})
    assert not list((lab / "data").iterdir())


def test_a_damaged_file_is_named(lab: Path) -> None:
    (lab / "data" / "fronts.json").write_text("[", encoding="utf-8")
    with pytest.raises(SovranError, match=r"fronts\.json cannot be read .*: remove it and run `sovran lab reset`"):
        fronts.load(lab)


@pytest.mark.usefixtures("lab")
def test_public_and_internal_endpoints_of_the_lab_become_https() -> None:
    changes = resolve_secure_endpoints(_catalog(), SecureEndpoints())
    ports = {after.service: after.front.port for _, after in changes if isinstance(after, FrontState) and after.front}
    assert {"nova", "glance", "keystone"} <= set(ports)
    assert len(set(ports.values())) == len(ports)
    assert {after.id: after.url for _, after in changes if isinstance(after, Endpoint)} == {
        "n-public": f"https://127.0.0.1:{ports['nova']}/v2.1",
        "g-internal": f"https://127.0.0.1:{ports['glance']}",
    }
    assert {before.id: before.url for before, _ in changes if isinstance(before, Endpoint)} == {
        "n-public": "http://127.0.0.1:20001/v2.1",
        "g-internal": "http://127.0.0.1:20002",
    }


def test_a_proxy_that_is_there_keeps_its_port_and_set_up(lab: Path) -> None:
    fronts.save(lab, {"nova": FRONT})
    states = [after for _, after in resolve_secure_endpoints(_catalog(), SecureEndpoints())]
    (nova,) = (one for one in states if isinstance(one, FrontState) and one.service == "nova")
    assert nova.front == Front(port=2, backend=20001, tls=FRONT.tls)


def test_one_proxy_is_set_up_anew_and_back(lab: Path) -> None:
    api = RecordingApi()
    fronts.save(lab, {"nova": FRONT, "glance": FRONT})
    before, after = resolve_tls(api, SetTls(service="nova", oldest="TLSv1"))
    put_front(api, after)
    assert fronts.load(lab) == {"glance": FRONT, "nova": Front(port=2, backend=1, tls=Tls(oldest="TLSv1"))}
    put_front(api, before)
    assert fronts.load(lab) == {"glance": FRONT, "nova": FRONT}
    put_front(api, FrontState(service="nova", front=None))
    assert fronts.load(lab) == {"glance": FRONT}


@pytest.mark.usefixtures("lab")
def test_a_proxy_that_is_not_there_cannot_be_set_up() -> None:
    with pytest.raises(SovranError, match="no TLS proxy in front of nova: run `sovran lab break tls` first"):
        resolve_tls(RecordingApi(), SetTls(service="nova"))


def test_clouds_yaml_trusts_the_authority_once_there_is_one(lab: Path, described: Description) -> None:
    def trust() -> set[str | None]:
        entries = yaml.safe_load(clouds.clouds_file(lab).read_text(encoding="utf-8"))["clouds"]
        return {entry.get("cacert") for entry in entries.values()}

    clouds.write(lab, described)
    assert trust() == {None}
    authority = clouds.authority_file(lab)
    authority.parent.mkdir(parents=True)
    authority.touch()
    clouds.write(lab, described)
    assert trust() == {str(authority)}
