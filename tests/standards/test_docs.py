# SPDX-License-Identifier: Apache-2.0
"""The examples of docs/standards.md load and mean what the page says."""

import re
from pathlib import Path

from sovran.standards.fileformat import RequirementEntry
from sovran.standards.load import load_standards
from sovran.standards.resolve import find_version, resolve

PAGE = Path(__file__).parents[2] / "docs" / "standards.md"


def test_the_examples_load(tmp_path: Path) -> None:
    standard, tables, scope = re.findall(r"```yaml\n(.*?)```", PAGE.read_text(), re.DOTALL)
    (tmp_path / "scopes").mkdir()
    (tmp_path / "acme-0001.yaml").write_text(standard + tables)
    (tmp_path / "scopes" / "acme.yaml").write_text(scope)
    ruleset = load_standards([tmp_path], environ={})
    acme = ruleset.scope("acme")
    found = resolve(ruleset, acme, find_version(acme, "v1"))
    assert found.testcases["main"] == (
        "acme-0001-service-dns",
        "acme-0001-service-key-manager",
        "scs-0115-default-rules",
    )
    assert ruleset.claim("acme-0001-service-dns").parameters == {"types": ["dns"]}


def test_every_key_of_a_requirement_is_described() -> None:
    described = set(re.findall(r"^\| `([a-z_]+)` \|", PAGE.read_text(), re.MULTILINE))
    assert described == set(RequirementEntry.__struct_fields__)
