# SPDX-License-Identifier: Apache-2.0
"""What an answer means for who asked: done, denied, or nothing that could be told."""

from typing import Any

import msgspec
import pytest

from sovran.cloud.acting.answer import Answer
from sovran.model.matrix import Access, Cell
from sovran.probes.role_table import Operation
from sovran.probes.role_trial import judged
from sovran.probes.roles import controlled

ALLOWED, DENIED, LEAK, MISSING, UNCLEAR = Access
READ = Operation(do="read", service="network", send="GET /networks/{network}", allow=("member",))


def access(persona: str, status: int, body: Any = None, *, seen: bool = True, **changes: Any) -> Access:
    """What it means that the service answered so to this persona."""
    answer = Answer("network GET /x", status, msgspec.json.encode(body), "" if status else "no answer: gone")
    return judged(msgspec.structs.replace(READ, **changes), persona, answer, seen=seen).access


@pytest.mark.parametrize(
    ("status", "member", "reader"),
    [
        (200, ALLOWED, LEAK),
        (204, ALLOWED, LEAK),
        (403, MISSING, DENIED),
        (404, MISSING, DENIED),
        (0, UNCLEAR, UNCLEAR),
        (401, UNCLEAR, UNCLEAR),
        (400, UNCLEAR, UNCLEAR),
        (409, UNCLEAR, UNCLEAR),
        (429, UNCLEAR, UNCLEAR),
        (500, UNCLEAR, UNCLEAR),
        (503, UNCLEAR, UNCLEAR),
        (302, UNCLEAR, UNCLEAR),
    ],
)
def test_only_forbidding_and_hiding_deny(status: int, member: Access, reader: Access) -> None:
    assert access("member", status) is member
    assert access("reader", status) is reader


def test_a_quota_that_is_exceeded_says_nothing_of_rights() -> None:
    body = {"forbidden": {"message": "Quota exceeded for instances: Requested 1, but already used 10 of 10 instances"}}
    assert access("reader", 403, body) is UNCLEAR
    assert access("member", 403, body) is UNCLEAR
    policy = {"forbidden": {"message": "Policy doesn't allow os_compute_api:os-quota-sets:show to be performed."}}
    assert access("reader", 403, policy) is DENIED


def test_a_listing_is_denied_where_it_does_not_show_the_target() -> None:
    assert access("reader", 200, seen=False) is DENIED
    assert access("member", 200, seen=False) is MISSING


def test_404_says_nothing_of_what_may_not_be_there() -> None:
    assert access("reader", 404, alone=True) is UNCLEAR
    assert access("reader", 403, alone=True) is DENIED


def test_rows_may_name_further_statuses() -> None:
    assert access("reader", 409, also=(409,)) is DENIED
    assert access("member", 400, passes=(400,)) is ALLOWED
    assert access("reader", 400, passes=(400,)) is UNCLEAR


def test_a_leak_says_what_was_done() -> None:
    cell = judged(READ, "reader", Answer("network GET /x", 200))
    assert cell == Cell("reader", LEAK, 200, "network GET /x ended with HTTP 200: it was done")


def test_what_nobody_found_was_denied_to_nobody() -> None:
    cells = (Cell("reader", DENIED, 404), Cell("member", MISSING, 404, "not found"), Cell("manager", DENIED, 403))
    assert [cell.access for cell in controlled(READ, cells)] == [UNCLEAR, UNCLEAR, DENIED]
    assert "nor could member: not found" in controlled(READ, cells)[0].said


@pytest.mark.parametrize("member", [Cell("member", ALLOWED, 200), Cell("member", MISSING, 403, "forbidden")])
def test_what_is_there_for_who_may_is_hidden_from_the_others(member: Cell) -> None:
    cells = (Cell("reader", DENIED, 404), member)
    assert controlled(READ, cells) == cells


def test_where_nobody_may_there_is_no_one_to_ask() -> None:
    cells = (Cell("reader", DENIED, 404), Cell("member", DENIED, 404))
    assert controlled(msgspec.structs.replace(READ, allow=("admin",)), cells) == cells
