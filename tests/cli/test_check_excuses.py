# SPDX-License-Identifier: Apache-2.0
"""`sovran check` with a baseline, waivers and targets: what counts for the exit code, what is shown."""

import json
from pathlib import Path

import pytest
import yaml

from tests.cli.running import Command
from tests.cli.stub_cloud import FLAVORS, StubCloud, flavor, leftovers

SPECS = {"scs:cpu-type": "shared-core", "scs:name-v1": "SCS-1V:4", "scs:name-v2": "SCS-1V-4"}
BAD = flavor("SCS-1V-4", ram=2048, extra_specs=SPECS)
CLAIM = "scs-0103-flavor-1v-4"
NARROW = ("--testcase", CLAIM)


def bad_names(*names: str) -> dict[str, object]:
    return {"flavors": [flavor(name) for name in names]}


def waivers(cloud: StubCloud, **changes: str) -> str:
    """The path of a file with one waiver for CLAIM."""
    one = {"id": CLAIM, "reason": "new hosts in spring", "owner": "Ada", "until": "2999-12-31", **changes}
    (cloud.folder / "waivers.yaml").write_text(yaml.safe_dump([one]), encoding="utf-8")
    return "waivers.yaml"


class TestBaseline:
    """`--baseline FILE.json --fail-on new|any`."""

    SYNTAX = ("--testcase", "scs-0100-syntax-check")

    def test_what_is_known_does_not_count_and_what_is_new_does(self, sovran: Command, cloud: StubCloud) -> None:
        cloud.listing(FLAVORS, bad_names("SCS-1X-4"))
        assert sovran("check", *self.SYNTAX, "-o", "a.json").code == 4
        known = sovran("check", *self.SYNTAX, "--baseline", "a.json", "--fail-on", "new", "-o", "b.json")
        assert known.code == 0
        assert "scs-iaas@v5.1 main: NOT CONFORMANT" in known.out
        assert "scs-0100-syntax-check (known)" in known.out
        assert "0 of 1 finding new" in known.out
        cloud.listing(FLAVORS, bad_names("SCS-1X-4", "SCS-2X-8"))
        assert sovran("check", *self.SYNTAX, "--baseline", "a.json", "--fail-on", "new").code == 4
        # the report of a run that had a baseline can be the next one
        assert sovran("check", *self.SYNTAX, "--baseline", "b.json", "--fail-on", "new").code == 4

    def test_without_fail_on_everything_counts(self, sovran: Command, cloud: StubCloud) -> None:
        cloud.listing(FLAVORS, bad_names("SCS-1X-4"))
        sovran("check", *self.SYNTAX, "-o", "a.json")
        ended = sovran("check", *self.SYNTAX, "--baseline", "a.json")
        assert ended.code == 4
        assert "(known)" in ended.out

    @pytest.mark.parametrize(
        ("words", "said"),
        [
            (["--fail-on", "new"], "needs `--baseline FILE.json`"),
            (["--baseline", "no.json"], "Cannot read the report no.json"),
            (["--baseline", "clouds.yaml"], "is not a sovran report"),
            (["--fail-on", "old", "--baseline", "a.json"], "'old' is not one of 'any', 'new'"),
        ],
    )
    def test_a_wrong_question_is_told_before_anything_is_asked(
        self, sovran: Command, cloud: StubCloud, words: list[str], said: str
    ) -> None:
        ended = sovran("check", *words)
        assert (ended.code, ended.out) == (2, "")
        assert said in ended.err
        assert ended.err.count("\n") == 1
        assert cloud.requests == []


