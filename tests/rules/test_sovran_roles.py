# SPDX-License-Identifier: Apache-2.0
"""sovran-roles: verdicts from what the probes of roles and sharing tried."""

import pytest

from sovran.cloud.outcome import Absent, NotRun, Unreachable
from sovran.model.matrix import Access, Cell, Matrix
from sovran.model.verdict import Verdict
from sovran.probes.role_trial import Trial
from sovran.probes.roles import RolesProbe
from sovran.probes.sharing import SharingProbe
from sovran.standards.load import load_standards
from tests.rules.services_by_hand import judged, verdict

PASS, FAIL, ABORT, MISS, NA = Verdict.PASS, Verdict.FAIL, Verdict.ABORT, Verdict.MISS, Verdict.NOT_APPLICABLE
ROLES = [f"roles-0{number}" for number in range(1, 7)]
SHARING = ["roles-07", "roles-08", "roles-09", "roles-10"]
NOTHING = Matrix("m", (), ())


def trials(claim: str, *accesses: Access) -> tuple[Trial, ...]:
    cells = (Cell("reader", access, 200, f"it was {access.value}") for access in accesses)
    return tuple(Trial(claim, "rename a volume", "block-storage", "own project", cell) for cell in cells)


def roles(claim: str, *accesses: Access, **left_out: str) -> RolesProbe:
    return RolesProbe(NOTHING, trials(claim, *accesses), left_out)


def sharing(claim: str, *accesses: Access) -> SharingProbe:
    return SharingProbe(NOTHING, trials(claim, *accesses))


def of(claim: str, *accesses: Access) -> RolesProbe | SharingProbe:
    return sharing(claim, *accesses) if claim in SHARING else roles(claim, *accesses)


@pytest.mark.parametrize("claim", [*ROLES, *SHARING])
@pytest.mark.parametrize(
    ("accesses", "expected"),
    [
        ((Access.DENIED,), PASS),
        ((Access.ALLOWED, Access.DENIED), PASS),
        ((Access.DENIED, Access.LEAK), FAIL),
        ((Access.MISSING, Access.ALLOWED), FAIL),
        ((Access.DENIED, Access.UNCLEAR), ABORT),
        ((Access.UNCLEAR, Access.LEAK), FAIL),
    ],
)
def test_one_that_ended_otherwise_decides(claim: str, accesses: tuple[Access, ...], expected: Verdict) -> None:
    assert verdict(claim, of(claim, *accesses)) is expected


def test_a_finding_says_who_could_do_what() -> None:
    judgement = judged("roles-02", roles("roles-02", Access.LEAK))
    assert judgement.findings[0].message == "reader can rename a volume (own project): it was LEAK"
    assert (judgement.findings[0].expected, judgement.examined) == ("denied", 1)
    assert judged("roles-01", roles("roles-01", Access.MISSING)).findings[0].expected == "allowed"


def test_a_persona_that_was_not_named_or_does_not_fit_is_asked_for() -> None:
    judgement = judged("roles-04", roles("roles-03", Access.ALLOWED))
    assert judgement.verdict is MISS
    assert "--persona manager=ENTRY" in judgement.reason
    judgement = judged("roles-02", roles("roles-03", Access.ALLOWED, reader="it is no mere reader"))
    assert (judgement.verdict, "it is no mere reader" in judgement.reason) == (MISS, True)


@pytest.mark.parametrize("claim", [*ROLES, *SHARING])
def test_without_the_probe_nothing_is_decided(claim: str) -> None:
    fact = SharingProbe if claim in SHARING else RolesProbe
    assert verdict(claim, unread={fact: NotRun("takes the probe")}) is MISS
    assert verdict(claim, unread={fact: Unreachable("it could not go on")}) is ABORT
    assert verdict(claim, unread={fact: Absent("the catalog has no network service")}) is ABORT


def test_what_sharing_shows_is_enough_for_a_leak_and_not_for_a_border() -> None:
    assert verdict("roles-05", sharing("roles-05", Access.LEAK)) is FAIL
    assert verdict("roles-05", sharing("roles-05", Access.DENIED)) is MISS
    assert verdict("roles-05", sharing("roles-05", Access.DENIED), roles("roles-05", Access.DENIED)) is PASS
    assert verdict("roles-05", sharing("roles-05", Access.UNCLEAR), roles("roles-05", Access.DENIED)) is ABORT


def test_where_members_share_nothing_nobody_can_change_what_was_shared() -> None:
    assert verdict("roles-10", sharing("roles-07", Access.DENIED)) is NA


def test_no_scope_asks_for_it() -> None:
    ruleset = load_standards()
    assert len(ruleset.standards["sovran-roles"].requirements) == 10
    for scope in ruleset.scopes.values():
        assert "sovran-roles" not in {module.standard for module in scope.modules}
