# SPDX-License-Identifier: Apache-2.0
"""Seeding: only what differs is changed, and only what seeding made is removed."""

import datetime
import hashlib
import http.server
import threading
from collections.abc import Iterator
from typing import Any

import msgspec
import pytest

from sovran.lab.description import draw
from sovran.lab.seeds.api import AdminApi
from sovran.lab.seeds.catalog import CatalogChange
from sovran.lab.seeds.default_rules import converge_default_rules
from sovran.lab.seeds.flavors import put_flavor
from sovran.lab.seeds.images import TAG, converge_images
from sovran.lab.seeds.networks import MARK, converge_networks
from sovran.lab.seeds.offers import NEUTRONS_OWN_RULES, DefaultRule, Flavor, Image, Network
from sovran.lab.seeds.registration import converge_catalog
from sovran.lab.seeds.tally import Tally
from sovran.model.errors import SovranError
from tests.lab.recorder import RecordingApi

FLAVOR = Flavor(id="f", name="m1", vcpus=1, ram_mib=1024, disk_gb=0, extra_specs={"a": "1", "b": "2"})


def test_a_flavor_as_wanted_is_left_alone() -> None:
    api = RecordingApi()
    assert put_flavor(api, FLAVOR, FLAVOR) == "kept"
    assert api.sent == []


def test_changed_extra_specs_do_not_make_the_flavor_anew() -> None:
    api = RecordingApi()
    wanted = msgspec.structs.replace(FLAVOR, extra_specs={"a": "1", "c": "3"})
    assert put_flavor(api, wanted, FLAVOR) == "changed"
    assert api.sent == [
        ("POST", "/v2.1/flavors/f/os-extra_specs", {"extra_specs": {"c": "3"}}),
        ("DELETE", "/v2.1/flavors/f/os-extra_specs/b", None),
    ]


def test_changed_figures_make_the_flavor_anew_under_its_id() -> None:
    api = RecordingApi()
    assert put_flavor(api, msgspec.structs.replace(FLAVOR, vcpus=2), FLAVOR) == "changed"
    assert [(method, path) for method, path, _ in api.sent] == [
        ("DELETE", "/v2.1/flavors/f"),
        ("POST", "/v2.1/flavors"),
        ("POST", "/v2.1/flavors/f/os-extra_specs"),
    ]
    assert api.sent[1][2]["flavor"]["id"] == "f"


def test_a_private_flavor_is_opened_to_its_projects() -> None:
    api = RecordingApi()
    put_flavor(api, msgspec.structs.replace(FLAVOR, public=False, private_to=("member",), extra_specs={}), None)
    assert api.sent[-1] == ("POST", "/v2.1/flavors/f/action", {"addTenantAccess": {"tenant": "member"}})


def _image(name: str, **more: Any) -> dict[str, Any]:
    fields = {"visibility": "public", "owner": "provider", "min_disk": 0, "min_ram": 0, "size": 65536}
    return {"id": name, "name": name, "status": "active", "os_hidden": False, "tags": [TAG], **fields, **more}


def test_images_as_wanted_are_kept_and_half_uploaded_ones_replaced() -> None:
    listed = [_image("whole", os_distro="debian"), _image("broken", status="queued"), _image("old")]
    path = f"/v2/images?limit=1000&visibility=all&tag={TAG}&os_hidden="
    api = RecordingApi({("glance", f"{path}false"): {"images": listed}, ("glance", f"{path}true"): {"images": []}})
    wanted = (Image(name="whole", properties={"os_distro": "debian"}), Image(name="broken"))
    tally = converge_images(api, wanted, datetime.date(2026, 11, 20))
    assert tally == Tally(made=1, kept=1, removed=2)
    assert {path for method, path, _ in api.sent if method == "DELETE"} == {"/v2/images/broken", "/v2/images/old"}


def test_in_a_lab_with_guests_images_that_boot_get_the_guest_image_and_others_zeros() -> None:
    content = b"QFI a disk"
    known = _image("known", size=len(content), disk_format="qcow2", os_hash_value=hashlib.sha512(content).hexdigest())
    older = _image("older", size=len(content), disk_format="qcow2", os_hash_value="of another guest image")
    path = f"/v2/images?limit=1000&visibility=all&tag={TAG}&os_hidden="
    listings = {("glance", f"{path}false"): {"images": [known, older]}, ("glance", f"{path}true"): {"images": []}}
    api = RecordingApi({**listings, ("glance", "/v2/images"): {"id": "new"}})
    wanted = (Image(name="known", boots=True), Image(name="older", boots=True), Image(name="large", size_kib=1))
    assert converge_images(api, wanted, datetime.date(2026, 11, 20), content) == Tally(made=2, kept=1, removed=1)
    formats = {body["name"]: body["disk_format"] for method, _, body in api.sent if method == "POST"}
    assert formats == {"older": "qcow2", "large": "raw"}
    uploads = sorted(body for method, _, body in api.sent if method == "PUT")
    assert uploads == sorted([content, bytes(1024)])


