# SPDX-License-Identifier: Apache-2.0
"""Fetching: each fact once, side by side, within one limit of time, whatever a provider does."""

import signal
import threading
import time
from collections.abc import Callable, Iterator

import pytest

from sovran.cloud import facts as registered
from sovran.cloud.fetch import INTERRUPTED, fetch, unread
from sovran.cloud.outcome import Ok, Outcome, Unreachable
from sovran.cloud.recording import Reader
from tests.cloud.scripted_reader import ScriptedReader

Provider = Callable[[Reader], Outcome[object]]


class First:
    """A fact."""


class Second:
    """Another fact."""


class Third:
    """A third fact."""


@pytest.fixture
def released() -> Iterator[threading.Event]:
    """Set at the end of the test, so that no provider hangs on."""
    event = threading.Event()
    yield event
    event.set()


@pytest.fixture
def providers(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Register providers for the three facts, in order."""

    def register(*functions: Provider) -> None:
        for fact, function in zip((First, Second, Third), functions, strict=False):
            monkeypatch.setitem(registered.PROVIDERS, fact, function)

    return register


def test_each_fact_is_read_once(providers: Callable[..., None]) -> None:
    asked: list[str] = []

    def provider(reader: Reader) -> Outcome[object]:
        asked.append(threading.current_thread().name)
        return Ok(len(asked))

    providers(provider, provider)
    facts = fetch(ScriptedReader(), [First, Second, First], concurrency=2, seconds=5)
    assert sorted(asked) == ["read First", "read Second"]
    assert set(facts.outcomes) == {First, Second}
    assert not facts.interrupted


def test_what_grows_with_the_cloud_is_asked_for_first(
    providers: Callable[..., None], monkeypatch: pytest.MonkeyPatch
) -> None:
    begun: list[str] = []
    start = threading.Thread.start

    def started(thread: threading.Thread) -> None:
        begun.append(thread.name)
        start(thread)

    for fact in registered.GROWING:
        monkeypatch.setitem(registered.PROVIDERS, fact, lambda reader: Ok(None))
    providers(lambda reader: Ok(None))
    monkeypatch.setattr(threading.Thread, "start", started)
    wanted = [First, *reversed(registered.GROWING)]
    facts = fetch(ScriptedReader(), wanted, concurrency=1, seconds=5)
    assert begun == [f"read {fact.__name__}" for fact in (*registered.GROWING, First)]
    assert list(facts.outcomes) == wanted


def test_nothing_wanted_is_read_at_once() -> None:
    assert fetch(ScriptedReader(), [], concurrency=1, seconds=5).outcomes == {}


def test_facts_are_read_side_by_side_and_not_more_than_asked_for(providers: Callable[..., None]) -> None:
    lock, running, most = threading.Lock(), 0, 0

    def provider(reader: Reader) -> Outcome[object]:
        nonlocal running, most
        with lock:
            running += 1
            most = max(most, running)
        time.sleep(0.05)
        with lock:
            running -= 1
        return Ok(None)

    providers(provider, provider, provider)
    fetch(ScriptedReader(), [First, Second, Third], concurrency=2, seconds=5)
    assert most == 2


def test_a_provider_that_hangs_costs_its_own_fact_only(
    providers: Callable[..., None], released: threading.Event
) -> None:
    def hangs(reader: Reader) -> Outcome[object]:
        released.wait(20)
        return Ok("late")

    providers(hangs, lambda reader: Ok("in time"))
    start = time.monotonic()
    facts = fetch(ScriptedReader(), [First, Second], concurrency=2, seconds=0.3)
    assert time.monotonic() - start < 2
    assert facts.outcomes[Second] == Ok("in time")
    assert facts.outcomes[First] == Unreachable("no answer within the 0.3 s that were left")
    released.set()
    assert facts.outcomes[First] != Ok("late")


@pytest.mark.parametrize("seconds", [0, -3])
def test_without_time_left_nothing_is_waited_for(
    providers: Callable[..., None], released: threading.Event, seconds: float
) -> None:
    def hangs(reader: Reader) -> Outcome[object]:
        released.wait(20)
        return Ok("late")

    providers(hangs)
    facts = fetch(ScriptedReader(), [First], concurrency=1, seconds=seconds)
    assert facts.outcomes[First] == Unreachable("no answer within the 0 s that were left")


def test_a_provider_that_fails_itself_is_unreachable(providers: Callable[..., None]) -> None:
    def fails(reader: Reader) -> Outcome[object]:
        raise KeyError("x")

    providers(fails, lambda reader: Ok(1))
    facts = fetch(ScriptedReader(), [First, Second], concurrency=1, seconds=5)
    assert facts.outcomes[First] == Unreachable("reading First failed: KeyError: 'x'")
    assert facts.outcomes[Second] == Ok(1)


def test_ctrl_c_keeps_what_has_arrived(providers: Callable[..., None], released: threading.Event) -> None:
    def hangs(reader: Reader) -> Outcome[object]:
        time.sleep(0.2)
        # what Ctrl-C at the terminal does
        signal.pthread_kill(threading.main_thread().ident or 0, signal.SIGINT)
        released.wait(20)
        return Ok("late")

    providers(lambda reader: Ok("in time"), hangs)
    facts = fetch(ScriptedReader(), [First, Second], concurrency=2, seconds=20)
    assert facts.interrupted
    assert facts.outcomes == {First: Ok("in time"), Second: Unreachable(INTERRUPTED)}


def test_unread_facts_share_one_reason() -> None:
    facts = unread([First, Second], "no identity service")
    assert set(facts.outcomes.values()) == {Unreachable("no identity service")}
    assert not facts.interrupted
