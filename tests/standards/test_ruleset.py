# SPDX-License-Identifier: Apache-2.0
"""Looking up standards, scopes and claims by name."""

from pathlib import Path

import pytest

from sovran.model.errors import UsageError
from sovran.standards.load import load_standards
from sovran.standards.near import did_you_mean, near_names
from sovran.standards.ruleset import Ruleset
from tests.standards.folders import write


@pytest.fixture(scope="module")
def ruleset() -> Ruleset:
    return load_standards(environ={})


def test_the_number_alone_means_the_standard(ruleset: Ruleset) -> None:
    assert ruleset.standard("0103") is ruleset.standard("scs-0103")


@pytest.mark.parametrize(
    ("kind", "name", "said"),
    [
        ("standard", "scs-103", r"unknown standard `scs-103`; did you mean `scs-0103`"),
        ("standard", "9", r"unknown standard `9`; see `sovran standard list`"),
        ("scope", "scs-kaas", r"unknown scope `scs-kaas`; did you mean `scs-iaas`"),
        ("claim", "0103-99", r"unknown requirement or testcase `0103-99`; did you mean `0103-09`"),
        ("claim", "scs-0103-flavor-2v4", r"did you mean `scs-0103-flavor-2v-4`"),
        ("claim", "SCS-0115-Default-Rules", r"did you mean `scs-0115-default-rules`"),
        ("claim", "?", r"unknown requirement or testcase `\?`; see `sovran standard show ID`"),
    ],
)
def test_unknown_names_come_with_near_ones(ruleset: Ruleset, kind: str, name: str, said: str) -> None:
    with pytest.raises(UsageError, match=said):
        getattr(ruleset, kind)(name)


def test_counterparts_go_both_ways(ruleset: Ruleset) -> None:
    for claim in ruleset.claims.values():
        for other in ruleset.counterparts(claim):
            assert other.reading is not claim.reading
            assert claim in ruleset.counterparts(other)
    found = ruleset.counterparts(ruleset.claim("scs-0115-default-rules"))
    assert [claim.id for claim in found] == ["0115-02", "0115-03"]


def test_near_names_are_few_and_nearest_first() -> None:
    assert near_names("flavour", ["image", "Flavor", "flavors", "flav"]) == ["Flavor", "flavors", "flav"]
    assert did_you_mean("x", []) == ""
    assert did_you_mean("x", map(str, range(100, 200))) == ""
    assert did_you_mean("x", ["a", "b"]) == "; known are a, b"


def test_a_testcase_of_a_standard_without_data_is_no_unknown_name(tmp_path: Path) -> None:
    ruleset = load_standards([write(tmp_path)], environ={})
    with pytest.raises(UsageError, match="counts in own-scope, but sovran has no data on other-0009"):
        ruleset.claim("other-0009-anything")
