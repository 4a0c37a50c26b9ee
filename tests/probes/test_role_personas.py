# SPDX-License-Identifier: Apache-2.0
"""Who may stand for a persona: a user with more rights than its column speaks of would make leaks of what is none."""

from types import SimpleNamespace
from typing import Any, cast

import pytest

from sovran.cloud.acting.answer import Answer
from sovran.cloud.recording import Reader
from sovran.probes import role_personas
from sovran.probes.probe import Stage


def user(*roles: str, project: str = "own") -> Any:
    """An actor with these roles; an admin knows the id of its role."""

    def call(*_: str) -> Answer:
        return Answer("identity GET /roles", 200, b'{"roles": [{"id": "r-1", "name": "admin"}]}')

    return SimpleNamespace(roles=roles, project=project, call=call)


def played(judged: Any = None, **personas: Any) -> Any:
    """The cast of a stage with these users."""
    several = {role: (actor,) for role, actor in personas.items()}
    return role_personas.cast(Stage(cast(Reader, None), judged or user("member", "reader"), several))


def test_columns_stand_in_the_order_of_rights() -> None:
    found = played(
        foreign=user("member", project="other"), admin=user("admin"), reader=user("reader"), manager=user("manager")
    )
    assert list(found.actors) == ["reader", "member", "manager", "admin", "foreign"]
    assert found.left_out == {}
    assert found.words == {"admin_role": "r-1"}


@pytest.mark.parametrize(
    ("role", "actor", "words"),
    [
        ("reader", user("reader", "member"), "no mere reader"),
        ("reader", user("reader", project="other"), "not a user of the judged project"),
        ("manager", user("member"), "does not have the role manager"),
        ("manager", user("manager", "admin"), "more rights"),
        ("foreign", user("member"), "not a user of another project"),
        ("foreign", user("member", project=""), "not a user of another project"),
        ("foreign", user("load-balancer_admin", project="other"), "more rights"),
        ("admin", user("member"), "no admin"),
    ],
)
def test_who_does_not_fit_is_left_out_with_the_reason(role: str, actor: Any, words: str) -> None:
    found = played(**{role: actor})
    assert role not in found.actors
    assert words in found.left_out[role]


def test_without_a_member_nobody_plays() -> None:
    assert "name an ordinary member" in played(user("admin"))
    assert "has the roles none" in played(user())
    found = played(user("reader"), member=user("member"))
    assert list(found.actors) == ["member"]
