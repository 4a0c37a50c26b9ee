# SPDX-License-Identifier: Apache-2.0
"""`sovran diff` on reports, snapshots and a cloud on loopback: what changed, what caused it, and the exit code."""

import json
from pathlib import Path

import pytest

from tests.cli.running import Command
from tests.cli.stub_cloud import FLAVORS, StubCloud, flavor

SPECS = {"scs:cpu-type": "shared-core", "scs:name-v1": "SCS-1V:4", "scs:name-v2": "SCS-1V-4"}
GOOD = flavor("SCS-1V-4", ram=4096, extra_specs=SPECS)
BAD = flavor("SCS-1V-4", ram=2048, extra_specs=SPECS)
CLAIM = "scs-0103-flavor-1v-4"


def report(sovran: Command, cloud: StubCloud, name: str, *flavors: object, words: tuple[str, ...] = ()) -> str:
    """The path of a JSON report on the cloud with these flavors."""
    cloud.listing(FLAVORS, {"flavors": flavors})
    assert sovran("check", *(words or ("--standard", "0103")), "-o", name).code in {0, 3, 4}
    return name


def test_what_got_worse_is_told_with_the_resource(sovran: Command, cloud: StubCloud) -> None:
    words = ("--testcase", CLAIM)
    before = report(sovran, cloud, "a.json", GOOD, words=words)
    ended = sovran("diff", before, report(sovran, cloud, "b.json", BAD, words=words))
    assert (ended.code, ended.err) == (4, "")
    assert ended.out.startswith("a.json -> b.json\nstub, ")
    worse = ended.out.partition("Worse\n")[2]
    assert worse.startswith(f"PASS -> FAIL  {CLAIM} (MUST)\n")
    assert "+ flavor SCS-1V-4" in worse


def test_backwards_it_is_better(sovran: Command, cloud: StubCloud) -> None:
    words = ("--testcase", CLAIM)
    before = report(sovran, cloud, "a.json", BAD, words=words)
    ended = sovran("diff", before, report(sovran, cloud, "b.json", GOOD, words=words))
    assert ended.code == 0
    assert f"FAIL -> PASS  {CLAIM} (MUST)" in ended.out.partition("Better\n")[2]
    assert "- flavor SCS-1V-4" in ended.out


def test_the_same_is_the_same(sovran: Command, cloud: StubCloud) -> None:
    before, after = report(sovran, cloud, "a.json", BAD), report(sovran, cloud, "b.json", BAD)
    ended = sovran("diff", before, after)
    assert ended.code == 0
    assert "claims the same" in ended.out
    assert "Worse" not in ended.out


def test_what_cannot_be_decided_any_more_is_3(sovran: Command, cloud: StubCloud) -> None:
    before = report(sovran, cloud, "a.json", GOOD)
    cloud.answers["GET", FLAVORS] = lambda handler: handler.reply(503, {})
    ended = sovran("diff", before, "cloud:stub")
    assert ended.code == 3
    assert f"PASS -> ABORT  {CLAIM} (MUST)" in ended.out
    assert "503" in ended.out.partition(CLAIM)[2]


def test_a_cloud_is_asked_what_the_report_asked(sovran: Command, cloud: StubCloud) -> None:
    before = report(sovran, cloud, "a.json", GOOD, words=("--testcase", f"{CLAIM}*", "--testcase", "0103-07"))
    cloud.listing(FLAVORS, {"flavors": [BAD]})
    shown = json.loads(sovran("diff", before, "cloud:", "--json").out)
    assert (shown["format"], shown["version"], shown["exit_code"]) == ("sovran-difference", 1, 4)
    (compared,) = shown["clouds"]
    changed = {change["claim"]: (change["before"], change["after"]) for change in compared["changes"]}
    assert changed[CLAIM] == ("PASS", "FAIL")
    assert None not in {verdict for pair in changed.values() for verdict in pair}
    assert "claims asked for" not in {condition["name"] for condition in compared["conditions"]}
    assert shown["counts"]["worse"] >= 1
    assert next(change for change in compared["changes"] if change["claim"] == CLAIM)["appeared"][0]["resource"] == {
        "kind": "flavor", "name": "SCS-1V-4", "id": "SCS-1V-4",
    }  # fmt: skip


