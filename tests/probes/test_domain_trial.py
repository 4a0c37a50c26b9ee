# SPDX-License-Identifier: Apache-2.0
"""What an answer of the identity service and what is read back after it mean, beyond what a sound Keystone answers."""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

import msgspec
import pytest

from sovran.cloud.acting.actor import Actor, Made
from sovran.cloud.acting.answer import Answer
from sovran.cloud.acting.kinds import GRANT, KINDS, Kind
from sovran.cloud.acting.ledger import Intent
from sovran.model.matrix import Access
from sovran.probes.domain_table import Operation, Proof, Shows, load
from sovran.probes.domain_trial import Trial
from sovran.standards.load import load_standards

OWN, FOREIGN = "own-domain", "foreign-domain"


@dataclass
class Service(Actor):
    """An identity service that answers as it is told; who sends nothing needs no connection."""

    answers: dict[str, tuple[int, Any]] = field(default_factory=dict)
    sent: list[str] = field(default_factory=list)
    forgotten: list[Intent] = field(default_factory=list)

    ledger: Any = None
    """Itself: only what is gone is of interest."""

    def __post_init__(self) -> None:
        self.ledger = self

    def gone(self, intent: Intent) -> None:
        """As the ledger's."""
        self.forgotten.append(intent)

    def call(self, method: str, service: str, path: str, *_: Any, **__: Any) -> Answer:
        """What was told for this request; a method alone stands for all of its requests."""
        self.sent.append(f"{method} {path}")
        status, body = self.answers.get(f"{method} {path}") or self.answers.get(method) or (403, None)
        return Answer(f"{service} {method}", status, msgspec.json.encode(body), "" if status else "no answer")

    def place(self, kind: Kind, path: str, **_: Any) -> tuple[Answer, Made | None]:
        """As an actor's, without a ledger."""
        answer = self.call("PUT", "identity", path)
        made = Made(kind, path, "", Intent(1, kind.name, "", path, "", 0.0), None)
        return answer, made if answer.ok else None

    def attempt(
        self, kind: Kind, purpose: str, body: Callable[[str], Mapping[str, Any]], **_: Any
    ) -> tuple[Answer, Made | None]:
        """As an actor's, without a ledger."""
        body("name")
        answer = self.call("POST", "identity", kind.path)
        made = Made(kind, "new", "name", Intent(1, kind.name, "name", kind.path, "", 0.0, id="new"), None)
        return answer, made if answer.ok else None


def tried(operation: Operation, answers: dict[str, tuple[int, Any]], *, alone: bool = False) -> Access:
    """What comes of an operation when both managers' service answers so."""
    return trial([operation], answers, alone=alone).tried[0][1].access


def trial(operations: Iterable[Operation], answers: dict[str, tuple[int, Any]], *, alone: bool = False) -> Trial:
    """A trial after these operations."""
    service = Service(answers)
    words = {"a": OWN, "user": "someone", **({} if alone else {"b": FOREIGN})}
    done = Trial({"manager": service, "other": service}, "manager", words)
    done.run(operations)
    return done


def write(want: Any, **more: Any) -> Operation:
    """Changing somebody's mail address, which can be read back."""
    proof = Proof(send="GET /users/someone", at=("user", "email"), value="second")
    return Operation(**{"do": "change", "target": "x", "send": "PATCH /u", "want": want, "proof": proof, **more})


def user(email: str) -> tuple[int, Any]:
    """A user with that address, shown."""
    return 200, {"user": {"email": email}}


