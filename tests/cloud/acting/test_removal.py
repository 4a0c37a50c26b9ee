# SPDX-License-Identifier: Apache-2.0
"""Tests of deleting: the order, what is left and why, and that nothing of others is ever touched."""

import itertools
import time

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sovran.cloud.acting import kinds
from sovran.cloud.acting.answer import Answer
from sovran.cloud.acting.found import Found
from sovran.cloud.acting.kinds import KINDS, Kind
from sovran.cloud.acting.ledger import Intent
from sovran.cloud.acting.marker import marked, new_run
from sovran.cloud.acting.removal import Left, Terms, remove_found, remove_intents
from tests.cloud.acting import small_cloud
from tests.cloud.acting.small_cloud import SmallCaller, SmallCloud

LISTED = [kind for kind in KINDS.values() if kind.plural and kind.id_field == "id" and kind.name_field == "name"]
INTERFACE = {"device_owner": small_cloud.INTERFACE, "device_id": "r"}
RUN = new_run()
ALREADY = 0.0
"""When an intent was noted whose request cannot be answered any more."""


def intent(number: int, kind: Kind, identifier: str = "", *, at: float = ALREADY, path: str = "") -> Intent:
    name = "" if kind.placed else marked(RUN, f"thing{number}")
    return Intent(number, kind.name, name, path or kind.path.format(user="u1"), "", at, id=identifier)


def removed(
    cloud: SmallCloud, *intents: Intent, look: float = 0.0, seconds: float = 5.0
) -> tuple[tuple[Left, ...], list[int]]:
    gone: list[int] = []
    terms = Terms(time.monotonic() + seconds, look=look)
    left = remove_intents(SmallCaller(cloud), intents, lambda one: gone.append(one.n), terms=terms)
    return left, sorted(gone)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(st.sampled_from(LISTED), st.booleans()), max_size=12))
def test_everything_of_ours_goes_in_the_order_of_ranks_and_nothing_else(chosen: list[tuple[Kind, bool]]) -> None:
    cloud = SmallCloud(page=2)
    intents = []
    for number, (kind, known) in enumerate(chosen):
        later = [f"i{other}" for other, (one, _) in enumerate(chosen) if one.rank < kind.rank]
        cloud.put(kind, f"i{number}", marked(RUN, f"thing{number}"), *later)
        cloud.put(kind, f"foreign{number}", f"{marked(RUN, f'thing{number}')}-copy")
        intents.append(intent(number, kind, f"i{number}" if known else ""))
    left, gone = removed(cloud, *intents)
    assert (left, gone) == ((), list(range(len(chosen))))
    assert set(cloud.things) == {f"foreign{number}" for number in range(len(chosen))}
    ranks = [chosen[int(identifier[1:])][0].rank for identifier in cloud.deleted]
    assert ranks == sorted(ranks)


def test_children_of_another_parent_stay_where_a_service_does_not_know_the_query() -> None:
    cloud = SmallCloud(knows_queries=False)
    cloud.put(kinds.VOLUME, "v", marked(RUN, "thing0"), "s1", "s2", "a1")
    cloud.put(kinds.SNAPSHOT, "s1", "", volume_id="v")
    cloud.put(kinds.SNAPSHOT, "s2", "backup-snap-v", volume_id="v")
    cloud.put(kinds.ATTACHMENT, "a1", "", volume_id="v")
    cloud.put(kinds.SNAPSHOT, "theirs", "", volume_id="w")
    cloud.put(kinds.ATTACHMENT, "theirs2", "", volume_id="w")
    cloud.put(kinds.VOLUME, "backup-vol", "backup-vol-v")
    cloud.put(kinds.VOLUME, "theirs3", "backup-vol-w")
    assert removed(cloud, intent(0, kinds.VOLUME, "v")) == ((), [0])
    assert set(cloud.things) == {"theirs", "theirs2", "theirs3"}


