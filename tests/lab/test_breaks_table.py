# SPDX-License-Identifier: Apache-2.0
"""The table of breaks: complete, speaking of claims that exist, and well explained."""

import json
import subprocess
import sys
from fnmatch import fnmatchcase
from pathlib import Path

import pytest

from sovran.lab.breaks import page
from sovran.lab.breaks.actions import AddFlavor, read_action
from sovran.lab.breaks.table import Break, find, load, unbroken, with_needs
from sovran.lab.seeds import profile
from sovran.lab.seeds.catalog import CatalogChange
from sovran.model.errors import UsageError
from sovran.model.verdict import Verdict
from sovran.standards.load import load_standards

ROWS = list(load().values())


def _run(*arguments: str, home: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "sovran", "lab", *arguments]
    variables = {"SOVRAN_LAB_HOME": str(home), "NO_COLOR": "1"}
    return subprocess.run(command, capture_output=True, text=True, env=variables, check=False)


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.id)
def test_flips_speak_of_claims_that_exist(row: Break) -> None:
    claims = load_standards().claims
    assert row.flips or row.next
    for pattern in row.flips | row.next:
        assert any(fnmatchcase(claim, pattern) for claim in claims), pattern


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.id)
def test_what_it_does_is_one_sentence(row: Break) -> None:
    assert row.what[0].isupper() or row.what.startswith(("SCS", "scs:"))
    assert row.what.endswith(".")
    assert row.what.count(". ") == 0


def _with_a_fault_of_their_own(claims: list[str]) -> set[str]:
    """Those that some break flips; one that only takes services away does not count when nothing is decided then."""
    return {
        claim
        for row in ROWS
        for claim, verdict in row.expected(claims, next_version=True).items()
        if not row.takes_away or verdict in (Verdict.PASS, Verdict.FAIL)
    }


def test_every_claim_with_a_rule_has_a_break_or_a_reason() -> None:
    claims = [claim.id for claim in load_standards().claims.values() if claim.rule and claim.level.judged]
    assert len(claims) > 150
    flipped = _with_a_fault_of_their_own(claims)
    assert set(claims) - flipped == set(unbroken())
    assert all(reason.endswith(".") for reason in unbroken().values())


def test_what_takes_services_away_flips_also_what_has_no_fault_of_its_own() -> None:
    flipped = {claim for row in ROWS for claim in row.expected(unbroken(), next_version=True)}
    assert flipped == set(unbroken())


def test_a_break_that_only_takes_away_is_told_from_others() -> None:
    assert load()["no-image"].takes_away
    assert load()["image-endpoint-dead"].takes_away
    assert not load()["block-storage-under-alias"].takes_away
    assert not load()["mandatory-image-missing"].takes_away


def test_needs_come_first_and_once() -> None:
    ids = [row.id for row in with_needs(find(["no-image", "tls-weak-cipher", "tls-small-prime", "tls"]))]
    assert ids == ["no-image", "tls", "tls-weak-cipher", "tls-small-prime"]
    for row in ROWS:
        assert all(not one.needs for one in find(row.needs)), row.id


def test_what_only_the_next_version_judges_is_said_to_flip_there_only() -> None:
    judged_by_next_only = {"0123-03", "0123-04"}
    assert judged_by_next_only <= {claim for row in ROWS for claim in row.next}
    assert not judged_by_next_only & {claim for row in ROWS for claim in row.flips}


def test_breaks_fit_the_profile_scs() -> None:
    scs = {flavor.name for flavor in profile.load("scs").flavors}
    for row in ROWS:
        for action in row.actions:
            if isinstance(action, AddFlavor):
                assert action.name not in scs
            elif hasattr(action, "flavor"):
                assert action.flavor in scs


def test_expected_verdicts_expand_patterns_and_leave_others() -> None:
    claims = ["scs-0100-syntax-check", "scs-0103-flavor-1v-2", "0103-04", "scs-0115-default-rules"]
    assert load()["no-compute"].expected(claims, next_version=False) == {
        "scs-0100-syntax-check": Verdict.ABORT,
        "scs-0103-flavor-1v-2": Verdict.ABORT,
        "0103-04": Verdict.NOT_APPLICABLE,
    }


def test_the_next_version_flips_what_is_meant_for_it_too() -> None:
    row = load()["s3-under-old-type"]
    claims = ["0123-01", "0123-03", "scs-0123-service-s3"]
    assert row.expected(claims, next_version=False) == {"scs-0123-service-s3": Verdict.FAIL}
    assert row.expected(claims, next_version=True) == dict.fromkeys(claims, Verdict.FAIL)


def test_an_action_that_is_none_of_ours_is_a_catalog_change_or_wrong() -> None:
    assert isinstance(read_action({"do": "hide-service", "type": "image"}), CatalogChange)
    with pytest.raises(ValueError, match="Invalid enum value 'paint-service'"):
        read_action({"do": "paint-service", "type": "image"})
    with pytest.raises(ValueError, match="unknown field `colour`"):
        read_action({"do": "delete-flavor", "flavor": "a", "colour": "red"})


def test_an_unknown_break_names_those_like_it() -> None:
    with pytest.raises(UsageError) as error:
        find(["no-compute", "cpu-type-mising"])
    assert str(error.value).startswith("there is no break 'cpu-type-mising': did you mean cpu-type-missing")


def test_an_unknown_break_far_from_all_points_to_the_list() -> None:
    with pytest.raises(UsageError, match=r"there is no break 'zzz': `sovran lab breaks` lists them"):
        find(["zzz"])


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["break", "no-imag"], "there is no break 'no-imag': did you mean no-image"),
        (["heal", "no-imag"], "there is no break 'no-imag': did you mean no-image"),
        (["seed", "smc"], "there is no profile 'smc': choose one of bare, large, messy, scs"),
        (["break", "no-image"], "there is no lab 'default': `sovran lab up --name default` makes it"),
        (["heal"], "there is no lab 'default': `sovran lab up --name default` makes it"),
        (["seed", "scs"], "there is no lab 'default': `sovran lab up --name default` makes it"),
    ],
)
def test_a_wrong_command_is_one_sentence_and_exit_code_2(arguments: list[str], words: str, tmp_path: Path) -> None:
    done = _run(*arguments, home=tmp_path)
    assert done.returncode == 2
    assert done.stdout == ""
    assert done.stderr.startswith(f"sovran: {words}")
    assert done.stderr.count("\n") == 1


def test_breaks_are_listed_also_without_a_lab(tmp_path: Path) -> None:
    done = _run("breaks", "--json", home=tmp_path)
    listed = json.loads(done.stdout)
    assert [entry["id"] for entry in listed] == [row.id for row in ROWS]
    assert listed[0] == {
        "id": "flavor-name-misspelt",
        "what": ROWS[0].what,
        "needs": [],
        "probes": [],
        "personas": [],
        "guests": False,
        "flips": {"scs-0100-syntax-check": "FAIL", "0100-01": "FAIL", "0103-09": "PASS"},
        "next": {},
        "active": False,
    }
    assert not any(entry["active"] for entry in listed)


def test_the_plain_list_marks_what_is_active() -> None:
    lines = page.plain(ROWS, ["no-image"]).splitlines()
    assert "* no-image: The catalog has no image service, so that no image can be judged." in lines
    assert "  no-placement:" in page.plain(ROWS, ["no-image"])
    assert "      next: FAIL 0123-04" in lines


def test_the_page_is_current() -> None:
    path = Path(__file__).parents[2] / "docs" / "breaks.md"
    assert path.read_text(encoding="utf-8") == page.markdown(ROWS, unbroken()), "run `make docs`"
