# SPDX-License-Identifier: Apache-2.0
"""The shipped standards and scope: complete, consistent, and in the form that the rules take."""

import datetime
from pathlib import Path

import pytest
import yaml

from sovran.model.claim import Level, Observer, Reading
from sovran.rules.registry import bind
from sovran.standards.check import TARGETS
from sovran.standards.load import load_standards
from sovran.standards.resolve import resolve
from sovran.standards.ruleset import Ruleset


@pytest.fixture(scope="module")
def ruleset() -> Ruleset:
    return load_standards(environ={})


REQUIREMENTS = {
    "scs-0100": 11,
    "scs-0101": 4,
    "scs-0102": 43,
    "scs-0103": 9,
    "scs-0104": 14,
    "scs-0110": 5,
    "scs-0114": 7,
    "scs-0115": 4,
    "scs-0116": 5,
    "scs-0117": 3,
    "scs-0121": 9,
    "scs-0123": 5,
    "scs-0124": 5,
    "scs-0126": 13,
    "scs-0127": 11,
    "scs-0128": 1,
    "scs-0302": 11,
}
DECISIONS = {
    f"scs-{number}" for number in ("0109", "0111", "0112", "0113", "0118", "0119", "0120", "0122", "0129", "0300")
}
"""They ask for nothing; they are there so that other texts can speak of them."""
OFFICIAL = yaml.safe_load((Path(__file__).parent / "official_testcases.yaml").read_text())


def test_every_official_testcase_is_there(ruleset: Ruleset) -> None:
    assert (len(OFFICIAL["automated"]), len(OFFICIAL["manual"])) == (88, 3)
    testcases = {claim.id: claim for claim in ruleset.claims.values() if claim.reading is Reading.OFFICIAL}
    assert testcases.keys() == {*OFFICIAL["automated"], *OFFICIAL["manual"]}
    assert [name for name in OFFICIAL["manual"] if testcases[name].rule or not testcases[name].evidence] == []
    assert [name for name in OFFICIAL["undecided"] if testcases[name].level is not Level.INFO] == []


def test_every_module_but_those_of_dropped_testcases_has_what_it_names(ruleset: Ruleset) -> None:
    scope = ruleset.scope("scs-iaas")
    named = [name for module in scope.modules for names in module.targets.values() for name in names]
    assert {*OFFICIAL["automated"], *OFFICIAL["manual"]} - {*named} == {
        *OFFICIAL["undecided"],
        "scs-0104-image-debian-13",
    }
    assert {module.standard for module in scope.modules} <= ruleset.standards.keys()


def test_every_requirement_is_there(ruleset: Ruleset) -> None:
    found = {name: len(one.requirements) for name, one in ruleset.standards.items()}
    assert found.items() >= {**REQUIREMENTS, **dict.fromkeys(DECISIONS, 0)}.items()
    for standard in ruleset.standards.values():
        number = standard.id.partition("-")[2]
        expected = [f"{number}-{index:02}" for index in range(1, len(standard.requirements) + 1)]
        assert [claim.id for claim in standard.requirements] == expected


def test_every_claim_that_has_a_rule_gives_it_parameters_that_it_takes(ruleset: Ruleset) -> None:
    bound = [
        bind(claim)
        for one in ruleset.claims.values()
        for claim in ([one.for_document(version) for version in one.parameters_by_document] or [one])
        if claim.rule
    ]
    assert len(bound) >= 66


def test_every_claim_says_how_to_cure_it(ruleset: Ruleset) -> None:
    judged = [claim for claim in ruleset.claims.values() if claim.level.judged]
    assert [claim.id for claim in judged if not claim.cure] == []
    assert [claim.id for claim in judged if "{" in claim.cure + claim.text] == []


def test_what_no_rule_decides_names_the_evidence(ruleset: Ruleset) -> None:
    without = [claim for claim in ruleset.claims.values() if claim.rule is None and claim.level.judged]
    assert {"0100-07", "0100-08", "0100-11", "0123-02"} <= {claim.id for claim in without}
    assert [claim.id for claim in without if not claim.evidence] == []