@pytest.mark.parametrize(
    ("status", "shown", "expected"),
    [
        (403, user("first"), Access.DENIED),
        (404, user("first"), Access.DENIED),
        (403, user("second"), Access.LEAK),
        (500, user("second"), Access.LEAK),
        (200, user("second"), Access.LEAK),
        (200, user("first"), Access.UNCLEAR),
        (403, (403, None), Access.UNCLEAR),
        (404, (404, None), Access.UNCLEAR),
        (200, (503, None), Access.UNCLEAR),
        (400, user("first"), Access.UNCLEAR),
        (401, user("first"), Access.UNCLEAR),
        (409, user("first"), Access.UNCLEAR),
        (500, user("first"), Access.UNCLEAR),
        (0, user("first"), Access.UNCLEAR),
    ],
)
def test_a_denial_is_one_only_when_the_effect_is_seen_to_be_absent(
    status: int, shown: tuple[int, Any], expected: Access
) -> None:
    assert tried(write("denied"), {"PATCH": (status, None), "GET": shown}) is expected


@pytest.mark.parametrize(
    ("status", "shown", "expected"),
    [
        (200, user("second"), Access.ALLOWED),
        (200, user("first"), Access.MISSING),
        (200, (503, None), Access.UNCLEAR),
        (403, user("first"), Access.MISSING),
        (404, user("first"), Access.MISSING),
        (500, user("first"), Access.MISSING),
        (503, user("first"), Access.UNCLEAR),
        (409, user("first"), Access.UNCLEAR),
        (0, user("first"), Access.UNCLEAR),
    ],
)
def test_a_power_is_one_only_when_the_effect_is_seen(status: int, shown: tuple[int, Any], expected: Access) -> None:
    assert tried(write("allowed"), {"PATCH": (status, None), "GET": shown}) is expected


def test_a_status_that_the_row_names_denies_too() -> None:
    assert tried(write("denied", also=(400,)), {"PATCH": (400, None), "GET": user("first")}) is Access.DENIED


@pytest.mark.parametrize(("domain", "expected"), [(OWN, Access.ALLOWED), (FOREIGN, Access.LEAK), (None, Access.LEAK)])
def test_what_is_created_without_naming_a_domain_does_no_harm_in_the_own_one(
    domain: str | None, expected: Access
) -> None:
    operation = Operation(
        do="create", target="x", send="POST /users", want="denied", make="user", word="leak", own=True
    )
    assert tried(operation, {"POST": (201, {"user": {"id": "new", "domain_id": domain}})}) is expected
    assert tried(operation, {"POST": (403, None)}) is Access.DENIED


def listing(want: Any, *ids: str) -> Operation:
    """Listing users, which must show these ids or must not."""
    return Operation(do="list", target="x", send="GET /users", want=want, shows=Shows("users", ids))


@pytest.mark.parametrize(
    ("want", "ids", "answer", "expected"),
    [
        ("denied", ["foreign"], (200, {"users": [{"id": "own"}]}), Access.DENIED),
        ("denied", ["foreign"], (200, {"users": []}), Access.DENIED),
        ("denied", ["foreign"], (403, None), Access.DENIED),
        ("denied", ["foreign"], (200, {"users": [{"id": "foreign"}]}), Access.LEAK),
        ("denied", ["foreign"], (200, {"users": [{"scope": {"domain": {"id": "foreign"}}}]}), Access.LEAK),
        ("denied", ["foreign"], (200, {"users": [], "truncated": True}), Access.UNCLEAR),
        ("denied", ["foreign"], (200, {"error": 1}), Access.UNCLEAR),
        ("denied", ["foreign"], (503, None), Access.UNCLEAR),
        ("denied", [], (200, {"users": []}), Access.UNCLEAR),
        ("denied", [], (200, {"users": [{"id": "any"}]}), Access.LEAK),
        ("allowed", ["own"], (200, {"users": [{"id": "own"}]}), Access.ALLOWED),
        ("allowed", ["own"], (200, {"users": [{"id": "else"}]}), Access.MISSING),
        ("allowed", ["own"], (200, {"users": [], "truncated": True}), Access.UNCLEAR),
        ("allowed", [], (200, {"users": []}), Access.MISSING),
        ("allowed", ["own"], (403, None), Access.MISSING),
    ],
)
def test_listings_are_read(want: str, ids: list[str], answer: tuple[int, Any], expected: Access) -> None:
    assert tried(listing(want, *ids), {"GET": answer}) is expected