def test_of_a_report_on_several_clouds_the_one_on_this_cloud_is_compared(sovran: Command, cloud: StubCloud) -> None:
    cloud.entries["two"] = cloud.entries["stub"]
    cloud.write_config()
    before = report(sovran, cloud, "a.json", GOOD, words=("-c", "stub", "-c", "two", "--standard", "0103"))
    ended = sovran("diff", before, "cloud:two")
    assert ended.code == 0
    assert "Only in" not in ended.out
    alone = sovran("diff", before, report(sovran, cloud, "b.json", GOOD))
    assert alone.code == 3
    assert "Only in a.json: two, " in alone.out


def test_a_snapshot_is_judged_by_what_the_other_side_was_asked(sovran: Command, cloud: StubCloud) -> None:
    cloud.listing(FLAVORS, {"flavors": [GOOD]})
    assert sovran("check", "--standard", "0103", "--save-snapshot", "a.snapshot", "-o", "a.json").code in {0, 4}
    same = sovran("diff", "a.json", "a.snapshot")
    assert same.code == 0
    assert "claims the same" in same.out
    cloud.listing(FLAVORS, {"flavors": [BAD]})
    asked = len(cloud.requests)
    worse = sovran("diff", "a.snapshot", "cloud:stub")
    assert worse.code == 4
    assert len(cloud.requests) > asked
    assert "claims asked for" not in worse.out


def test_of_recordings_the_requests_are_compared(sovran: Command, cloud: StubCloud) -> None:
    for standard, name in (("0103", "a.snapshot"), ("0115", "b.snapshot")):
        assert sovran("check", "--standard", standard, "--save-snapshot", name).code in {0, 3, 4}
    (compared,) = json.loads(sovran("diff", "a.snapshot", "b.snapshot", "--json").out)["clouds"]
    (requests,) = [one for one in compared["conditions"] if one["name"] == "requests only there"]
    assert "compute /flavors/detail" in requests["before"]
    assert "network /default-security-group-rules" in requests["after"]


def test_two_clouds_are_compared_by_the_scope(sovran: Command, cloud: StubCloud) -> None:
    ended = sovran("diff", "cloud:stub", "cloud:stub", "--scope", "scs-iaas@next", "--json")
    assert ended.code == 0
    (compared,) = json.loads(ended.out)["clouds"]
    assert compared["same"] > 100


WRONG = {
    "a file that is not there": (["no.json", "no.json"], "Cannot read the report no.json"),
    "a file that is no report": (["clouds.yaml", "clouds.yaml"], "clouds.yaml is not a sovran report"),
    "a cloud that is not there": (["cloud:stbu", "cloud:stub"], "did you mean 'stub'"),
    "one side": (["cloud:stub"], "Missing"),
    "an unknown scope": (["cloud:stub", "cloud:stub", "-s", "scs-ias"], "did you mean `scs-iaas`"),
    "a hostile name": (["\x1b[31m", "cloud:stub"], "Cannot read the report \\x1b[31m"),
}


@pytest.mark.parametrize(("words", "said"), WRONG.values(), ids=WRONG)
def test_a_wrong_question_is_one_sentence(sovran: Command, cloud: StubCloud, words: list[str], said: str) -> None:
    ended = sovran("diff", *words)
    assert (ended.code, ended.out) == (2, "")
    assert said in ended.err
    assert ended.err.count("\n") == 1


def test_a_report_that_asked_nothing_known_needs_a_scope(sovran: Command, cloud: StubCloud, tmp_path: Path) -> None:
    path = tmp_path / report(sovran, cloud, "a.json", GOOD)
    document = json.loads(path.read_text(encoding="utf-8"))
    document["reports"][0]["judgements"] = []
    path.write_text(json.dumps(document), encoding="utf-8")
    ended = sovran("diff", "a.json", "cloud:stub")
    assert ended.code == 2
    assert "`--scope`" in ended.err
