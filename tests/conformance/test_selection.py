# SPDX-License-Identifier: Apache-2.0
"""Which claims a run judges: scope versions, standards, globs, and testcases beyond the main target."""

from functools import cache

import pytest

from sovran.conformance.selection import MAIN, NO_RULE_YET, OTHER, Selection, select
from sovran.model.claim import Reading
from sovran.model.errors import UsageError
from sovran.rules.registry import bind
from sovran.standards.load import load_standards
from sovran.standards.resolve import Resolution, find_version, resolve
from sovran.standards.ruleset import Ruleset


@cache
def ruleset() -> Ruleset:
    return load_standards(environ={})


@cache
def resolution(version: str = "v5.1") -> Resolution:
    scope = ruleset().scope("scs-iaas")
    return resolve(ruleset(), scope, find_version(scope, version))


def chosen(
    *patterns: str, standards: tuple[str, ...] = (), version: str = "v5.1", targets: tuple[str, ...] = ()
) -> Selection:
    return select(ruleset(), resolution(version), standards=standards, patterns=patterns, targets=targets)


def ids(selection: Selection) -> list[str]:
    return [claim.id for claim, _ in selection.claims]


def test_without_narrowing_all_main_testcases_and_all_requirements() -> None:
    selection = chosen()
    official = [claim.id for claim, _ in selection.claims if claim.reading is Reading.OFFICIAL]
    assert tuple(official) == resolution().testcases[MAIN]
    assert {target for claim, target in selection.claims if claim.reading is Reading.OFFICIAL} == {MAIN}
    assert selection.complete
    requirements = [claim.id for claim, target in selection.claims if not target]
    assert "0100-01" in requirements
    # a permission and a definition can neither be kept nor broken
    assert not {"0100-06", "0115-04"} & set(requirements)


def test_testcases_without_a_rule_stay_in_the_run() -> None:
    missing = {claim.id: claim for claim, _ in chosen().claims if claim.evidence == NO_RULE_YET}
    assert all(claim.rule is None and claim.reading is Reading.OFFICIAL for claim in missing.values())
    known = {standard.id for standard in ruleset().standards.values()}
    expected = [
        name for module in resolution().modules if module.standard not in known for name in module.targets.get(MAIN, ())
    ]
    assert list(missing) == expected


@pytest.mark.parametrize("name", ["0103", "scs-0103"])
def test_one_standard(name: str) -> None:
    selection = chosen(standards=(name,))
    assert {claim.standard for claim, _ in selection.claims} == {"scs-0103"}
    assert len([one for one in ids(selection) if one.startswith("scs-")]) == 15
    assert not selection.complete


def test_several_standards_and_patterns_narrow_together() -> None:
    assert ids(chosen("*-syntax-check", standards=("0100", "0103"))) == ["scs-0100-syntax-check"]
    assert ids(chosen("0100-01", "0103-0[12]")) == ["0100-01", "0103-01", "0103-02"]


def test_a_pattern_reaches_testcases_beyond_the_main_target() -> None:
    selection = chosen("scs-0103-flavor-1v-4*")
    assert [(claim.id, target) for claim, target in selection.claims] == [
        ("scs-0103-flavor-1v-4", MAIN),
        ("scs-0103-flavor-1v-4-10", "recommended"),
    ]
    assert not selection.complete


def test_main_testcases_of_another_version_do_not_count_here() -> None:
    assert chosen("scs-0123-service-s3").claims[0][1] == OTHER
    assert chosen("scs-0123-service-s3", version="next").claims[0][1] == MAIN
    assert chosen("scs-0123-service-placement", version="next").claims[0][1] == OTHER


def test_each_claim_stands_once_and_everything_is_complete() -> None:
    selection = chosen("*")
    assert len(ids(selection)) == len(set(ids(selection)))
    assert selection.complete


def test_requirements_have_the_arguments_of_their_document() -> None:
    v1 = dict(zip(ids(chosen("0123-01")), chosen("0123-01").claims, strict=True))["0123-01"][0]
    v2 = chosen("0123-01", version="next").claims[0][0]
    assert "s3" in v1.parameters["services"]
    assert "object-store-s3" in v2.parameters["services"]
    assert "0123-03" not in ids(chosen("0123-*"))
    assert "0123-03" in ids(chosen("0123-*", version="next"))


def test_targets_choose_their_testcases_and_nothing_else() -> None:
    found = chosen(targets=("recommended",))
    assert {target for _, target in found.claims} == {"recommended"}
    assert "scs-0103-flavor-1v-4-10" in ids(found)
    assert not found.complete
    assert {target for _, target in chosen(targets=("recommended", "preview")).claims} == {"recommended", "preview"}


