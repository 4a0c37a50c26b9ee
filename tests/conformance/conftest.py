# SPDX-License-Identifier: Apache-2.0
"""A small cloud on loopback that meets the four standards."""

from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import msgspec
import pytest
import yaml

from sovran.cloud.facts.services import READS
from tests.cloud.identity_stub import Handler, IdentityStub, endpoints
from tests.rules.facts_by_hand import conforming, usual_templates

SERVICES = {
    "compute": "/v2.1",
    "image": "/v2",
    "load-balancer": "/v2",
    "placement": "",
    "block-storage": "/v3",
    "object-store-s3": "",
}
"""Type to the version in its address."""
FLAVORS = "/compute/v2.1/flavors/detail"
TEMPLATES = "/network/v2.0/default-security-group-rules"


def _reply(body: dict[str, object], handler: Handler) -> None:
    handler.reply(200, body)


class SmallCloud:
    """An identity, a compute and a network service that meet the four standards, called `c` in clouds.yaml."""

    def __init__(self, identity: IdentityStub, home: Path) -> None:
        self.identity = identity
        self.home = home
        self.base = identity.url.removesuffix("/v3")
        identity.token["catalog"] = [
            endpoints("identity", identity.url),
            endpoints("network", f"{self.base}/network/v2.0"),
            *(endpoints(kind, f"{self.base}/{kind}{version}") for kind, version in SERVICES.items()),
        ]
        flavors = [
            {
                "id": one.id,
                "name": one.name,
                "vcpus": one.vcpus,
                "ram": one.ram_mib,
                "disk": one.disk_gb,
                "extra_specs": one.extra_specs,
            }
            for one in conforming().items
        ]
        self.answer(FLAVORS, lambda handler: handler.reply(200, {"flavors": flavors}))
        rules = [msgspec.structs.asdict(rule) for rule in usual_templates().items]
        self.answer(TEMPLATES, lambda handler: handler.reply(200, {"default_security_group_rules": rules}))
        self._answer_reads()
        self.entries(c={})

    def _answer_reads(self) -> None:
        """Let each mandatory service answer the read that shows that it is there."""
        for kind, (path, key) in READS.items():
            base = {"identity": "/v3", "network": "/network/v2.0"}.get(kind) or f"/{kind}{SERVICES[kind]}"
            body: dict[str, object] = {key: []}
            self.answer(base + path, partial(_reply, body))
        refused = b"<Error><Code>InvalidAccessKeyId</Code></Error>"
        self.answer("/object-store-s3/", lambda handler: handler.send(403, refused, {"Content-Type": "text/xml"}))

    def entries(self, **entries: dict[str, object]) -> None:
        """Write clouds.yaml: each entry is this cloud, with other options of `auth`."""
        clouds = {name: {"auth": self.identity.auth | auth} for name, auth in entries.items()}
        (self.home / "clouds.yaml").write_text(yaml.safe_dump({"clouds": clouds}))

    def answer(self, path: str, what: Callable[[Handler], None]) -> None:
        """Let a GET of this path get this answer."""
        self.identity.answers["GET", path] = what

    def asked(self) -> list[str]:
        """What was asked beside identity."""
        return sorted(path for _, path, _, _ in self.identity.requests if not path.startswith("/v3"))


@pytest.fixture
def cloud(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[SmallCloud]:
    """A cloud of the test's own, found in the working directory."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HOME", str(tmp_path))
    for name in ("OS_CLOUD", "OS_CLIENT_CONFIG_FILE", "OS_AUTH_URL"):
        monkeypatch.delenv(name, raising=False)
    with IdentityStub() as identity:
        yield SmallCloud(identity, tmp_path)