def test_a_router_is_parted_from_its_networks_before_it_goes() -> None:
    cloud = SmallCloud()
    cloud.put(kinds.NETWORK, "n", marked(RUN, "thing0"), "s", "known", "lost")
    cloud.put(kinds.SUBNET, "s", marked(RUN, "thing1"), "known", "lost")
    cloud.put(kinds.ROUTER, "r", marked(RUN, "thing2"), "known", "lost")
    cloud.put(kinds.PORT, "known", "", **INTERFACE)
    cloud.put(kinds.PORT, "lost", "", **INTERFACE)
    several = (
        intent(0, kinds.NETWORK, "n"),
        intent(1, kinds.SUBNET, "s"),
        intent(2, kinds.ROUTER, "r"),
        intent(3, kinds.ROUTER_INTERFACE, "known", path="/routers/r/add_router_interface"),
        # its request had no answer: no name finds it, but the router does
        intent(4, kinds.ROUTER_INTERFACE, path="/routers/r/add_router_interface"),
    )
    assert removed(cloud, *several) == ((), [0, 1, 2, 3, 4])
    assert cloud.deleted == ["known", "lost", "r", "s", "n"]


def test_a_server_in_error_is_waited_for_while_it_goes_and_asked_again_when_that_fails() -> None:
    cloud = SmallCloud()
    asked: list[str] = []
    shown = iter(["deleting", "", "deleting", "deleting"])

    def show() -> Answer:
        task = next(shown, None)
        body = {"server": {"status": "ERROR", "OS-EXT-STS:task_state": task or None}}
        return Answer("show", 404) if task is None else Answer("show", 200, msgspec.json.encode(body))

    def delete() -> Answer:
        asked.append("DELETE")
        return Answer("delete", 204)

    cloud.answers = {("GET", "/servers/s"): show, ("DELETE", "/servers/s"): delete}
    assert removed(cloud, intent(0, kinds.SERVER, "s")) == ((), [0])
    assert asked == ["DELETE"] * 2


def test_an_interface_that_went_with_its_router_is_gone() -> None:
    assert removed(SmallCloud(), intent(0, kinds.ROUTER_INTERFACE, "p", path="/routers/r/add_router_interface")) == (
        (),
        [0],
    )


def test_what_somebody_named_is_no_child_of_ours() -> None:
    cloud = SmallCloud()
    cloud.put(kinds.NETWORK, "n", marked(RUN, "thing0"), "theirs", "ours")
    cloud.put(kinds.PORT, "theirs", "web", network_id="n")
    cloud.put(kinds.PORT, "ours", marked(RUN, "port1"), network_id="n")
    ((left,), gone) = removed(cloud, intent(0, kinds.NETWORK, "n"), seconds=0.5)
    assert (left.kind, left.reason, gone) == ("network", "one ended with HTTP 409: in use", [])
    assert set(cloud.things) == {"n", "theirs"}


def test_a_request_without_an_answer_is_waited_for() -> None:
    cloud = SmallCloud()
    lost = intent(0, kinds.IMAGE, at=time.time())
    ((left,), gone) = removed(cloud, lost)
    assert left.reason.startswith("its request had no answer, and it is not there; clean up again in a minute")
    assert gone == []
    tries = itertools.count()

    def late() -> Answer:
        if next(tries) == 2:
            del cloud.answers["GET", "/images"]
            cloud.put(kinds.IMAGE, "late", lost.name)
        return Answer("list", 200, b'{"images": []}')

    cloud.answers["GET", "/images"] = late
    assert removed(cloud, lost, look=5.0) == ((), [0])
    assert cloud.deleted == ["late"]


@pytest.mark.parametrize(
    ("body", "status", "reason"),
    [
        (b"<html>", 200, "answered with something other than a list of images"),
        (b'{"images": {}}', 200, "answered with something other than a list of images"),
        (b"", 503, "ended with HTTP 503"),
    ],
)
def test_what_is_no_listing_does_not_prove_that_it_is_gone(body: bytes, status: int, reason: str) -> None:
    cloud = SmallCloud()
    cloud.answers["GET", "/images"] = lambda: Answer("image GET /images", status, body)
    for identifier in ("", "i"):
        ((left,), gone) = removed(cloud, intent(0, kinds.IMAGE, identifier))
        assert left.reason == f"image GET /images {reason}"
        assert gone == []


def test_an_error_page_does_not_prove_that_it_is_gone() -> None:
    cloud = SmallCloud()
    cloud.put(kinds.VOLUME, "v", marked(RUN, "thing0"))
    cloud.answers["DELETE", "/volumes/v"] = lambda: Answer("x", 404, b"default backend")
    ((left,), _) = removed(cloud, intent(0, kinds.VOLUME, "v"))
    assert left.reason == "block-storage lists it, but says that it is not there when it is to be deleted"


