# SPDX-License-Identifier: Apache-2.0
"""The TLS proxies that the break `tls` puts before the services: requests pass, links are https, starts keep them."""

import http.client
import json
import secrets
import ssl
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

import pytest

from sovran.lab import clouds, content, fronts, lifecycle, processes
from tests.live.live_lab import LiveLab

pytestmark = pytest.mark.live

NOTHING = b""


def quiet(_: str) -> None:
    """Say nothing."""


@pytest.fixture
def secured(lab: LiveLab) -> Iterator[LiveLab]:
    """The lab with TLS, healed afterwards."""
    content.break_lab(lab.name, ["tls"], quiet)
    yield lab
    content.heal_lab(lab.name, (), quiet)
    assert fronts.load(lab.folder) == {}
    assert fronts.TLS not in processes.find_services(lab.description.marker)


class Client:
    """Signed in as the member; asks the public endpoints of the catalog, and trusts the lab's authority only."""

    def __init__(self, lab: LiveLab) -> None:
        with lab.sign_in() as signed_in:
            self._public = {
                service["type"]: endpoint["url"]
                for service in signed_in.token["catalog"]
                for endpoint in service["endpoints"]
                if endpoint["interface"] == "public"
            }
            self._token = signed_in._token
        self._trust = ssl.create_default_context(cafile=str(clouds.authority_file(lab.folder)))

    def ask(self, service: str, method: str, path: str, body: Any = None, kind: str = "application/json") -> bytes:
        """The body of the answer; a body that is an iterator is sent in chunks."""
        parts = urlsplit(self._public[service])
        assert parts.scheme == "https"
        connection = http.client.HTTPSConnection(parts.netloc, context=self._trust, timeout=60)
        try:
            headers = {"X-Auth-Token": self._token, "Content-Type": kind}
            connection.request(method, parts.path + path, body, headers)
            answer = connection.getresponse()
            assert answer.status < 300, answer.read()
            return answer.read()
        finally:
            connection.close()


def test_requests_of_all_sizes_pass(secured: LiveLab) -> None:
    client = Client(secured)
    data = secrets.token_bytes(300_000)
    made = json.dumps({"name": "over TLS", "disk_format": "raw", "container_format": "bare"})
    for body in (data, iter([data[:1], data[1:100_000], data[100_000:]])):
        image = json.loads(client.ask("image", "POST", "/v2/images", made))["id"]
        client.ask("image", "PUT", f"/v2/images/{image}/file", body, "application/octet-stream")
        assert client.ask("image", "GET", f"/v2/images/{image}/file") == data
        assert client.ask("image", "DELETE", f"/v2/images/{image}") == NOTHING


def test_links_of_the_services_are_https(secured: LiveLab) -> None:
    client = Client(secured)
    for service, path, key in (
        ("compute", "/flavors", "flavors"),
        ("identity", "/auth/projects", "projects"),
        ("network", "/v2.0/networks", "networks"),
    ):
        found = json.loads(client.ask(service, "GET", path))
        text = json.dumps(found)
        assert key in found
        assert "http://127.0.0.1" not in text, service


def test_an_old_client_is_refused(secured: LiveLab) -> None:
    port = next(iter(fronts.load(secured.folder).values())).port
    old = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    old.maximum_version = ssl.TLSVersion.TLSv1_2
    old.set_ciphers("AES128-SHA:@SECLEVEL=0")
    old.load_verify_locations(str(clouds.authority_file(secured.folder)))
    with pytest.raises(ssl.SSLError, match=r"EOF occurred|handshake failure"):
        http.client.HTTPSConnection("127.0.0.1", port, context=old, timeout=30).connect()


def test_the_status_shows_them_and_a_start_of_the_lab_keeps_them(secured: LiveLab) -> None:
    marker = secured.description.marker
    before = processes.find_services(marker)[fronts.TLS]
    shown = {one.service: one for one in lifecycle.status(secured.name)}[fronts.TLS]
    assert (shown.state, shown.pid) == ("ready", before)
    lifecycle.down(secured.name)
    assert processes.find(marker) == []
    content.up(secured.name, None, quiet)
    assert processes.find_services(marker)[fronts.TLS] != before
    assert json.loads(Client(secured).ask("identity", "GET", "/auth/projects"))["projects"]


def test_a_proxy_that_was_killed_comes_back(secured: LiveLab) -> None:
    processes.stop(secured.description.marker, {fronts.TLS})
    content.up(secured.name, None, quiet)
    assert json.loads(Client(secured).ask("compute", "GET", "/flavors"))["flavors"] is not None


def test_a_reset_ends_them(lab: LiveLab) -> None:
    content.break_lab(lab.name, ["tls"], quiet)
    lifecycle.reset(lab.name, quiet)
    assert fronts.TLS not in processes.find_services(lab.description.marker)
    assert fronts.load(lab.folder) == {}
    with lab.sign_in() as signed_in:
        assert signed_in.endpoint("compute").startswith("http://")
