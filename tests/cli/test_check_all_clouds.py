# SPDX-License-Identifier: Apache-2.0
"""`sovran check --all-clouds`: every entry of clouds.yaml in one matrix; a broken one loses none of the others."""

import datetime
import json
import signal

import pytest

from tests.cli.running import Command
from tests.cli.stub_cloud import FLAVORS, PATIENCE, TOKENS, StubCloud


def rows(out: str) -> dict[str, list[str]]:
    """First word of each line of the matrix to the rest of its words."""
    table = out.partition("\n\n")[0].splitlines()[2:]
    return {line.split()[0]: line.split()[1:] for line in table}


def several(cloud: StubCloud) -> None:
    """Beside the stub: one that nobody answers, one with an unusable entry."""
    cloud.entries["dead"] = {"auth": {**cloud.auth, "auth_url": "http://127.0.0.1:1/v3"}}
    cloud.entries["odd"] = {"auth": cloud.auth, "auth_type": "no-such-plugin"}
    cloud.write_config()


def test_each_cloud_has_a_row_and_the_broken_ones_say_why(sovran: Command, cloud: StubCloud) -> None:
    several(cloud)
    ended = sovran("check", "--all-clouds", "--standard", "0103", "-o", "r.json")
    assert (ended.code, ended.err) == (4, "")
    found = rows(ended.out)
    assert list(found) == ["dead", "odd", "stub"]
    assert found["stub"][:2] == ["NOT", "CONFORMANT"]
    assert (found["dead"][0], found["odd"][0]) == ("UNDECIDED", "UNDECIDED")
    assert "stub fails scs-0103-" in ended.out
    words = " ".join(ended.out.split())
    assert "dead: not judged: Cloud 'dead': the identity service at http://127.0.0.1:1/v3 refuses" in words
    assert "odd: not judged: cloud 'odd'" in words
    assert "3 clouds: 1 not conformant, 2 not judged" in ended.out
    document = json.loads((cloud.folder / "r.json").read_text(encoding="utf-8"))
    assert [one["cloud"]["name"] for one in document["reports"]] == ["dead", "odd", "stub"]


@pytest.mark.parametrize("status", [401, 403, 500])
def test_refused_credentials_are_a_row(sovran: Command, cloud: StubCloud, status: int) -> None:
    cloud.answers["POST", TOKENS] = lambda handler: handler.reply(status, {"error": {"message": "no"}})
    ended = sovran("check", "--all-clouds", "--standard", "0103")
    assert (ended.code, ended.err) == (3, "")
    assert "stub: not judged: Cloud 'stub'" in ended.out


def test_an_admin_is_a_row_unless_allowed(sovran: Command, cloud: StubCloud) -> None:
    cloud.token["roles"] = [{"id": "a", "name": "admin"}]
    refused = sovran("check", "--all-clouds", "--standard", "0103")
    assert refused.code == 3
    assert "an admin sees what tenants do not" in " ".join(refused.out.split())
    assert sovran("check", "--all-clouds", "--standard", "0103", "--allow-admin").code == 4


def test_json_holds_a_report_of_each(sovran: Command, cloud: StubCloud) -> None:
    several(cloud)
    ended = sovran("check", "--all-clouds", "--standard", "0103", "--json")
    reports = json.loads(ended.out)["reports"]
    reasons = {one["judgements"][0]["verdict"]: one["cloud"]["name"] for one in reports}
    assert reasons == {"FAIL": "stub", "ABORT": "odd"}


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (("--os-cloud", "stub"), "leave out `--os-cloud`"),
        (("--snapshot", "x"), "leave out `--all-clouds`"),
        (("--subject", "x"), "leave out `--subject`"),
    ],
)
def test_contradictions_are_refused_before_anything_is_asked(
    sovran: Command, cloud: StubCloud, words: tuple[str, ...], sentence: str
) -> None:
    ended = sovran("check", "--all-clouds", *words)
    assert (ended.code, ended.out) == (2, "")
    assert sentence in ended.err
    assert cloud.requests == []


def test_without_any_cloud_that_is_said(sovran: Command, cloud: StubCloud) -> None:
    cloud.entries.clear()
    cloud.write_config()
    ended = sovran("check", "--all-clouds")
    assert (ended.code, ended.out) == (2, "")
    assert "defines no clouds" in ended.err


def test_each_recording_is_written(sovran: Command, cloud: StubCloud) -> None:
    several(cloud)
    sovran("check", "--all-clouds", "--standard", "0103", "--save-snapshot", "{cloud}.snapshot")
    assert {path.name for path in cloud.folder.glob("*.snapshot")} == {f"{n}.snapshot" for n in ("stub", "dead", "odd")}
    replayed = sovran("check", "--snapshot", "stub.snapshot", "--snapshot", "odd.snapshot")
    assert replayed.code == 4


def test_ctrl_c_reaches_every_cloud_and_all_have_their_rows(cloud: StubCloud) -> None:
    """Ten clouds, of which eight are asked at once; none of the ten answers."""
    cloud.entries |= {f"c{number}": cloud.entries["stub"] for number in range(9)}
    cloud.hang(FLAVORS)
    process = cloud.start("check", "--all-clouds", "--standard", "0103", "-o", "r.json")
    try:
        cloud.wait_for(FLAVORS)
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=PATIENCE)
    finally:
        process.kill()
    assert (process.returncode, err) == (3, "")
    assert len(rows(out)) == 10
    document = json.loads((cloud.folder / "r.json").read_text(encoding="utf-8"))
    assert all(one["interrupted"] for one in document["reports"])


def test_clouds_are_asked_at_the_same_time(cloud: StubCloud, sovran: Command) -> None:
    """Neither answers, so that one after the other would take two limits of time."""
    cloud.entries["two"] = cloud.entries["stub"]
    cloud.write_config()
    cloud.hang(FLAVORS)
    sovran("check", "--all-clouds", "--standard", "0103", "--timeout", "1", "-o", "r.json")
    document = json.loads((cloud.folder / "r.json").read_text(encoding="utf-8"))
    first, second = (datetime.datetime.fromisoformat(one["checked_at"]) for one in document["reports"])
    assert abs((second - first).total_seconds()) < 1
    assert sum(path == FLAVORS for _, path, _, _ in cloud.requests) == 2
