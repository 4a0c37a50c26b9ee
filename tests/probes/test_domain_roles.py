# SPDX-License-Identifier: Apache-2.0
"""Which roles count as the provider's set, and which as leaks, from what was assigned and seen."""

from typing import Any

import pytest

from sovran.model.matrix import Access
from sovran.probes import domain_roles
from sovran.probes.domain_roles import Listed, RoleTried, learn, list_roles
from sovran.probes.domain_trial import Trial
from tests.probes.test_domain_trial import Service

WORDS = {"a": "own-domain", "me": "me", "user": "user", "group": "group", "project": "project"}
PAIRS = [
    f"/{where}/{who}s/{who}/roles" for where in ("projects/project", "domains/own-domain") for who in ("user", "group")
]
EFFECTIVE = "/role_assignments?user.id=user&scope.project.id=project&effective"


@pytest.fixture(autouse=True)
def nobody_signs_in(monkeypatch: pytest.MonkeyPatch) -> None:
    """The user that was made has no way in."""
    monkeypatch.setattr(domain_roles, "sign_in", lambda *_, **__: None)


def learned(assigned: list[str], refused: list[str], **more: tuple[int, Any]) -> tuple[Trial, tuple[RoleTried, ...]]:
    """After a service let these roles be assigned, and refused those; `more`: answers by method."""
    answers: dict[str, tuple[int, Any]] = {"DELETE": (204, None), f"GET {EFFECTIVE}": (200, {"role_assignments": []})}
    for pair in PAIRS:
        answers[f"GET {pair}"] = (200, {"roles": [{"id": name} for name in assigned]})
        answers |= {f"PUT {pair}/{name}": (204, None) for name in assigned}
    trial = Trial({"manager": Service({**answers, **more})}, "manager", dict(WORDS), passwords={"user": "secret"})
    roles = tuple(Listed(name, name) for name in (*assigned, *refused))
    return trial, learn(trial, roles, 60.0)


def accesses(trial: Trial) -> dict[str, Access]:
    """Operation to how it ended."""
    return {operation.do: cell.access for operation, cell in trial.tried}


def test_the_set_is_what_was_assigned() -> None:
    trial, roles = learned(["reader", "member"], ["admin", "other"])
    assert roles == (
        RoleTried("reader", assigned=True),
        RoleTried("member", assigned=True),
        RoleTried("admin", assigned=False),
        RoleTried("other", assigned=False),
    )
    found = accesses(trial)
    assert found["assign the role member"] is Access.ALLOWED
    assert found["assign the role admin"] is found["assign the role other"] is Access.DENIED
    assert trial.words["role"] == "member"
    # all was taken back but what the user has in the project
    assert [*trial.made] == [f"{PAIRS[0]}/reader", f"{PAIRS[0]}/member"]


@pytest.mark.parametrize("name", ["admin", "service", "load-balancer_admin"])
def test_an_administrative_role_that_may_be_assigned_is_a_leak(name: str) -> None:
    trial, _ = learned(["member", name], [])
    assert accesses(trial)[f"assign the role {name}"] is Access.LEAK
    assert trial.words["role"] == "member"
    # nobody goes on with it
    assert [*trial.made] == [f"{PAIRS[0]}/member"]


def test_a_role_that_is_only_called_like_an_administrator_is_for_the_provider_to_tell() -> None:
    trial, _ = learned(["member", "project_admin"], [])
    (cell,) = (cell for operation, cell in trial.tried if operation.do == "assign the role project_admin")
    assert cell.access is Access.UNCLEAR
    assert cell.said == "it was assigned; whether project_admin is an administrative role, only the provider can tell"


def test_a_role_that_is_there_though_it_was_refused_is_a_leak() -> None:
    trial, _ = learned(["admin"], [], **{f"PUT {PAIRS[0]}/admin": (403, None)})
    assert accesses(trial)["assign the role admin"] is Access.LEAK


def test_what_brings_an_administrative_role_by_inference_is_a_leak() -> None:
    effective = (200, {"role_assignments": [{"role": {"id": "admin"}}, {"role": {"id": "member"}}]})
    trial, _ = learned(["member"], ["admin"], **{f"GET {EFFECTIVE}": effective})
    assert accesses(trial)["have an administrative role by inference"] is Access.LEAK


def test_who_can_assign_nothing_lacks_a_power() -> None:
    trial, _ = learned([], ["member", "admin"])
    assert accesses(trial)["assign any role at all"] is Access.MISSING
    assert "role" not in trial.words


def test_what_cannot_be_seen_is_unclear() -> None:
    trial, _ = learned([], ["admin"], **{f"PUT {PAIRS[0]}/admin": (503, None)})
    assert accesses(trial)["assign the role admin"] is Access.UNCLEAR
    trial, _ = learned([], ["admin"], **{f"GET {pair}": (403, None) for pair in PAIRS})
    assert accesses(trial)["assign the role admin"] is Access.UNCLEAR
    # the user could not sign in, so its token shows nothing
    assert accesses(trial)["have an administrative role in a token"] is Access.UNCLEAR


def test_roles_that_are_none_are_passed_over() -> None:
    shown = {"roles": [{"id": "1", "name": "member", "options": {"immutable": True}}, {"id": 2}, "three"]}
    trial = Trial({"manager": Service({"GET /roles": (200, shown)})}, "manager", {})
    assert list_roles(trial) == (Listed("1", "member", {"immutable": True}),)
    trial = Trial({"manager": Service({})}, "manager", {})
    assert list_roles(trial) == ()
