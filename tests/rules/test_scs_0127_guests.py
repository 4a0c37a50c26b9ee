# SPDX-License-Identifier: Apache-2.0
"""SCS-0127: the name servers that guests are told, as guests find them."""

from typing import Any

import msgspec
import pytest

from sovran.cloud.outcome import NotRun
from sovran.guest import records
from sovran.model.verdict import Verdict
from sovran.probes.guest import GuestProbe
from tests.rules.guests_by_hand import NETWORK, QUESTIONS, RESOLVER, STRANGER, dead, guest, judged, verdict

PASS, FAIL, ABORT, MISS, NONE = Verdict.PASS, Verdict.FAIL, Verdict.ABORT, Verdict.MISS, Verdict.NOT_APPLICABLE
CLAIMS = ("0127-03", "0127-04", "0127-05", "0127-06")
PUBLIC = "9.9.9.9"
AGENT = "10.0.0.2"
CHOSEN = msgspec.structs.replace(NETWORK, dns_nameservers=("9.9.9.9",))
CUT_OFF = {"ipv4_reachable": False, "ipv6_reachable": False, "egress_ipv4": ""}


def at(*addresses: str, **answers: records.Query) -> dict[str, Any]:
    """A record of names with a server at each address; `answers`: q0 to q5 instead of the usual ones."""
    queries = tuple(answers.get(f"q{number}", query) for number, query in enumerate(QUESTIONS))
    servers = [records.Resolver(address=address, queries=queries) for address in addresses]
    return {"resolvers": (*servers, STRANGER)}


def answer(number: int, **changes: Any) -> records.Query:
    """The usual answer to a question, changed."""
    return msgspec.structs.replace(QUESTIONS[number], **changes)


SILENT = {f"q{number}": records.Query(name=query.name, type=query.type) for number, query in enumerate(QUESTIONS)}
UNSIGNED = answer(2, signed=False, authentic=False)
ANSWERED = answer(3, rcode="NOERROR", answers=("192.0.2.4",))


@pytest.mark.parametrize("claim", CLAIMS)
def test_without_guests_nothing_is_known(claim: str) -> None:
    assert verdict(claim, unread={GuestProbe: NotRun("takes the probe guest")}) is MISS
    assert verdict(claim, dead()) is ABORT
    assert verdict(claim, guest(names={"resolvers": (STRANGER,), "error": "none told"})) is ABORT


@pytest.mark.parametrize("claim", CLAIMS)
def test_servers_that_the_networks_owner_chose_say_nothing_about_the_cloud(claim: str) -> None:
    wrong = at("192.168.1.1", "8.8.8.8", q0=SILENT["q0"], q1=SILENT["q1"], q3=ANSWERED)
    assert verdict(claim, guest(network=CHOSEN, names=wrong)) is MISS


@pytest.mark.parametrize(
    ("addresses", "expected"),
    [
        (("198.51.100.53",), PASS),
        (("172.16.1.1", "fd00::53"), PASS),
        (("172.16.1.1", PUBLIC), FAIL),
        ((PUBLIC,), MISS),
        ((AGENT,), MISS),
        ((AGENT, PUBLIC), MISS),
        (("172.16.1.1", AGENT), MISS),
        (("what is this",), MISS),
    ],
)
def test_which_servers_guests_are_told(addresses: tuple[str, ...], expected: Verdict) -> None:
    assert verdict("0127-03", guest(names=at(*addresses))) is expected


@pytest.mark.parametrize(("claim", "address"), [("0127-04", "172.16.1.1"), ("0127-06", PUBLIC)])
@pytest.mark.parametrize(
    ("answers", "expected"),
    [
        ({}, PASS),
        ({"q2": answer(2, authentic=False)}, PASS),
        ({"q2": UNSIGNED}, FAIL),
        ({"q3": ANSWERED}, FAIL),
        ({"q3": answer(3, rcode="NXDOMAIN")}, ABORT),
        ({"q3": answer(3, rcode="")}, ABORT),
        ({"q2": answer(2, rcode="")}, ABORT),
        ({"q2": answer(2, rcode="SERVFAIL", signed=False)}, ABORT),
        ({"q0": answer(0, rcode="SERVFAIL", answers=()), "q1": answer(1, rcode="")}, ABORT),
        (SILENT, ABORT),
    ],
)
def test_servers_that_validate_and_offer_signatures(
    claim: str, address: str, answers: dict[str, records.Query], expected: Verdict
) -> None:
    assert verdict(claim, guest(names=at(address, **answers))) is expected


def test_each_claim_speaks_of_its_own_servers() -> None:
    assert verdict("0127-04", guest(names=at(PUBLIC, q3=ANSWERED))) is NONE
    assert verdict("0127-06", guest(names=at("172.16.1.1", q3=ANSWERED))) is NONE


def test_with_fewer_questions_answers_cannot_be_told_apart() -> None:
    few = records.Resolver(address="172.16.1.1", queries=QUESTIONS[2:])
    assert verdict("0127-04", guest(names={"resolvers": (few,)})) is ABORT


@pytest.mark.parametrize(
    ("answers", "network", "expected"),
    [
        ({}, {}, PASS),
        ({"q0": answer(0, rcode="")}, {}, PASS),
        (SILENT, {}, FAIL),
        (SILENT, {"network": CUT_OFF}, FAIL),
        (SILENT, {"network": CUT_OFF, "ports": {"control": None}}, ABORT),
        ({"q0": answer(0, rcode="REFUSED", answers=()), "q1": SILENT["q1"]}, {}, FAIL),
    ],
)
def test_public_names(answers: dict[str, records.Query], network: dict[str, Any], expected: Verdict) -> None:
    assert verdict("0127-05", guest(names=at("172.16.1.1", **answers), **network)) is expected


def test_public_names_where_nothing_was_asked_or_no_way_leads_out() -> None:
    assert verdict("0127-05", guest(names={"resolvers": (msgspec.structs.replace(RESOLVER, queries=()),)})) is ABORT
    seen = guest()
    alone = msgspec.structs.replace(seen, network=msgspec.structs.replace(NETWORK, routed=False))
    assert verdict("0127-05", alone) is NONE
    assert verdict("0127-05", msgspec.structs.replace(seen, network=None)) is PASS
    assert judged("0127-03", msgspec.structs.replace(seen, network=None)).verdict is PASS