def test_networks_that_seeding_did_not_make_stay() -> None:
    networks = [
        {"id": "1", "name": "users", "project_id": "provider", "description": ""},
        {"id": "2", "name": "old", "project_id": "provider", "description": MARK},
    ]
    api = RecordingApi(
        {("neutron", "/v2.0/networks"): {"networks": networks}, ("neutron", "/v2.0/networks/2"): {"network": {}}}
    )
    tally = converge_networks(api, (Network(name="users", cidr=None),))
    assert tally == Tally(kept=1, stuck=1)
    assert api.sent == [("DELETE", "/v2.0/networks/2", None)]


def test_default_rules_become_exactly_those_wanted() -> None:
    listed = [{"id": str(number), **msgspec.structs.asdict(rule)} for number, rule in enumerate(NEUTRONS_OWN_RULES)]
    extra = DefaultRule(direction="ingress", ethertype="IPv4", protocol="icmp")
    listed[1] = {"id": "x", **msgspec.structs.asdict(extra)}
    api = RecordingApi({("neutron", "/v2.0/default-security-group-rules"): {"default_security_group_rules": listed}})
    assert converge_default_rules(api, NEUTRONS_OWN_RULES) == Tally(made=1, kept=3, removed=1)
    assert [method for method, _, _ in api.sent] == ["DELETE", "POST"]


def test_a_broken_catalog_is_repaired_and_entries_of_users_stay() -> None:
    services = [
        {"id": "k", "name": "keystone", "type": "identity", "enabled": True, "description": ""},
        {"id": "n", "name": "nova", "type": "compute-old", "enabled": False, "description": ""},
        {"id": "u", "name": "mine", "type": "billing", "enabled": True, "description": "of a user"},
        {"id": "s", "name": "gone", "type": "metering", "enabled": True, "description": "made by sovran lab"},
    ]
    endpoints = [
        {"id": "e", "service_id": "n", "interface": "public", "url": "http://127.0.0.1:9", "enabled": True},
        {"id": "f", "service_id": "k", "interface": "public", "url": "http://127.0.0.1:1/v3", "enabled": True},
    ]
    api = RecordingApi(
        {
            ("keystone", "/v3/services"): {"services": services},
            ("keystone", "/v3/endpoints"): {"endpoints": endpoints},
            ("keystone", "/v3/OS-EP-FILTER/projects/member/endpoints"): {"endpoints": []},
        }
    )
    api.lab.services = ["keystone", "nova"]
    without_cinder = CatalogChange(do="rename-service", type="block-storage", to="volumev3")
    assert converge_catalog(api, (without_cinder,)) == Tally(changed=1, kept=1, removed=1)
    assert api.sent == [
        ("DELETE", "/v3/services/s", None),
        ("PATCH", "/v3/services/n", {"service": {"type": "compute", "enabled": True}}),
        ("PATCH", "/v3/endpoints/e", {"endpoint": {"url": "http://127.0.0.1:1/v2.1", "enabled": True}}),
    ]


class _Keystone(http.server.BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["Content-Length"]))
        self.send_response(201)
        self.send_header("X-Subject-Token", "t")
        self.send_header("Content-Length", "0")
        self.end_headers()

    def do_GET(self) -> None:
        body = b'{"forbidden": {"code": 403, "message": "not\\nfor you"}}'
        self.send_response(403)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        """Be quiet."""


@pytest.fixture
def port() -> Iterator[int]:
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), _Keystone) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield server.server_port
        server.shutdown()
        thread.join()


def test_a_refusal_names_the_request_and_the_reason_in_one_line(port: int) -> None:
    lab = draw("test", ("keystone",), {"keystone": port})
    with AdminApi(lab) as api, pytest.raises(SovranError) as error:
        api.call("keystone", "GET", "/v3/users")
    assert str(error.value) == ("GET /v3/users of keystone answered 403 (not for you): see `sovran lab logs keystone`")


def test_a_service_that_the_lab_lacks_is_said_so(port: int) -> None:
    with AdminApi(draw("test", ("keystone",), {"keystone": port, "nova": 1})) as api:
        assert not api.has("nova")
        with pytest.raises(SovranError) as error:
            api.call("nova", "GET", "/v2.1/flavors")
    assert str(error.value) == "lab test runs without nova: `sovran lab up --name test --services nova` adds it"


def test_after_an_interrupt_nothing_more_is_sent(port: int) -> None:
    with AdminApi(draw("test", ("keystone",), {"keystone": port})) as api:
        api.stop()
        with pytest.raises(SovranError, match="stopped"):
            api.call("keystone", "GET", "/v3/users")


def test_a_lab_that_does_not_run_is_said_so() -> None:
    with pytest.raises(SovranError, match=r"keystone of lab test does not answer .*: look at `sovran lab status`"):
        AdminApi(draw("test", ("keystone",), {"keystone": 1}))


def test_a_tally_says_only_what_happened() -> None:
    assert str(Tally(made=2, removed=1)) == "2 made, 1 removed"
    assert str(Tally()) == "none"
