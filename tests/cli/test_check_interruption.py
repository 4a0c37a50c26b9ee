# SPDX-License-Identifier: Apache-2.0
"""`sovran check` cut short: by Ctrl-C, by SIGTERM, by its time limit, by a reader of its output that goes away."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from typing import Any

import pytest

from sovran.cli.main import INTERRUPTED
from sovran.cloud.snapshots.snapshot import read
from sovran.conformance.judge import judge
from sovran.model.verdict import aggregate
from sovran.reports import json_report, terminal, write
from tests.cli.running import Command
from tests.cli.stub_cloud import FLAVORS, PATIENCE, RULES, TOKENS, StubCloud, leftovers

STOPPED = "interrupted before it could be read"


def report(cloud: StubCloud, number: int = 0) -> dict[str, Any]:
    """One report of the JSON file, which must be whole."""
    document: dict[str, Any] = json.loads((cloud.folder / "r.json").read_text(encoding="utf-8"))
    return dict(document["reports"][number])


def by_standard(one: dict[str, Any], standard: str) -> set[tuple[str, str]]:
    """Verdicts with reasons of the testcases of one standard."""
    return {
        (judgement["verdict"], judgement["reason"])
        for judgement in one["judgements"]
        if judgement["standard"] == standard and judgement["reading"] == "official"
    }


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
@pytest.mark.parametrize("path", ["/v3", TOKENS])
def test_while_identity_is_asked_everything_is_undecided(cloud: StubCloud, path: str, number: int) -> None:
    code, out, err = cloud.interrupted(path, "check", "-o", "r.json", "--standard", "0103", number=number)
    assert (code, err) == (3, "")
    assert "Interrupted: what was not read by then is undecided." in out
    assert report(cloud)["interrupted"]
    assert by_standard(report(cloud), "scs-0103") == {("ABORT", STOPPED)}
    assert report(cloud)["requests"] == len(cloud.requests)
    assert leftovers(cloud.folder, ["r.json"]) == set()


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_while_facts_are_read_what_was_known_is_reported(cloud: StubCloud, number: int) -> None:
    cloud.hang(RULES)
    process = cloud.start("check", "-o", "r.json")
    try:
        cloud.wait_for(RULES)
        cloud.wait_for(FLAVORS)
        time.sleep(0.5)  # the flavors' answer is under way
        process.send_signal(number)
        out, err = process.communicate(timeout=PATIENCE)
    finally:
        process.kill()
    assert (process.returncode, err) == (4, "")
    assert "Interrupted" in out
    assert by_standard(report(cloud), "scs-0115") == {("ABORT", STOPPED)}
    assert {verdict for verdict, _ in by_standard(report(cloud), "scs-0103")} == {"FAIL"}


def test_a_cloud_whose_turn_did_not_come_is_reported_as_undecided(cloud: StubCloud) -> None:
    cloud.entries["two"] = cloud.entries["stub"]
    code, out, _ = cloud.interrupted(TOKENS, "check", "-c", "stub", "-c", "two", "-o", "r.json", "--standard", "0103")
    assert code == 3
    assert out.count("Interrupted") == 2
    assert report(cloud, 1)["requests"] == 0
    assert by_standard(report(cloud, 1), "scs-0103") == {("ABORT", STOPPED)}


def test_a_signal_that_was_switched_off_stays_off(cloud: StubCloud) -> None:
    """As with nohup, and with jobs that a shell script starts in the background."""
    cloud.hang(RULES)
    process = cloud.start("check", "--timeout", "2", first="trap '' INT")
    cloud.wait_for(RULES)
    process.send_signal(signal.SIGINT)
    out, _ = process.communicate(timeout=PATIENCE)
    assert process.returncode == 4
    assert "Interrupted" not in out


def signal_ourselves(times: int = 1) -> None:
    for _ in range(times):
        os.kill(os.getpid(), signal.SIGINT)


def interrupt_at_the_fourth_claim(monkeypatch: pytest.MonkeyPatch) -> None:
    seen = 0

    def judging(*arguments: Any) -> Any:
        nonlocal seen
        seen += 1
        if seen == 4:
            signal_ourselves()
        return judge(*arguments)

    monkeypatch.setattr("sovran.conformance.run.judge", judging)


def test_while_judging_the_rest_is_undecided(
    sovran: Command, cloud: StubCloud, monkeypatch: pytest.MonkeyPatch
) -> None:
    interrupt_at_the_fourth_claim(monkeypatch)
    ended = sovran("check", "-o", "r.json", "--standard", "0103")
    assert ended.code == 4
    assert report(cloud)["interrupted"]
    found = [judgement["verdict"] for judgement in report(cloud)["judgements"][:6]]
    assert found == ["FAIL", "FAIL", "FAIL", "ABORT", "ABORT", "ABORT"]
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler


def test_what_was_read_and_not_judged_yet_is_in_the_snapshot(
    sovran: Command, cloud: StubCloud, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = sovran("check", "-o", "r.json", "--standard", "0103")
    before = [one["verdict"] for one in report(cloud)["judgements"]]
    interrupt_at_the_fourth_claim(monkeypatch)
    ended = sovran("check", "--standard", "0103", "--save-snapshot", "s")
    assert (ended.code, ended.err) == (4, "")
    assert "Interrupted" in ended.out
    again = sovran("check", "--snapshot", "s", "-o", "r.json")
    assert again.code == whole.code
    assert "Interrupted" not in again.out
    assert [one["verdict"] for one in report(cloud)["judgements"]] == before
    assert "ABORT" not in before
    assert sovran("snapshot", "verify", "s").code == 0
    # what the claims did not need was not asked any more
    later = sovran("check", "--snapshot", "s", "--standard", "0115", "-o", "r.json")
    assert "Interrupted" in later.out
    assert by_standard(report(cloud), "scs-0115") == {("ABORT", STOPPED)}


def test_while_only_the_snapshot_waits_the_verdicts_stand(cloud: StubCloud) -> None:
    code, out, err = cloud.interrupted(RULES, "check", "-o", "r.json", "--standard", "0103", "--save-snapshot", "s")
    assert (code, err) == (4, "")
    assert "Interrupted" not in out
    assert "ABORT" not in {verdict for verdict, _ in by_standard(report(cloud), "scs-0103")}
    assert leftovers(cloud.folder, ["r.json", "s"]) == set()
    late = read(cloud.folder / "s").snapshot.late
    assert late["DefaultRules"] == STOPPED
    assert "Flavors" not in late


def test_while_a_report_is_put_together_nothing_is_lost(
    sovran: Command, cloud: StubCloud, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen = 0

    def aggregating(*arguments: Any) -> Any:
        nonlocal seen
        seen += 1
        if seen == 1:
            signal_ourselves()
        return aggregate(*arguments)

    monkeypatch.setattr("sovran.conformance.run.aggregate", aggregating)
    assert sovran("check", "-o", "r.json", "--standard", "0103").code == 4
    assert report(cloud)["interrupted"]
    assert {verdict for verdict, _ in by_standard(report(cloud), "scs-0103")} == {"FAIL"}


@pytest.mark.parametrize("times", [1, 2])
@pytest.mark.parametrize("moment", ["render", "write", "show"])
def test_while_reports_are_written_one_is_too_late_and_two_end_at_once(
    sovran: Command, cloud: StubCloud, monkeypatch: pytest.MonkeyPatch, moment: str, times: int
) -> None:
    originals: dict[str, Callable[..., Any]]
    originals = {"render": json_report.render, "write": os.fsync, "show": terminal.render}

    def interrupted(*arguments: Any, **named: Any) -> Any:
        signal_ourselves(times)
        return originals[moment](*arguments, **named)

    if moment == "render":
        monkeypatch.setattr(json_report, "render", interrupted)
    elif moment == "write":
        monkeypatch.setattr(os, "fsync", interrupted)
    else:
        monkeypatch.setattr(terminal, "render", interrupted)
    ended = sovran("check", "-o", "r.json", "--standard", "0103")
    if times == 1:
        assert ended.code == 4
        assert "FAIL" in ended.out
        assert not report(cloud)["interrupted"]
        assert leftovers(cloud.folder, ["r.json"]) == set()
    else:
        assert (ended.code, ended.out) == (INTERRUPTED, "")
        assert leftovers(cloud.folder, ["r.json"] if moment == "show" else []) == set()


def test_before_anything_is_asked_there_is_nothing_to_report(
    sovran: Command, cloud: StubCloud, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(write, "_plan", lambda *_: signal_ourselves())
    ended = sovran("check", "-o", "r.json")
    assert (ended.code, ended.out, ended.err) == (INTERRUPTED, "", "sovran: interrupted\n")


@pytest.mark.parametrize("how", ["hang", "drip"])
@pytest.mark.parametrize("path", ["/v3", TOKENS, FLAVORS])
def test_the_time_limit_holds_wherever_the_cloud_is_slow(
    sovran: Command, cloud: StubCloud, path: str, how: str
) -> None:
    """The reason names what did not answer; all of it within the limit and what the process needs itself."""
    getattr(cloud, how)(path)
    start = time.monotonic()
    ended = sovran("check", "--timeout", "0.7", "-o", "r.json", "--standard", "0103")
    assert time.monotonic() - start < 0.7 + 2
    assert ended.code == 3
    ((verdict, reason),) = by_standard(report(cloud), "scs-0103")
    assert verdict == "ABORT"
    assert "time" in reason or "no answer within" in reason
    assert not report(cloud)["interrupted"]


def test_the_time_limit_is_for_both_identity_and_facts(sovran: Command, cloud: StubCloud) -> None:
    answer = cloud.token

    def late(handler: Any) -> None:
        time.sleep(0.6)
        handler.reply(201, {"token": answer}, {"X-Subject-Token": "t"})

    cloud.tokens(late)
    cloud.hang(FLAVORS)
    start = time.monotonic()
    assert sovran("check", "--timeout", "1", "--standard", "0103").code == 3
    assert time.monotonic() - start < 1 + 1.5


class TestOutput:
    """Streams that do not take what is printed."""

    def test_a_reader_that_goes_away_changes_neither_files_nor_verdict(self, cloud: StubCloud) -> None:
        process = cloud.start("check", "--no-probes", "-o", "r.json")
        assert process.stdout is not None
        process.stdout.close()
        process.stdout = None
        assert process.communicate(timeout=PATIENCE)[1] == ""
        assert process.returncode == 4
        assert report(cloud)["judgements"]

    def test_without_stdout_the_files_are_written(self, cloud: StubCloud) -> None:
        process = cloud.start("check", "--no-probes", "-o", "r.json", first="exec >&-")
        _, err = process.communicate(timeout=PATIENCE)
        assert (process.returncode, err) == (4, "")
        assert report(cloud)["judgements"]

    def test_a_full_disk_behind_stdout_is_one_sentence_and_the_files_are_written(self, cloud: StubCloud) -> None:
        process = cloud.start("check", "--no-probes", "-o", "r.json", first="exec >/dev/full")
        _, err = process.communicate(timeout=PATIENCE)
        assert process.returncode == 1
        assert err.startswith("sovran: the system refused: No space left on device")
        assert err.count("\n") == 1
        assert report(cloud)["judgements"]

    @pytest.mark.parametrize(
        "locale",
        [
            {"LC_ALL": "C"},
            {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"},
            {"PYTHONIOENCODING": "ascii"},
        ],
        ids=["C", "C without UTF-8", "ascii"],
    )
    def test_a_stream_that_cannot_show_a_character_shows_another(
        self, cloud: StubCloud, locale: dict[str, str]
    ) -> None:
        cloud.token["project"]["name"] = "Größe \N{PILE OF POO}"
        process = cloud.start("check", "--standard", "0103", "-o", "ä.json", **locale)
        out, err = process.communicate(timeout=PATIENCE)
        assert (process.returncode, err) == (4, "")
        assert "project Gr" in out
        assert json.loads((cloud.folder / "ä.json").read_text(encoding="utf-8"))["reports"]

    def test_a_pipe_as_output_can_be_left_with_two_signals(self, cloud: StubCloud) -> None:
        """Opening a pipe that nobody reads waits for ever."""
        os.mkfifo(cloud.folder / "pipe.json")
        process = cloud.start("check", "-o", "pipe.json")
        try:
            cloud.wait_for(RULES)
            time.sleep(1)
            process.send_signal(signal.SIGINT)
            with pytest.raises(subprocess.TimeoutExpired):
                process.wait(0.3)
            process.send_signal(signal.SIGINT)
            assert process.wait(PATIENCE) == INTERRUPTED
        finally:
            process.kill()
            process.communicate()


def test_another_command_leaves_quietly_when_its_reader_goes(cloud: StubCloud) -> None:
    command = f"{sys.executable} -m sovran scope show scs-iaas@v5.1 | true; echo ${{PIPESTATUS[0]}}"
    ended = subprocess.run(["bash", "-c", command], capture_output=True, text=True, timeout=PATIENCE, check=True)
    assert (ended.stdout.strip(), ended.stderr) in {("141", ""), ("0", "")}
