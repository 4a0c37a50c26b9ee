# SPDX-License-Identifier: Apache-2.0
"""Tests of acting as a user that a probe made: who answers for what it makes, and for what it asks."""

import os
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
import yaml

from sovran.cloud.acting.actor import Actor
from sovran.cloud.acting.kinds import IMAGE, SECRET
from sovran.cloud.acting.ledger import Head, Ledger
from sovran.cloud.acting.marker import new_run
from sovran.cloud.acting.removal import remove_intents
from sovran.cloud.config.clouds_yaml import read_cloud
from sovran.cloud.live import LiveReader
from sovran.cloud.session import connect
from sovran.probes.signed_in import sign_in
from tests.probes.http_cloud import HttpCloud, Told, document


@pytest.fixture
def cloud() -> Iterator[HttpCloud]:
    """It lets in whoever asks."""
    with HttpCloud() as one:
        yield one


@pytest.fixture
def maker(cloud: HttpCloud, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Actor]:
    """Who makes users, with a ledger."""
    for name in [name for name in os.environ if name.startswith("OS_")]:
        monkeypatch.delenv(name)
    file = tmp_path / "clouds.yaml"
    monkeypatch.setenv("OS_CLIENT_CONFIG_FILE", str(file))
    auth = {"auth_url": f"{cloud.url}/v3", "username": "u", "password": "p", "user_domain_name": "D"}
    auth |= {"project_name": "p", "project_domain_name": "D"}
    file.write_text(yaml.safe_dump({"clouds": {"c": {"auth": auth, "region_name": "R"}}}))
    head = Head(run=new_run(), cloud="c", auth_url="", project="p1", began=datetime.now(UTC), user="u1")
    ledger = Ledger.begin(head, tmp_path / "ledger")
    with connect(read_cloud("c"), concurrency=4, timeout=5) as connection:
        yield Actor(connection, LiveReader(connection, seconds=60), ledger, seconds=60)
    ledger.close()


def guest_of(maker: Actor) -> Actor:
    """A user that it made, signed in."""
    guest = sign_in(maker, "u1", "secret", 60.0, project="p1")
    assert guest
    return guest


def test_the_maker_answers_for_what_its_guests_make_and_they_do_not_for_what_it_makes(
    cloud: HttpCloud, maker: Actor
) -> None:
    guest = guest_of(maker)
    second = guest_of(guest)
    own = maker.create(SECRET, "own", lambda name: {"name": name, "payload": ""})
    image = guest.create(IMAGE, "theirs", lambda name: {"name": name})
    other = second.create(IMAGE, "others", lambda name: {"name": name})
    assert [one.id for one in maker.open] == [own.id, image.id, other.id]
    assert [one.id for one in guest.open] == [image.id, other.id]
    assert [one.id for one in second.open] == [other.id]
    assert [dict(one.made) for one in (maker, guest, second)] == [{"secret": 1, "image": 2}, {"image": 2}, {"image": 1}]
    # the maker can delete all of it when the guests are gone
    for one in (guest, second):
        one.connection.close()
    assert remove_intents(maker, maker.open, maker.ledger.gone, seconds=5.0) == ()
    assert (cloud.left, maker.open, second.open) == ([], (), ())


def test_what_had_no_answer_or_was_placed_is_the_makers_too(cloud: HttpCloud, maker: Actor) -> None:
    guest = guest_of(maker)
    cloud.lie("POST /image/v2/images", Told(500))
    answer, made = guest.attempt(IMAGE, "lost", lambda name: {"name": name})
    assert (answer.status, made) == (500, None)
    assert [one.kind for one in maker.open] == ["image"]
    cloud.lie("POST /key/v1/secrets", document(403, {"title": "Forbidden"}))
    refused, _ = guest.attempt(SECRET, "refused", lambda name: {"name": name, "payload": ""})
    assert refused.denied
    # what was surely not made is nobody's
    assert [one.kind for one in maker.open] == ["image"]
    assert not maker.made


def test_what_guests_asked_is_counted_also_of_one_that_was_not_let_in(cloud: HttpCloud, maker: Actor) -> None:
    guest = guest_of(maker)
    guest.create(IMAGE, "theirs", lambda name: {"name": name})
    maker.create(IMAGE, "own", lambda name: {"name": name})
    cloud.lie("POST /v3/auth/tokens", document(401, {"error": {"code": 401, "message": "no"}}))
    assert sign_in(maker, "u2", "wrong", 60.0, project="p1") is None
    assert len(maker.connections) == 3
    assert sum(one.requests_sent for one in maker.connections) == len(cloud.asked)
    guest.connection.close()
