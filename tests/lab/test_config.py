# SPDX-License-Identifier: Apache-2.0
"""The rendered configuration files."""

import configparser
import json
import stat
from dataclasses import replace
from pathlib import Path

import pytest

from sovran.lab import config, description
from sovran.lab.config import ini
from sovran.lab.config.ini import Setting
from sovran.lab.description import Description


def parse(text: str) -> configparser.RawConfigParser:
    """The file as oslo.config would group it."""
    parser = configparser.RawConfigParser(default_section="none", strict=True)
    parser.read_string(text)
    return parser


def test_render_writes_lower_case_booleans_and_leaves_out_none() -> None:
    assert ini.render({"a": {"x": True, "y": None, "z": 1}, "b": {}}) == "[a]\nx = true\nz = 1\n\n[b]\n"


@pytest.mark.parametrize("service", config.RENDERERS)
def test_every_file_is_parseable_and_stays_on_loopback(service: str, setting: Setting) -> None:
    for text in config.RENDERERS[service](setting).values():
        parser = parse(text)
        for section in parser.sections():
            for value in parser[section].values():
                assert "0.0.0.0" not in value  # noqa: S104  # what must not be there
                if "http://" in value:
                    assert "http://127.0.0.1:" in value


@pytest.mark.parametrize("service", [name for name in config.RENDERERS if name not in ("keystone", "swift")])
def test_a_service_signs_in_with_its_own_password(service: str, setting: Setting) -> None:
    (text, *_) = config.RENDERERS[service](setting).values()
    section = parse(text)["keystone_authtoken"]
    assert section["username"] == service
    assert section["password"] == setting.lab.passwords[service]
    assert section["auth_url"] == f"http://127.0.0.1:{setting.lab.ports['keystone']}/v3"


def test_no_file_knows_the_admin_or_a_user(setting: Setting) -> None:
    texts = "".join(text for files in config.RENDERERS.values() for text in files(setting).values())
    for user in ("admin", "lab", "lab-reader", "manager-a"):
        assert setting.lab.passwords[user] not in texts


def test_each_zone_has_a_volume_back_end(setting: Setting) -> None:
    setting.lab.zones = {"lab-1": "az1", "lab-2": "az2", "lab-3": "az2"}
    parser = parse(config.RENDERERS["cinder"](setting)["cinder.conf"])
    assert parser["DEFAULT"]["enabled_backends"] == "file-az1,file-az2"
    assert parser["file-az2"]["backend_availability_zone"] == "az2"


def test_files_are_written_privately(setting: Setting) -> None:
    config.write(setting)
    written = [path for path in (setting.folder / "etc").rglob("*") if path.is_file()]
    assert {path.relative_to(setting.folder / "etc").parts[0] for path in written} == set(config.RENDERERS)
    assert {stat.S_IMODE(path.stat().st_mode) for path in written} == {0o600}


def test_what_a_service_process_reads_is_what_was_saved(described: Description, tmp_path: Path) -> None:
    # services/place.py reads the file without our classes
    description.save(tmp_path, described)
    read = json.loads((tmp_path / description.FILE).read_text(encoding="utf-8"))
    assert read["ports"] == described.ports
    assert read["zones"] == described.zones


def test_only_where_guests_ask_is_there_a_secret_for_metadata(setting: Setting) -> None:
    nova = parse(config.RENDERERS["nova"](setting)["nova.conf"])
    assert not nova.has_option("neutron", "metadata_proxy_shared_secret")
    assert nova["DEFAULT"]["vif_plugging_is_fatal"] == "false"
    lab = description.draw("guests", tuple(setting.lab.services), setting.lab.ports, guests=True)
    nova = parse(config.RENDERERS["nova"](replace(setting, lab=lab))["nova.conf"])
    assert nova["neutron"]["metadata_proxy_shared_secret"] == lab.keys["metadata_proxy"]
    # a server counts as built only when its ports are wired
    assert nova["DEFAULT"]["vif_plugging_is_fatal"] == "true"
    assert list(lab.zones) == ["lab-1"]
