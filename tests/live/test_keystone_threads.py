# SPDX-License-Identifier: Apache-2.0
"""The lab's Keystone keeps requests apart that it serves at the same time, as one with a process for each would."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.live.live_lab import LiveLab

pytestmark = pytest.mark.live

THREADS, REQUESTS = 8, 40


def test_no_request_is_judged_by_the_token_of_another(lab: LiveLab) -> None:
    def seen(number: int) -> set[str]:
        name = f"lab-domain-{'ab'[number % 2]}"
        with lab.sign_in(name) as session:
            users = [session.call("identity", "GET", "/users")["users"] for _ in range(REQUESTS)]
            own = session.token["domain"]["id"]
        return {user["domain_id"] for several in users for user in several} - {own} | {
            "nobody" for several in users if not several
        }

    with ThreadPoolExecutor(THREADS) as pool:
        assert set().union(*pool.map(seen, range(THREADS))) == set()