def test_requirements_come_with_the_target_main() -> None:
    assert chosen(targets=("main",)) == chosen()
    assert {target for _, target in chosen(targets=("main", "preview")).claims} == {MAIN, "preview", ""}


def test_all_targets_are_every_testcase_of_the_scope_once() -> None:
    found = chosen(targets=("all",))
    official = [claim.id for claim, _ in found.claims if claim.reading is Reading.OFFICIAL]
    modules = resolution().scope.modules
    expected = {name for module in modules for names in module.targets.values() for name in names}
    standards = {module.standard for module in modules} & ruleset().standards.keys()
    expected |= {claim.id for standard in standards for claim in ruleset().standards[standard].testcases}
    assert set(official) == expected
    assert len(official) == len(expected)
    assert {target for _, target in found.claims} == {MAIN, "recommended", "preview", OTHER, ""}
    assert found.complete


def test_a_testcase_in_no_module_can_be_asked_for() -> None:
    assert [target for _, target in chosen("scs-0101-rngd").claims] == [OTHER]
    assert "scs-0101-rngd" not in ids(chosen())


def test_patterns_narrow_targets() -> None:
    assert ids(chosen("scs-0103-flavor-1v-4*", targets=("recommended",))) == ["scs-0103-flavor-1v-4-10"]


@pytest.mark.parametrize(
    ("targets", "standards", "words"),
    [
        (("recommend",), (), "`recommend` is not a target; did you mean `recommended`"),
        (("",), (), "`` is not a target; known are main, recommended, preview, all"),
        (("preview",), ("0103",), "nothing to judge in scs-0103, target preview"),
    ],
)
def test_targets_that_are_none(targets: tuple[str, ...], standards: tuple[str, ...], words: str) -> None:
    with pytest.raises(UsageError) as caught:
        chosen(targets=targets, standards=standards)
    assert words in str(caught.value)


@pytest.mark.parametrize(
    ("patterns", "standards", "words"),
    [
        (("scs-0103-flavour-1v-4",), (), "did you mean `scs-0103-flavor-1v-4`"),
        (("0100-1",), (), "did you mean"),
        (("SCS-0100-*",), (), "nothing in scs-iaas@v5.1 matches 'SCS-0100-"),
        (("0100-01", "nonsense"), (), "matches 'nonsense'"),
        (("0100-01",), ("0103",), "nothing to judge in scs-0103"),
        ((), ("0999",), "unknown standard"),
    ],
)
def test_questions_that_match_nothing(patterns: tuple[str, ...], standards: tuple[str, ...], words: str) -> None:
    with pytest.raises(UsageError) as caught:
        chosen(*patterns, standards=standards)
    assert words in str(caught.value)


def test_a_standard_outside_of_the_version_is_judged_by_its_text() -> None:
    selection = chosen(standards=("0126",))
    assert set(ids(selection)) >= {"0126-05", "0126-10"}
    assert {target for _, target in selection.claims} == {""}
    assert {claim.reading for claim, _ in selection.claims} == {Reading.TEXT}
    assert "0126-08" not in ids(selection)  # a permission
    (note,) = selection.notes
    assert note.startswith("scs-0126-v1 is not part of scs-iaas@v5.1: ")


def test_a_standard_outside_changes_nothing_about_the_others() -> None:
    alone, beside = chosen(standards=("0103",)), chosen(standards=("0103", "0126"))
    assert beside.claims[: len(alone.claims)] == alone.claims
    assert alone.notes == chosen().notes == ()
    assert not {claim.standard for claim, _ in chosen("*").claims} & {"scs-0126", "scs-0110"}


def test_a_standard_that_an_old_version_lacks_is_judged_by_its_newest_text() -> None:
    selection = chosen(standards=("0123",), version="v4")
    (services,) = [claim.parameters["services"] for claim, _ in selection.claims if claim.id == "0123-01"]
    assert "object-store-s3" in services  # as version 2 has it
    for claim, _ in chosen(standards=("0104",), version="v3").claims:
        if claim.rule:
            bind(claim)


def test_of_a_standard_outside_patterns_choose_too() -> None:
    assert ids(chosen("0126-05", standards=("0126",))) == ["0126-05"]
    with pytest.raises(UsageError, match="nothing to judge in scs-0126"):
        chosen(standards=("0126",), targets=("recommended",))


def test_decisions_have_nothing_to_judge() -> None:
    with pytest.raises(UsageError, match="nothing to judge in scs-0111"):
        chosen(standards=("0111",))
