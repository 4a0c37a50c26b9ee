# SPDX-License-Identifier: Apache-2.0
"""A cloud full of hostile names: every output of every command stays whole, readable, and of the same structure."""

import json
import os
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
import yaml
from markdown_it import MarkdownIt

from sovran.lab import content
from tests.live.fault_proxy import TOKENS, Answer, Asked
from tests.live.judged_cloud import JudgedCloud, behind_proxy
from tests.live.live_lab import LiveLab
from tests.reports.parsed_page import Node, parse

pytestmark = pytest.mark.live

NAMES = (
    "\x1b[31mred\x1b]0;title\x07\x9b2J",
    "\u202egnp.exe\u2066\u200b",
    '=HYPERLINK("http://127.0.0.1/?"&A1)',
    "@SUM(1+1)*cmd|' /C calc'!A0",
    "</script><script>document.title='owned'</script>",
    "<img src=x onerror=alert(1)>",
    '"><svg/onload=alert(1)>',
    "]]><!--",
    "&anchor *alias !!python/object:os.system {a: b} # - ? |",
    "---\n...\n- a\r\nb",
    "| a | `b` | [c](javascript:alert(1)) ![d](http://127.0.0.1/e)",
    "\\n\\x1b[0m %s {0} ${HOME} $(id) `id`",
    "\U0001f98a" * 63,
    "\U0001f468\u200d\U0001f469\u200d\U0001f467" * 36,
    "SCS-1V-4\u0000\u0007",
    "a" * 255,
)
"""Terminal sequences, bidirectional marks, spreadsheet formulas, markup of every format, lengths, emoji."""
TEXTS = ("name", "description", "os_distro", "os_version", "os_purpose", "image_source", "zoneName", "hw_disk_bus",
         "provided_until", "replace_frequency", "uuid_validity", "architecture", "protocol", "ethertype")  # fmt: skip
"""Fields of listings whose text a cloud or its users choose."""


def hostile(asked: Asked, answer: Answer) -> Answer:
    """The answer with other names, and a catalog with more services."""
    document = answer.json()
    if not isinstance(document, dict) or asked.path == "/":
        return answer
    if asked.path.endswith(TOKENS):
        token = document["token"]
        end = {
            "id": "e",
            "interface": "public",
            "region": "RegionOne",
            "region_id": "RegionOne",
            "url": "http://127.0.0.1:9",
        }
        more = [{"type": name, "name": name, "id": name, "endpoints": [end | {"id": name}]} for name in NAMES]
        project = token["project"] | {"name": NAMES[0] + NAMES[5]}
        roles = [*token["roles"], *({"id": name, "name": name} for name in NAMES)]
        return answer.with_json(
            {"token": token | {"catalog": token["catalog"] + more, "project": project, "roles": roles}}
        )
    numbers = iter(range(10**6))

    def spoilt(node: Any) -> Any:
        if isinstance(node, list):
            return [spoilt(one) for one in node]
        if isinstance(node, dict):
            return {
                key: text() if key in TEXTS and isinstance(value, str) else spoilt(value) for key, value in node.items()
            }
        return node

    def text() -> str:
        return NAMES[next(numbers) % len(NAMES)]

    listings = {key: spoilt(value) for key, value in document.items() if isinstance(value, list)}
    for flavor in listings.get("flavors", ()):
        flavor["extra_specs"] |= {f"scs:name-v{1 + next(numbers) % 4}": text(), "scs:cpu-type": text()}
    for volume_type in listings.get("volume_types", ()):
        volume_type["description"] = f"[scs:{text()}, encrypted] {text()}"
    return answer.with_json(document | listings)


class Outputs:
    """What the commands write about the lab as it is, or as a hostile one."""

    def __init__(self, cloud: JudgedCloud, folder: Path, environment: dict[str, str]) -> None:
        self.folder, self.environment, self.printed = folder, environment, dict[str, str]()
        folder.mkdir()
        files = [word for suffix in ("html", "md", "xml", "yaml", "json") for word in ("-o", f"r.{suffix}")]
        self.run(
            "check", "check", "--no-probes", "--target", "all", "--verbose", *files, "--save-snapshot", "r.snapshot"
        )
        self.run("replayed", "check", "--snapshot", "r.snapshot")
        self.run("shown", "snapshot", "show", "r.snapshot")
        self.run("verified", "snapshot", "verify", "r.snapshot")

    def run(self, name: str, *words: str) -> None:
        """Run sovran; nothing is said on stderr."""
        ended = subprocess.run(
            [sys.executable, "-m", "sovran", *words],
            cwd=self.folder, env=self.environment, capture_output=True, timeout=120, check=False,
        )  # fmt: skip
        assert ended.returncode in (0, 3, 4), ended.stderr
        assert b"Traceback" not in ended.stderr
        self.printed[name] = ended.stdout.decode()
        assert all(line.isprintable() for line in ended.stderr.decode().split("\n"))

    def text(self, suffix: str) -> str:
        """A report."""
        return (self.folder / f"r.{suffix}").read_bytes().decode()