def test_a_listing_without_end_is_told() -> None:
    cloud = SmallCloud()
    again = b'{"images": [], "next": "/v2/images?marker=x"}'
    cloud.answers["GET", "/images"] = lambda: Answer("list", 200, again)
    ((left,), _) = removed(cloud, intent(0, kinds.IMAGE))
    assert left.reason == "image lists images without end: a page comes again"


def test_one_that_ends_in_error_is_left_with_the_reason() -> None:
    cloud = SmallCloud()
    cloud.answers["DELETE", "/volumes/v"] = lambda: Answer("x", 202)
    cloud.put(kinds.VOLUME, "v", marked(RUN, "thing0"), status="error_deleting")
    ((left,), _) = removed(cloud, intent(0, kinds.VOLUME, "v"))
    assert left.reason == "it went to error_deleting when it was deleted; only an operator can reset it"


def test_what_is_stuck_is_left_with_its_status() -> None:
    cloud = SmallCloud()
    cloud.answers["DELETE", "/volumes/v"] = lambda: Answer("x", 202)
    cloud.put(kinds.VOLUME, "v", marked(RUN, "thing0"), status="deleting")
    ((left,), _) = removed(cloud, intent(0, kinds.VOLUME, "v"), seconds=0.3)
    assert left.reason.startswith("it was still deleting ")


def test_what_is_forbidden_is_left_at_once() -> None:
    cloud = SmallCloud()
    cloud.answers["DELETE", "/volumes/v"] = lambda: Answer("x", 403, b'{"forbidden": {"message": "no"}}')
    ((left,), _) = removed(cloud, intent(0, kinds.VOLUME, "v"))
    assert left.reason == "x ended with HTTP 403: no"


def test_a_kind_of_a_later_version_is_told() -> None:
    ((left,), gone) = removed(SmallCloud(), Intent(1, "moon base", "n", "/moons", "", ALREADY, id="x"))
    assert (str(left), gone) == ("moon base n: this version of sovran does not know what that is", [])


def test_what_joins_a_user_ends_with_it() -> None:
    cloud = SmallCloud()
    cloud.put(kinds.USER, "someone", marked(RUN, "thing0"))
    grant = "/projects/p/users/someone/roles/r"
    cloud.answers["DELETE", grant] = lambda: Answer("x", 403)
    credential = "/users/someone/application_credentials"
    cloud.answers["DELETE", f"{credential}/c"] = lambda: Answer("x", 403)
    other = "/projects/p/users/another/roles/r"
    cloud.answers["DELETE", other] = lambda: Answer("x", 403)
    (left, gone) = removed(
        cloud,
        intent(0, kinds.USER, "someone"),
        intent(1, kinds.GRANT, grant, path=grant),
        intent(2, kinds.APPLICATION_CREDENTIAL, "c", path=credential),
        intent(3, kinds.GRANT, other, path=other),
    )
    assert gone == [0, 1, 2]
    assert [(one.kind, one.id) for one in left] == [("role assignment", other)]


def test_found_ones_go_in_the_order_of_ranks() -> None:
    cloud = SmallCloud()
    cloud.put(kinds.NETWORK, "n", "a", "s")
    cloud.put(kinds.SUBNET, "s", "b")
    gone: list[Found] = []
    several = [Found(kinds.NETWORK, "n", "a"), Found(kinds.SUBNET, "s", "b"), Found(kinds.IMAGE, "i", "c")]
    cloud.answers["DELETE", "/images/i"] = lambda: Answer("image DELETE", 403)
    left = remove_found(SmallCaller(cloud), several, gone.append, terms=Terms(time.monotonic() + 5))
    assert cloud.deleted == ["s", "n"]
    assert [one.id for one in gone] == ["s", "n"]
    assert [str(one) for one in left] == ["image c: image DELETE ended with HTTP 403"]


def test_what_went_to_error_deleting_is_told_at_once() -> None:
    cloud = SmallCloud()
    cloud.put(kinds.VOLUME, "v", marked(RUN, "thing0"), status="error_deleting")
    cloud.answers["DELETE", "/volumes/v"] = lambda: Answer("block-storage DELETE /volumes/v", 400)
    began = time.monotonic()
    ((left,), gone) = removed(cloud, intent(0, kinds.VOLUME, "v"), seconds=60.0)
    assert ("only an operator can reset it" in left.reason, gone) == (True, [])
    assert time.monotonic() - began < 30