def test_the_flavors_of_0103_are_those_of_their_names(ruleset: Ruleset) -> None:
    wanted = ruleset.claims["0103-03"].parameters["wanted"]
    assert len(wanted) == len({row["name"] for row in wanted}) == 31
    kinds = {"V": "shared-core", "L": "crowded-core"}
    for row in wanted:
        cpu, ram, *disk = row["name"].removeprefix("SCS-").split("-")
        assert (row["vcpus"], row["cpu_type"], row["ram_gib"]) == (int(cpu[:-1]), kinds[cpu[-1]], int(ram))
        assert row["disk_gb"] == int(disk[0].rstrip("s")) if disk else row["disk_gb"] == 0
        assert row["disk0_type"] == (None if not disk else "ssd" if disk[0].endswith("s") else "any")


def test_mandatory_and_recommended_flavors_are_counted_apart(ruleset: Ruleset) -> None:
    mandatory, recommended = (ruleset.claims[f"0103-0{number}"].parameters["wanted"] for number in (1, 2))
    assert (len(mandatory), len(recommended)) == (15, 16)
    levels = [claim.level for claim in ruleset.standards["scs-0103"].testcases]
    assert levels == [Level.MUST] * 15 + [Level.SHOULD] * 16


def test_a_flavor_testcase_shows_the_whole_command(ruleset: Ruleset) -> None:
    claim = ruleset.claims["scs-0103-flavor-2v-4-20s"]
    assert claim.parameters == {"name": "SCS-2V-4-20s"}
    assert claim.reading is Reading.OFFICIAL
    assert claim.who == (Observer.TENANT,)
    for part in ("--vcpus 2", "--ram $((4*1024))", "--disk 20", "scs:name-v1=SCS-2V:4:20s", "scs:disk0-type=ssd"):
        assert part in claim.cure
    assert "disk0-type" not in ruleset.claims["scs-0103-flavor-2v-4"].cure


def test_placement_is_tested_though_no_text_demands_it(ruleset: Ruleset) -> None:
    assert ruleset.counterparts(ruleset.claims["scs-0123-service-placement"]) == ()
    assert len(ruleset.counterparts(ruleset.claims["0123-01"])) == 8


@pytest.mark.parametrize(("version", "main"), [("v5.1", 54), ("next", 55), ("v4", 39), ("v3", 16)])
def test_the_scope_versions_have_as_many_main_testcases_as_the_official_suite(
    ruleset: Ruleset, version: str, main: int
) -> None:
    scope = ruleset.scope("scs-iaas")
    found = next(one for one in scope.versions if one.version == version)
    resolution = resolve(ruleset, scope, found, TARGETS)
    assert {target: len(ids) for target, ids in resolution.testcases.items()} == {
        "main": main,
        "recommended": 0,
        "preview": 0,
    }


def test_the_scope_is_the_official_one(ruleset: Ruleset) -> None:
    scope = ruleset.scope("scs-iaas")
    assert scope.uuid == "50393e6f-2ae1-4c5c-a62c-3b75f2abef3f"
    assert len(scope.timeline) == 16
    assert scope.timeline[0].date == datetime.date(2026, 6, 11)
    assert scope.timeline[-1].date == datetime.date(2021, 1, 1)


def test_next_wants_other_services_than_v5_1(ruleset: Ruleset) -> None:
    scope = ruleset.scope("scs-iaas")
    services = {
        version.version: next(
            claim.parameters["services"]
            for claim in resolve(ruleset, scope, version).requirements
            if claim.id == "0123-01"
        )
        for version in scope.versions
        if version.version in {"v5.1", "next"}
    }
    assert "s3" in services["v5.1"]
    assert "object-store-s3" not in services["v5.1"]
    assert "object-store-s3" in services["next"]
