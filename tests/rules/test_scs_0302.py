# SPDX-License-Identifier: Apache-2.0
"""SCS-0302: the verdicts on what a probe saw domain managers do."""

from collections.abc import Iterable

import pytest

from sovran.cloud.facts.roles import ManagerRoles, Role
from sovran.cloud.outcome import NotRun, Unreachable
from sovran.model.matrix import Access, Cell, Matrix, Row
from sovran.model.verdict import Verdict
from sovran.probes.domain_manager import DomainManagerProbe
from sovran.probes.domain_roles import RoleTried
from tests.rules.services_by_hand import FORBIDDEN, judged, verdict

PASS, FAIL, ABORT, MISS = Verdict.PASS, Verdict.FAIL, Verdict.ABORT, Verdict.MISS
TRIED = tuple(f"0302-0{number}" for number in range(2, 8))
ROLES = (RoleTried("member", assigned=True), RoleTried("admin", assigned=False))
GIVE = "give two managers"


def row(claim: str, *accesses: Access) -> Row:
    """One operation of that claim, by as many managers as there are outcomes."""
    cells = (Cell(f"manager-{n}", access, 403, "HTTP 403: no") for n, access in enumerate(accesses))
    return Row(f"do what {claim} says", "own domain", tuple(cells), "identity", claim)


def matrix(rows: Iterable[Row]) -> Matrix:
    """What two managers tried."""
    return Matrix("Domain managers", ("manager-0", "manager-1"), tuple(rows))


def probe(**changed: Access) -> DomainManagerProbe:
    """A probe in which everything was as expected, but what is given by the last digits of its claim, e.g. `c4`."""
    rows = (row(claim, Access.DENIED, changed.get(f"c{claim[-1]}", Access.DENIED)) for claim in (*TRIED, "none"))
    return DomainManagerProbe(matrix(rows), ROLES, 0, role_found=True)


def verdicts(fact: DomainManagerProbe) -> dict[str, Verdict]:
    """Of all claims that the probe decides."""
    return {claim: verdict(claim, fact) for claim in TRIED}


def test_all_as_expected_passes() -> None:
    assert set(verdicts(probe()).values()) == {PASS}


@pytest.mark.parametrize("access", [Access.LEAK, Access.MISSING])
@pytest.mark.parametrize("number", ["2", "3", "4", "5", "6", "7"])
def test_one_operation_of_one_manager_that_is_not_as_expected_fails_its_claims_only(
    access: Access, number: str
) -> None:
    failed = {f"0302-0{number}", *(("0302-02",) if number == "3" else ())}
    found = verdicts(probe(**{f"c{number}": access}))
    assert {claim for claim, one in found.items() if one is FAIL} == failed
    assert {one for claim, one in found.items() if claim not in failed} == {PASS}


def test_the_finding_names_the_manager_the_operation_and_the_answer() -> None:
    (finding,) = judged("0302-05", probe(c5=Access.LEAK)).findings
    assert finding.message == (
        "the domain manager-1 can do what it must not: do what 0302-05 says (own domain): HTTP 403: no"
    )
    (finding,) = judged("0302-03", probe(c3=Access.MISSING)).findings
    assert "manager-1 cannot do what it must be able to: do what 0302-03 says" in finding.message


def test_what_is_unclear_decides_nothing_unless_something_else_fails() -> None:
    judgement = judged("0302-04", probe(c4=Access.UNCLEAR))
    assert judgement.verdict is ABORT
    assert judgement.reason == "manager-1: do what 0302-04 says (own domain): HTTP 403: no"
    both = DomainManagerProbe(matrix([row("0302-04", Access.UNCLEAR, Access.LEAK)]), ROLES, 0)
    assert verdict("0302-04", both) is FAIL


def test_with_one_manager_what_takes_two_is_not_run() -> None:
    rows = [row(claim, Access.DENIED) for claim in TRIED if claim != "0302-04"]
    fact = DomainManagerProbe(matrix(rows), ROLES, 0, role_found=True, untried=("0302-04",), lacking=GIVE)
    found = verdicts(fact)
    assert found.pop("0302-04") is MISS
    assert set(found.values()) == {PASS}
    assert GIVE in judged("0302-04", fact).reason
    # a leak that one manager can show is one
    leak = DomainManagerProbe(
        matrix([*rows, row("0302-04", Access.LEAK)]), ROLES, 0, untried=("0302-04",), lacking=GIVE
    )
    assert verdict("0302-04", leak) is FAIL


def test_without_managers_nothing_is_run_and_the_reason_says_what_to_give() -> None:
    unread = {DomainManagerProbe: NotRun(GIVE)}
    for claim in TRIED:
        judgement = judged(claim, unread=unread)
        assert (judgement.verdict, judgement.reason) == (MISS, GIVE)
    unfit = DomainManagerProbe(matrix(()), role_found=False, lacking="the entry x has not the role manager")
    assert set(verdicts(unfit).values()) == {MISS}
    assert "the entry x has not the role manager" in judged("0302-02", unfit).reason


def test_a_probe_that_came_to_nothing_passes_nothing() -> None:
    assert set(verdicts(DomainManagerProbe(matrix(()))).values()) == {ABORT}
    stopped = {DomainManagerProbe: Unreachable("it was stopped")}
    assert {verdict(claim, unread=stopped) for claim in TRIED} == {ABORT}


def test_the_set_of_roles_is_told_and_names_of_other_domains_are_no_violation() -> None:
    judgement = judged("0302-06", probe())
    assert judgement.verdict is PASS
    assert [finding.message for finding in judgement.findings] == ["domain managers can assign member, of 2 roles"]
    fact = DomainManagerProbe(matrix([row("0302-04", Access.DENIED)]), ROLES, 3)
    judgement = judged("0302-04", fact)
    assert judgement.verdict is PASS
    assert "shows domain managers 3 other domains" in judgement.findings[0].message


def test_the_role_exists_when_it_is_listed_or_a_token_has_it() -> None:
    unlisted = {ManagerRoles: FORBIDDEN}
    not_run = {DomainManagerProbe: NotRun(GIVE)}
    listed = ManagerRoles((Role(id="1", name="manager"),))
    assert verdict("0302-01", listed, unread=not_run) is PASS
    assert verdict("0302-01", ManagerRoles(()), unread=not_run) is FAIL
    assert verdict("0302-01", unread={**unlisted, **not_run}) is ABORT
    for found, expected in ((True, PASS), (False, FAIL), (None, ABORT)):
        fact = DomainManagerProbe(matrix(()), role_found=found)
        assert verdict("0302-01", fact, unread=unlisted) is expected