@pytest.fixture(scope="module")
def outputs(lab: LiveLab, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Outputs, Outputs]]:
    """Of the lab as it is, and of the hostile one."""
    content.apply_profile(lab.name, "scs", None, lambda _line: None)
    folder = tmp_path_factory.mktemp("hostile")
    made: list[Outputs] = []
    with behind_proxy(lab, folder) as learn:
        cloud = learn()
        for name, spoil in (("plain", lambda _asked, answer: answer), ("hostile", hostile)):
            with cloud.proxy.scenario(spoil) as scenario:
                cloud.config(scenario)
                made.append(Outputs(cloud, folder / name, {**os.environ, "OS_CLOUD": "lab"}))
        made[1].run("compared", "diff", "../plain/r.json", "r.json", "--verbose")
        made[1].run("compared snapshots", "diff", "../plain/r.snapshot", "r.snapshot")
        yield made[0], made[1]


def test_what_is_hostile_is_in_the_findings(outputs: tuple[Outputs, Outputs]) -> None:
    (report,) = json.loads(outputs[1].text("json"))["reports"]
    resources = {
        (finding["resource"]["kind"], finding["resource"]["name"])
        for judgement in report["judgements"]
        for finding in judgement.get("findings", ())
    }
    for kind in ("flavor", "image", "service"):
        named = {name for one, name in resources if one == kind}
        assert sum(any(text[:20] in name for name in named) for text in NAMES) >= 4, kind
    assert any(kind == "volume type" and name in NAMES for kind, name in resources)
    assert NAMES[5] in parse(outputs[1].text("html")).text


def test_what_is_printed_holds_no_control_or_bidirectional_character(outputs: tuple[Outputs, Outputs]) -> None:
    for name, printed in outputs[1].printed.items():
        assert all(line.isprintable() for line in printed.split("\n")), name
        assert "\u202e" not in printed


def addresses(page: Node) -> list[str]:
    """Where its links lead, and what it loads."""
    return [
        str(node.attributes[name]).strip()
        for node in page.walk()
        for name in ("href", "src")
        if name in node.attributes
    ]


def test_html_has_no_script_handler_or_address_of_theirs(outputs: tuple[Outputs, Outputs]) -> None:
    plain, other = (parse(one.text("html")) for one in outputs)
    for tag in ("script", "style", "img", "iframe", "object", "form", "base", "meta", "link"):
        assert len(other.find(tag)) == len(plain.find(tag)), tag
    for node in other.walk():
        assert not [name for name in node.attributes if name.startswith("on")]
    schemes = [
        {address.partition(":")[0].lower() for address in addresses(page) if ":" in address} for page in (plain, other)
    ]
    assert schemes[1] <= schemes[0] | {"http", "https"}
    assert [node.text for node in other.find("script")] == [node.text for node in plain.find("script")]


def test_yaml_and_json_and_xml_hold_the_same_claims(outputs: tuple[Outputs, Outputs]) -> None:
    plain, other = outputs
    results = []
    for one in outputs:
        (document,) = yaml.safe_load_all(one.text("yaml"))
        (run,) = document["run"]["invocations"].values()
        results.append(set(run["results"]))
    assert results[0]
    # what is undecided or failed is there all the same: the ids are the standards'
    assert all(isinstance(name, str) and name.startswith("scs-") for name in results[1])
    claims = [[one["claim"] for one in json.loads(each.text("json"))["reports"][0]["judgements"]] for each in outputs]
    assert claims[0] == claims[1]
    suites = [ElementTree.fromstring(each.text("xml")) for each in (plain, other)]  # noqa: S314 - written by ourselves
    assert len(suites[0].findall(".//testcase")) == len(suites[1].findall(".//testcase"))


def test_markdown_has_no_markup_of_theirs(outputs: tuple[Outputs, Outputs]) -> None:
    kinds = []
    for one in outputs:
        parser = MarkdownIt("commonmark", {"html": True}).enable("table")
        tokens = parser.parse(one.text("md"))
        inline = [child for token in tokens for child in token.children or ()]
        kinds.append(Counter(token.type for token in (*tokens, *inline)))
    assert kinds[1]["html_block"] == kinds[0]["html_block"] == 0
    assert kinds[1]["html_inline"] == kinds[0]["html_inline"]
    assert kinds[1]["image"] == 0
    assert kinds[1]["heading_open"] >= 3
    for one in outputs:
        assert all(line.isprintable() for line in one.text("md").split("\n"))
