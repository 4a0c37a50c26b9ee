# SPDX-License-Identifier: Apache-2.0
"""The lab behind the fault proxy: runs on it, and which request each fact and so each claim depends on."""

import contextlib
import datetime
import os
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Self
from urllib.parse import urlsplit

import msgspec
import pytest
import yaml

from sovran.cloud.config.cloud_config import CloudConfig
from sovran.cloud.config.clouds_yaml import read_cloud
from sovran.cloud.facts import PROVIDERS
from sovran.cloud.facts.services import ServiceAnswers
from sovran.cloud.live import LiveReader
from sovran.cloud.session import connect
from sovran.cloud.snapshots.snapshot import Snapshot
from sovran.conformance.approach import approach
from sovran.conformance.run import Limits, check_cloud, facts_needed, judge_cloud
from sovran.conformance.selection import Selection, select
from sovran.lab import clouds
from sovran.model.claim import Claim
from sovran.model.report import Judgement, Report
from sovran.rules.registry import find_rule
from sovran.standards.load import load_standards
from sovran.standards.resolve import choose, resolve
from tests.live.fault_proxy import HOME, TOKENS, Answer, Asked, FaultProxy, Scenario
from tests.live.live_lab import LiveLab

AT_ONCE = 4


def whole_selection(version: str = "v5.1") -> Selection:
    """Every testcase of the scope, and the requirements of one version."""
    ruleset = load_standards()
    today = datetime.datetime.now(datetime.UTC).date()
    ((scope, found),) = choose(ruleset, f"scs-iaas@{version}", today)
    return select(ruleset, resolve(ruleset, scope, found), patterns=["*"])


def facts_of(claim: Claim) -> set[type]:
    """What its rule reads."""
    return set(find_rule(claim.rule).facts) if claim.rule else set()


@dataclass
class JudgedCloud:
    """A lab whose answers the proxy remembers, with the verdicts that they lead to."""

    proxy: FaultProxy
    entries: str
    """Text of its clouds.yaml."""
    folder: Path
    selection: Selection = field(default_factory=whole_selection)
    uses: dict[type, set[Asked]] = field(default_factory=dict)
    """Fact to the requests that reading it takes, tokens and version documents among them."""
    sound: dict[str, Judgement] = field(default_factory=dict)
    requests: list[Asked] = field(default_factory=list)
    """Of a whole run, each once."""
    places: dict[str, str] = field(default_factory=dict)
    """Service type to host and port."""
    lock: threading.Lock = field(default_factory=threading.Lock)

    def learn(self) -> Self:
        """Read each fact alone, then judge the whole; from now on the lab is not needed."""
        for fact in facts_needed(self.selection):
            with self.proxy.scenario() as scenario:
                with connect(self.config(scenario), concurrency=AT_ONCE, timeout=60) as connection:
                    assert connection.access.role_names
                    # what only a probe sees takes no more than a token here, since none acts
                    if fact in PROVIDERS:
                        PROVIDERS[fact](LiveReader(connection, seconds=60))
                self.uses[fact] = set(scenario.asked)
        with self.proxy.scenario() as scenario:
            self.sound = self.judge(scenario, Limits())
            self.requests = list(dict.fromkeys(scenario.asked))
        token = next(asked for asked in self.requests if asked.path.endswith(TOKENS))
        for service in self.good(token).json()["token"]["catalog"]:
            self.places[service["type"]] = urlsplit(service["endpoints"][0]["url"]).netloc
        return self

    def config(self, scenario: Scenario) -> CloudConfig:
        """The cloud of clouds.yaml at the scenario's address."""
        path = self.folder / f"{scenario.host}.yaml"
        path.write_text(self.entries.replace(HOME, scenario.host), encoding="utf-8")
        with self.lock:
            os.environ["OS_CLIENT_CONFIG_FILE"] = str(path)
            return read_cloud("lab")

    def judge(self, scenario: Scenario, limits: Limits, selection: Selection | None = None) -> dict[str, Judgement]:
        """Claim to judgement in a scenario."""
        return by_claim(self.report(scenario, limits, selection), scenario)

    def report(self, scenario: Scenario, limits: Limits, selection: Selection | None = None) -> Report:
        """A run in a scenario."""
        return check_cloud(self.config(scenario), selection or self.selection, limits)

    def recorded_report(self, scenario: Scenario, limits: Limits, selection: Selection) -> tuple[Report, Snapshot]:
        """A run in a scenario, with its recording."""
        kept: list[Snapshot] = []
        config = self.config(scenario)
        near = approach(config, concurrency=limits.concurrency, seconds=limits.seconds)
        report = judge_cloud(near, selection, limits, keep=kept.append)
        return report, kept[0]

    def readers(self, asked: Asked) -> set[type]:
        """The facts that need this request."""
        return {fact for fact, requests in self.uses.items() if asked in requests}

    def dependants(self, asked: Asked) -> set[str]:
        """The claims that need this request."""
        readers = self.readers(asked)
        return {claim.id for claim, _ in self.selection.claims if facts_of(claim) & readers}

    def near(self, asked: Asked) -> Selection:
        """The claims that need something of the same service; for what everything needs, all claims.

        The one that asks every service is left out unless the request is asked for it alone.
        """
        readers = self.readers(asked)
        if readers == set(self.uses):
            return self.selection
        place = urlsplit(asked.url).netloc
        common = set.intersection(*self.uses.values())
        beside = {
            fact
            for fact, requests in self.uses.items()
            if any(urlsplit(one.url).netloc == place for one in requests - common)
        }
        if readers != {ServiceAnswers}:
            beside.discard(ServiceAnswers)
        claims = tuple((claim, target) for claim, target in self.selection.claims if facts_of(claim) & beside)
        return replace(self.selection, claims=claims)

    def service_of(self, asked: Asked) -> str:
        """Type of the service at the request's address, as the catalog has it; empty: none."""
        place = urlsplit(asked.url).netloc
        return next((kind for kind, netloc in self.places.items() if netloc == place), "")

    def good(self, asked: Asked) -> Answer:
        """What the lab answered."""
        return self.proxy.recorded(asked, {}, b"")


def by_claim(report: Report, scenario: Scenario) -> dict[str, Judgement]:
    """The judgements, with the cloud's own address in their reasons."""
    return {
        one.claim: msgspec.structs.replace(one, reason=one.reason.replace(scenario.host, HOME))
        for one in report.judgements
    }


@contextlib.contextmanager
def behind_proxy(lab: LiveLab, folder: Path) -> Iterator[Callable[[], JudgedCloud]]:
    """Gives a function that learns the lab as it is then; requests of this process go through the proxy meanwhile."""
    entries = yaml.safe_dump({"clouds": clouds.entries(lab.description)})
    with pytest.MonkeyPatch.context() as patch, FaultProxy() as proxy:
        for name in [name for name in os.environ if name.startswith("OS_") or name.lower() == "no_proxy"]:
            patch.delenv(name)
        patch.setenv("OS_CLIENT_CONFIG_FILE", "")
        patch.setenv("http_proxy", proxy.url)
        yield lambda: JudgedCloud(proxy, entries, folder).learn()