def test_a_quota_that_is_used_up_says_nothing_of_rights() -> None:
    body = {"error": {"message": "Unable to create additional project, quota exceeded"}}
    assert tried(write("allowed"), {"PATCH": (403, body), "GET": user("first")}) is Access.UNCLEAR


def test_what_does_not_exist_cannot_be_hidden() -> None:
    operation = Operation(do="see", target="x", send="HEAD /m", want="denied", absent=True)
    assert tried(operation, {"HEAD": (404, None)}) is Access.UNCLEAR
    assert tried(operation, {"HEAD": (403, None)}) is Access.DENIED
    assert tried(operation, {"HEAD": (204, None)}) is Access.LEAK


def test_a_right_that_should_not_have_been_given_is_taken_back_at_once() -> None:
    path = "/domains/own-domain/users/someone/roles/admin"
    operation = Operation(
        do="assign", target="x", send=f"PUT {path}", want="denied", make=GRANT.name, word="leak",
        proof=Proof(send="GET /roles", key="roles", has="admin"),
    )  # fmt: skip
    done = trial([operation], {"PUT": (204, None), "DELETE": (204, None), "GET": (200, {"roles": [{"id": "admin"}]})})
    service = done.actors["manager"]
    assert isinstance(service, Service)
    assert done.tried[0][1].access is Access.LEAK
    assert service.sent[-1] == f"DELETE {path}"
    assert [intent.path for intent in service.forgotten] == [path]


def test_what_needs_something_that_was_not_made_is_unclear_and_what_needs_a_second_domain_is_not_tried() -> None:
    operations = [
        Operation(do="read", target="x", send="GET /users/{b_user}", want="denied", claim="0302-04"),
        Operation(do="read", target="x", send="GET /users/{user}", want="allowed", claim="0302-03"),
    ]
    done = trial(operations, {"GET": (200, None)})
    assert [cell.access for _, cell in done.tried] == [Access.UNCLEAR, Access.ALLOWED]
    assert "b_user" in done.tried[0][1].said
    done = trial(operations, {"GET": (200, None)}, alone=True)
    assert [operation.claim for operation, _ in done.tried] == ["0302-03"]
    assert done.untried == {"0302-04"}


GIVEN = {"a", "b", "a_name", "b_name", "me", "admin_role", "plain_role", "plain_role_name", "name", "password"}


def test_the_table_speaks_only_of_what_it_has_made_before() -> None:
    known = set(GIVEN)
    for part in (load().before, load().after, load().with_operator):
        for operation in part:
            proof = operation.proof
            used = set(re.findall(r"{(\w+)}", f"{operation.send} {operation.body} {operation.shows}"))
            later = set(re.findall(r"{(\w+)}", f"{proof.send} {proof.value} {proof.has}{proof.lacks}" if proof else ""))
            assert used <= known, operation.do
            if operation.make:
                assert operation.make in KINDS
                known |= {operation.word, f"{operation.word}_name"}
            assert later <= known, operation.do
            assert not operation.ends or operation.ends in known
        known |= {"role"}


def test_the_table_has_more_than_the_official_script() -> None:
    rows = [row for row in (*load().before, *load().after) if not row.prepare]
    assert len({(row.do, row.target) for row in rows}) == len(rows) > 59
    assert len([row for row in rows if row.want == "denied"]) > 2 * 36
    claims = load_standards().claims
    assert {row.claim for row in rows} <= claims.keys()
    assert {f"0302-0{number}" for number in (2, 3, 4, 5, 7)} == {row.claim for row in rows}


def test_whatever_changes_a_power_can_be_read_back_or_says_nothing_by_itself() -> None:
    for row in (*load().before, *load().after, *load().with_operator):
        writes = not row.send.startswith(("GET", "HEAD"))
        if writes and row.want == "allowed" and not row.prepare:
            assert row.proof or "password" in row.do, row.do
        if row.send.startswith("DELETE"):
            assert row.proof, row.do
