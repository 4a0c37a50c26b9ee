# SPDX-License-Identifier: Apache-2.0
"""What trials of domain managers left is deleted by whoever may, and what nobody may delete stays to be told."""

from dataclasses import dataclass, field
from itertools import count
from typing import Any

from sovran.cloud.acting.kinds import GRANT, GROUP, MEMBERSHIP, ROLE, USER, Kind
from sovran.cloud.acting.ledger import Intent
from sovran.probes.domain_sweep import sweep
from tests.probes.test_domain_trial import Service

NUMBERS = count(1)
"""Of intents, as one ledger gives them to all who make something."""


@dataclass
class Maker(Service):
    """A user who has made something."""

    intents: list[Intent] = field(default_factory=list)
    signed_in: int = 0

    def sign_in_again(self) -> None:
        """From now on its token counts."""
        self.signed_in += 1
        self.answers = {key: DONE if told == REVOKED else told for key, told in self.answers.items()}

    @property
    def open(self) -> tuple[Intent, ...]:
        """What it made that is not gone."""
        return tuple(intent for intent in self.intents if intent not in self.forgotten)

    def collection(self, kind: Kind) -> str:
        """None of the kinds here is in a user's or a project's path."""
        return kind.path

    def makes(self, kind: Kind, identifier: str) -> Intent:
        """One more; an id with slashes is a path."""
        path = identifier if kind.placed else kind.path
        intent = Intent(next(NUMBERS), kind.name, "", path, "", 0.0, id=identifier)
        self.intents.append(intent)
        return intent


def maker(**deletes: tuple[int, Any]) -> Maker:
    """Somebody who may delete what is given, by the end of its path, and nothing else."""
    answers = {f"DELETE {path}": told for path, told in deletes.items()}
    return Maker(answers={**answers, "DELETE": (403, None), "GET": (200, {})})


DONE, REVOKED = (204, None), (401, None)


def test_what_its_maker_may_not_delete_another_deletes() -> None:
    first, second, operator = maker(), maker(**{"/users/leak": DONE}), maker(**{"/roles/leak": DONE})
    first.makes(USER, "leak")
    first.makes(ROLE, "leak")
    sweep([first, second], [], [operator], ())
    assert first.open == ()


def test_assignments_and_memberships_end_with_what_they_join() -> None:
    first, second = maker(**{"/users/u": DONE}), maker(**{"/groups/g": DONE})
    first.makes(USER, "u")
    second.makes(GROUP, "g")
    first.makes(MEMBERSHIP, "/groups/g/users/me")
    first.makes(GRANT, "/domains/b/users/u/roles/r")
    first.makes(GRANT, "/domains/b/users/before/roles/r")
    kept = first.makes(GRANT, "/domains/b/users/me/roles/r")
    sweep([first, second], [], [], {"before"})
    assert second.open == ()
    assert first.open == (kept,)


def test_what_a_user_made_goes_before_that_user_whose_token_stops_nothing() -> None:
    guest = maker(**{"/roles/leak": DONE})
    first = maker(**{"/users/u": DONE})
    guest.makes(ROLE, "leak")
    first.makes(USER, "u")
    sweep([first], [guest], [], ())
    assert (guest.open, first.open) == ((), ())
    silent = Maker(answers={"DELETE": (0, None)})
    silent.makes(ROLE, "leak")
    first = maker(**{"/users/u": DONE, "/roles/leak": DONE})
    first.makes(USER, "u")
    sweep([first], [silent], [], ())
    assert (silent.open, first.open) == ((), ())


def test_who_has_lost_its_token_signs_in_again() -> None:
    guest, first = maker(**{"/roles/leak": REVOKED}), maker(**{"/users/u": DONE})
    guest.makes(ROLE, "leak")
    first.makes(USER, "u")
    sweep([first], [guest], [], ())
    assert (guest.open, guest.signed_in, first.signed_in) == ((), 1, 0)


def test_a_service_that_gives_no_answer_is_left_to_the_cleanup() -> None:
    silent = Maker(answers={"DELETE": (0, None)})
    silent.makes(USER, "u")
    silent.makes(GROUP, "g")
    sweep([silent], [], [], ())
    assert len(silent.open) == 2
    assert silent.sent == ["DELETE /users/u"]