class TestWaivers:
    """`--waivers FILE.yaml`."""

    def test_a_waived_failure_is_shown_and_does_not_count(self, sovran: Command, cloud: StubCloud) -> None:
        cloud.listing(FLAVORS, {"flavors": [BAD]})
        plain = sovran("check", *NARROW, "-o", "plain.yaml")
        ended = sovran("check", *NARROW, "--waivers", waivers(cloud), "-o", "r.yaml", "-o", "r.json", "-o", "r.xml")
        assert (plain.code, ended.code, ended.err) == (4, 0, "")
        assert "FAIL" in ended.out
        assert "waived until 2999-12-31 by Ada: new hosts in spring" in " ".join(ended.out.split())
        for name in ("plain.yaml", "r.yaml"):
            (run,) = yaml.safe_load((cloud.folder / name).read_text(encoding="utf-8"))["run"]["invocations"].values()
            assert run["results"] == {CLAIM: -1}
        (judgement,) = json.loads((cloud.folder / "r.json").read_text(encoding="utf-8"))["reports"][0]["judgements"]
        assert judgement["verdict"] == "FAIL"
        assert "<skipped message=" in (cloud.folder / "r.xml").read_text(encoding="utf-8")

    def test_an_expired_waiver_fails_loudly(self, sovran: Command, cloud: StubCloud) -> None:
        cloud.listing(FLAVORS, {"flavors": [BAD]})
        ended = sovran("check", *NARROW, "--waivers", waivers(cloud, until="2026-01-31"))
        assert ended.code == 4
        assert f"Note: the waiver for {CLAIM} on * by Ada (waivers.yaml, line 1) expired on 2026-01-31" in " ".join(
            ended.out.split()
        )

    def test_a_waiver_that_matches_nothing_is_told(self, sovran: Command, cloud: StubCloud) -> None:
        cloud.listing(FLAVORS, {"flavors": [BAD]})
        ended = sovran("check", *NARROW, "--waivers", waivers(cloud, resource="SCS-1V-5"))
        assert ended.code == 4
        assert "matches no finding of this run" in " ".join(ended.out.split())

    @pytest.mark.parametrize(
        ("text", "said"),
        [
            (
                "- {id: scs-0103-flavor-1v4, reason: r, owner: o, until: 2999-01-01}",
                "matches no requirement or testcase",
            ),
            ("- {id: 0103-01, reason: r, owner: o}", "a waiver needs the key `until`"),
            ("- [}", "line 1, column 4"),
        ],
    )
    def test_a_wrong_file_is_told_with_its_line_before_anything_is_asked(
        self, sovran: Command, cloud: StubCloud, text: str, said: str
    ) -> None:
        (cloud.folder / "w.yaml").write_text(text, encoding="utf-8")
        ended = sovran("check", "--waivers", "w.yaml")
        assert (ended.code, ended.out) == (2, "")
        assert ended.err.startswith("sovran: w.yaml, line 1")
        assert said in ended.err
        assert ended.err.count("\n") == 1
        assert cloud.requests == []
        assert leftovers(cloud.folder, ["w.yaml"]) == set()

    def test_a_replay_takes_both(self, sovran: Command, cloud: StubCloud) -> None:
        cloud.listing(FLAVORS, {"flavors": [BAD]})
        sovran("check", *NARROW, "-o", "a.json", "--save-snapshot", "s.snapshot")
        assert sovran("check", "--snapshot", "s.snapshot", "--waivers", waivers(cloud)).code == 0
        assert sovran("check", "--snapshot", "s.snapshot", "--baseline", "a.json", "--fail-on", "new").code == 0
        assert sovran("check", "--snapshot", "s.snapshot").code == 4


class TestTargets:
    """`--target main|recommended|preview|all`."""

    def judged(self, path: Path) -> dict[str, str]:
        judgements = json.loads(path.read_text(encoding="utf-8"))["reports"][0]["judgements"]
        return {one["claim"]: one["target"] for one in judgements}

    def test_the_targets_asked_for_decide_where_main_is_not_asked(self, sovran: Command, cloud: StubCloud) -> None:
        ended = sovran("check", "--target", "recommended", "--standard", "0103", "-o", "r.json")
        assert ended.code == 4
        found = self.judged(cloud.folder / "r.json")
        assert set(found.values()) == {"recommended"}
        assert len(found) == 16

    def test_main_decides_where_it_is_asked(self, sovran: Command, cloud: StubCloud) -> None:
        cloud.listing(FLAVORS, {"flavors": [flavor("SCS-1V-4", ram=4096, extra_specs=SPECS)]})
        words = ("--target", "main", "--target", "recommended", "--testcase", f"{CLAIM}*", "-o", "r.json")
        ended = sovran("check", *words)
        assert self.judged(cloud.folder / "r.json") == {CLAIM: "main", f"{CLAIM}-10": "recommended"}
        assert ended.code == 0
        assert "scs-iaas@v5.1 recommended: FAIL" in ended.out

    def test_an_unknown_target_is_one_sentence(self, sovran: Command, cloud: StubCloud) -> None:
        ended = sovran("check", "--target", "recomended")
        assert (ended.code, ended.out) == (2, "")
        assert "did you mean `recommended`" in ended.err
        assert ended.err.count("\n") == 1


def test_what_a_workload_needs_knows_nothing_new(sovran: Command, cloud: StubCloud) -> None:
    ended = sovran("check", "--profile", "needs.yaml", "--fail-on", "new")
    assert (ended.code, ended.out) == (2, "")
    assert "leave out `--fail-on`" in ended.err
    assert cloud.requests == []
