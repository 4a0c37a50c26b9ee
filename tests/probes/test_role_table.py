# SPDX-License-Identifier: Apache-2.0
"""The tables of what the probes of roles and sharing try: whole, harmless, each trial with its requirement."""

import pytest

from sovran.cloud.acting.kinds import KINDS
from sovran.cloud.live import VERSIONS
from sovran.probes import role_table, sharing
from sovran.probes.role_table import PERSONAS, Operation
from sovran.probes.templates import filled, words_in
from sovran.standards.load import load_standards

TABLE = role_table.load()
READS = ("GET", "HEAD")


def named(do: str, where: str = "own project") -> Operation:
    (found,) = [one for one in TABLE.operations if (one.do, one.where) == (do, where)]
    return found


def test_there_are_more_than_150_trials_for_readers_members_managers_and_admins() -> None:
    personas = [persona for persona in PERSONAS if persona != "foreign"]
    rows = [one for one in TABLE.operations if not one.theirs]
    assert sum(one.tried_by(persona, TABLE.words) for one in rows for persona in personas) > 150


def test_each_service_has_rows() -> None:
    assert {one.service for one in TABLE.operations} == set(VERSIONS)


@pytest.mark.parametrize("one", TABLE.operations, ids=lambda one: f"{one.service} {one.do} {one.where}")
def test_a_row_speaks_of_what_there_is(one: Operation) -> None:
    assert set(one.allow) <= {*PERSONAS}
    assert one.make == "" or KINDS[one.make].service == one.service
    assert one.words <= TABLE.words | {"me", "my_project", "admin_role"}
    assert one.send.split(" ", 1)[0] in (*READS, "POST", "PUT", "PATCH", "DELETE")
    if one.ends:
        assert one.send.startswith("DELETE ")
        assert one.ends in one.words


@pytest.mark.parametrize("one", TABLE.operations, ids=lambda one: f"{one.service} {one.do} {one.where}")
def test_an_admin_changes_nothing_that_others_made(one: Operation) -> None:
    if one.tried_by("admin", TABLE.words):
        assert one.send.split(" ", 1)[0] in READS or one.make
        assert not one.ends


def test_who_makes_something_by_a_post_writes_it_down_first() -> None:
    changing = ("action", "metadata")
    for one in TABLE.operations:
        if one.send.startswith("POST") and not one.send.endswith(changing) and one.service != "object-store":
            assert one.make, one.do


def test_a_mirrored_row_is_about_what_the_foreign_user_made() -> None:
    mine, theirs = named("delete a volume"), named("delete a volume", "foreign project")
    assert (mine.send, mine.ends) == ("DELETE /volumes/{volume}", "volume")
    assert (theirs.send, theirs.ends) == ("DELETE /volumes/{their_volume}", "their_volume")
    assert theirs.allow == ("foreign",)
    assert theirs.theirs
    assert not mine.theirs
    found = named("find a volume by name", "foreign project")
    assert (found.sees, found.send) == ("their_volume", "GET /volumes/detail?name={their_volume_name}")


def test_each_trial_belongs_to_a_requirement_of_the_standard() -> None:
    claims = load_standards().claims
    for one in TABLE.operations:
        for persona in PERSONAS:
            if one.tried_by(persona, TABLE.words) and one.claim(persona):
                assert claims[one.claim(persona)].standard == "sovran-roles"


@pytest.mark.parametrize(
    ("do", "where", "persona", "claim"),
    [
        ("read a volume", "own project", "reader", "roles-01"),
        ("rename a volume", "own project", "reader", "roles-02"),
        ("rename a volume", "own project", "member", "roles-03"),
        ("rename a volume", "own project", "manager", "roles-04"),
        ("rename a volume", "own project", "foreign", "roles-05"),
        ("rename a volume", "foreign project", "member", "roles-05"),
        ("rename a volume", "foreign project", "foreign", ""),
        ("list the hypervisors", "the cloud", "reader", "roles-06"),
        ("list the hypervisors", "the cloud", "admin", ""),
    ],
)
def test_the_requirement_follows_from_who_does_what(do: str, where: str, persona: str, claim: str) -> None:
    assert named(do, where).claim(persona) == claim


def test_words_for_who_asks_stay_in_a_mirrored_row() -> None:
    assert named("write an object", "foreign project").words == {"their_account", "their_container", "me"}


def test_who_is_skipped_does_not_try_even_what_it_may() -> None:
    assert not named("set the state of a volume").tried_by("admin", TABLE.words)
    assert named("set the state of a volume").tried_by("member", TABLE.words)


def test_a_foreign_user_tries_only_what_is_of_a_target() -> None:
    assert not named("list the servers").tried_by("foreign", TABLE.words)
    assert named("read a volume").tried_by("foreign", TABLE.words)
    assert named("read a volume", "foreign project").tried_by("foreign", TABLE.words)
    assert not named("create a volume").tried_by("foreign", TABLE.words)


def test_what_goes_with_another_target_is_tried_in_its_lane() -> None:
    assert TABLE.lane("rule") == TABLE.lane("group") == "group"
    assert [TABLE.lane(word) for word in ("network", "port", "volume")] == ["network", "port", "volume"]


def test_templates_are_filled_at_every_depth() -> None:
    template = {"a": ["{x}", {"b": "is {y}"}], "c": 1}
    assert words_in(template) == {"x", "y"}
    assert filled(template, {"x": "1", "y": "2"}) == {"a": ["1", {"b": "is 2"}], "c": 1}
    with pytest.raises(KeyError, match="y"):
        filled(template, {"x": "1"})


def test_what_is_shared_names_targets_and_earlier_rows() -> None:
    table = sharing.load()
    known = {target.word for target in table.targets}
    words = known | {f"{word}_name" for word in known} | {"project", "their_project"}
    made: set[str] = set()
    for one in table.operations:
        assert one.operation.words <= words, one.do
        assert not one.takes or one.takes in made, one.do
        made |= {one.word} - {""}
        assert one.make == "" or one.make in KINDS
        assert one.make or not one.send.startswith("POST")


def test_everyone_comes_last() -> None:
    everyone = [one.claim == "roles-07" for one in sharing.load().operations]
    assert everyone == sorted(everyone)
