# SPDX-License-Identifier: Apache-2.0
"""`sovran check` from the words on the command line to exit code, screen and files."""

import json
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
import yaml

from tests.cli.running import Command
from tests.cli.stub_cloud import FLAVORS, StubCloud, flavor, leftovers

OUTPUTS = ("r.json", "r.yaml", "r.xml", "r.md")


def verdicts(path: Path, number: int = 0) -> dict[str, str]:
    """Claim to verdict, of one report in a JSON file."""
    judgements = json.loads(path.read_text(encoding="utf-8"))["reports"][number]["judgements"]
    return {one["claim"]: one["verdict"] for one in judgements}


def test_a_cloud_is_judged_and_written_in_every_format(sovran: Command, cloud: StubCloud) -> None:
    ended = sovran("check", *(word for name in OUTPUTS for word in ("-o", name)))
    assert ended.code == 4
    assert "NOT CONFORMANT" in ended.out
    # the stub has an object store
    first, second = ended.err.splitlines()
    assert first == "probes make for a short time, in cloud stub, region R1, project p:"
    assert second.split()[0] == "object-storage"
    assert leftovers(cloud.folder, OUTPUTS) == set()
    assert verdicts(cloud.folder / "r.json")["scs-0103-flavor-1v-4"] == "FAIL"
    assert yaml.safe_load((cloud.folder / "r.yaml").read_text(encoding="utf-8"))["subject"] == "stub"
    assert ET.parse(cloud.folder / "r.xml").getroot().tag == "testsuites"  # noqa: S314 - our own file
    assert "stub" in (cloud.folder / "r.md").read_text(encoding="utf-8")


def test_exit_code_0_when_what_was_asked_for_passes(sovran: Command, cloud: StubCloud) -> None:
    specs = {"scs:cpu-type": "shared-core", "scs:name-v1": "SCS-1V:4", "scs:name-v2": "SCS-1V-4"}
    cloud.listing(FLAVORS, {"flavors": [flavor("SCS-1V-4", ram=4096, extra_specs=specs)]})
    ended = sovran("check", "--testcase", "scs-0103-flavor-1v-4")
    assert (ended.code, ended.err) == (0, "")


def test_recommendations_alone_are_answered_as_the_exit_code_has_it(sovran: Command, cloud: StubCloud) -> None:
    ended = sovran("check", "-t", "0115-01")
    assert ended.code == 4
    assert "scs-0115 by the text: FAIL: 1 of 1 selected fail" in ended.out


@pytest.mark.parametrize(
    ("words", "answer", "note"),
    [
        (("--standard", "0126"), "\nscs-0126 by the text: ", "scs-0126-v1 is not part of scs-iaas@v5.1"),
        (("--target", "recommended"), "\nscs-iaas@v5.1 recommended: ", "None of these testcases decides about scs-ia"),
    ],
)
def test_what_says_nothing_about_the_scope_version_is_not_called_its_answer(
    sovran: Command, cloud: StubCloud, words: tuple[str, ...], answer: str, note: str
) -> None:
    ended = sovran("check", "-s", "scs-iaas@v5.1", *words, "-o", "r.md", "-o", "r.html")
    assert answer in ended.out
    assert "scs-iaas@v5.1 by the text" not in ended.out
    assert note in " ".join(ended.out.split())
    assert "CONFORMANT" not in ended.out
    for name in ("r.md", "r.html"):
        assert note[:20] in (cloud.folder / name).read_text(encoding="utf-8"), name


def test_exit_code_3_when_nothing_fails_and_something_is_undecided(sovran: Command, cloud: StubCloud) -> None:
    cloud.answers["GET", FLAVORS] = lambda handler: handler.reply(503, {})
    ended = sovran("check", "--standard", "0103", "-o", "r.json")
    assert ended.code == 3
    assert set(verdicts(cloud.folder / "r.json").values()) == {"ABORT"}


def test_a_catalog_without_identity_is_judged_with_a_note(sovran: Command, cloud: StubCloud) -> None:
    cloud.token["catalog"] = cloud.token["catalog"][1:]
    ended = sovran("check", "--standard", "0123", "-o", "r.json")
    assert ended.code == 4
    assert "identity" in json.loads((cloud.folder / "r.json").read_text())["reports"][0]["notes"][0]
    assert verdicts(cloud.folder / "r.json")["scs-0123-service-identity"] == "FAIL"


REFUSED = {
    "the name of no cloud": (["-c", "stbu"], "did you mean 'stub'"),
    "an unknown scope": (["-s", "scs-ias"], "did you mean `scs-iaas`"),
    "an unknown version": (["-s", "scs-iaas@v51"], "did you mean `v5.1`"),
    "a version without name": (["-s", "scs-iaas@"], "has no version"),
    "an unknown standard": (["--standard", "scs-0130"], "or `scs-0123`"),
    "a testcase that is near": (["-t", "scs-0103-flavor-1v4"], "did you mean `scs-0103-flavor-1v-4`"),
    "a glob that matches nothing": (["-t", "nothing*"], "`sovran scope show scs-iaas@v5.1` lists its ids"),
    "a standard for a testcase": (["-t", "0103"], "`--standard 0103` selects a standard"),
    "an empty glob": (["-t", ""], "nothing in scs-iaas@v5.1 matches ''"),
    "a standard outside the globs": (["--standard", "0115", "-t", "scs-0103-*"], "nothing to judge in scs-0115"),
    "a suffix without format": (["-o", "r.txt"], "does not tell its format"),
    "no suffix": (["-o", "report"], "does not tell its format"),
    "a folder that is not there": (["-o", "no/r.json"], "has no folder to go to"),
    "a file for a folder": (["-o", "clouds.yaml/r.json"], "has no folder to go to"),
    "one name twice": (["-o", "r.json", "-o", "./r.json"], "are the same file"),
    "one name in two cases": (["-o", "r.json", "-o", "R.JSON"], "are the same file"),
    "a name that is too long": (["-o", "x" * 300 + ".json"], "File name too long"),
    "a name with a zero": (["-o", "x\0.json"], "cannot be written"),
    "one subject for two clouds": (["-c", "stub", "-c", "two", "--subject", "s"], "cannot stand for 2 clouds"),
    "no number": (["--timeout", "soon"], "'soon' is not a number of seconds from 0.1 to 86400"),
    "not a number": (["--timeout", "nan"], "'nan' is not a number of seconds"),
    "an endless time": (["--timeout", "inf"], "'inf' is not a number of seconds"),
    "a negative time": (["--timeout=-1"], "'-1' is not a number of seconds"),
    "no concurrency": (["--concurrency", "0"], "'0' is not a number from 1 to 256"),
    "half a concurrency": (["--concurrency", "1.5"], "'1.5' is not a number from 1 to 256"),
}


@pytest.mark.parametrize(("words", "reason"), REFUSED.values(), ids=REFUSED)
def test_a_wrong_question_is_one_sentence_and_nothing_is_asked(
    sovran: Command, cloud: StubCloud, words: list[str], reason: str
) -> None:
    ended = sovran("check", *words)
    assert (ended.code, ended.out) == (2, "")
    assert reason in ended.err
    assert ended.err.count("\n") == 1
    assert cloud.requests == []
    assert leftovers(cloud.folder, ()) == set()


HOSTILE = {
    "control characters": "a\x1b[31m\x07\r\nb\x00c",
    "emoji": "\N{PILE OF POO}\N{FAMILY}\N{ZERO WIDTH JOINER}",
    "right to left": "\u202egnp.exe\u2066",
    "markup": "[bold red]x[/]<script>&amp;]]>{{7*7}}%s{0}",
    "not UTF-8": "a\udcff",
    "1 MB": "x" * 1_000_000,
    "nothing but blanks": "   ",
}


def readable(text: str) -> bool:
    """No control character but the line break, nothing that changes the direction, no half character."""
    return all(line.isprintable() for line in text.split("\n"))


TYPED = {**HOSTILE, "1 MB": "x" * 131_071}
"""The kernel hands over no longer word."""


@pytest.mark.parametrize("name", TYPED.values(), ids=TYPED)
@pytest.mark.parametrize("option", ["-c", "-s", "--standard", "-t", "-o", "--timeout", "--concurrency", "--nix", ""])
def test_whatever_is_typed_the_answer_is_one_readable_line(
    sovran: Command, cloud: StubCloud, option: str, name: str
) -> None:
    ended = sovran("check", *([option, name] if option else [name]))
    assert (ended.code, ended.out) == (2, "")
    assert readable(ended.err)
    assert ended.err.count("\n") == 1
    assert len(ended.err) < 2100
    assert cloud.requests == []


@pytest.mark.parametrize("name", [text for text in HOSTILE.values() if "\0" not in text])
def test_whatever_the_subject_is_called_the_files_are_whole(sovran: Command, cloud: StubCloud, name: str) -> None:
    ended = sovran("check", "--subject", name, "-t", "scs-0103-flavor-1v-4", "-o", "r.yaml")
    assert ended.code == 4
    assert "subject" in yaml.safe_load((cloud.folder / "r.yaml").read_text(encoding="utf-8"))


@pytest.mark.parametrize("name", HOSTILE.values(), ids=HOSTILE)
def test_whatever_the_cloud_answers_the_reports_are_whole_and_readable(
    sovran: Command, cloud: StubCloud, name: str
) -> None:
    """What is not text at all, such as half a character, makes a listing unusable, and nothing else."""
    cloud.listing(FLAVORS, {"flavors": [flavor("SCS-" + name, extra_specs={name: name}), flavor(name)]})
    cloud.token["project"]["name"] = name
    cloud.token["roles"].append({"id": "r", "name": name})
    cloud.token["catalog"].append(
        {"type": name, "name": name, "id": name, "endpoints": [{"url": name, "region": name}]}
    )
    ended = sovran("check", "--verbose", *(word for file in OUTPUTS for word in ("-o", file)))
    assert ended.code == 4
    assert readable(ended.out)
    assert readable(ended.err)
    assert len(ended.out) < 50_000
    assert leftovers(cloud.folder, OUTPUTS) == set()
    usable = name.encode("utf-8", "ignore").decode() == name
    assert verdicts(cloud.folder / "r.json")["scs-0103-flavor-1v-4"] == ("FAIL" if usable else "ABORT")
    yaml.safe_load((cloud.folder / "r.yaml").read_text(encoding="utf-8"))
    ET.parse(cloud.folder / "r.xml")  # noqa: S314 - our own file
    assert (cloud.folder / "r.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("name", HOSTILE.values(), ids=HOSTILE)
def test_whatever_identity_says_in_refusing_it_is_one_readable_line(
    sovran: Command, cloud: StubCloud, name: str
) -> None:
    cloud.tokens(lambda handler: handler.reply(403, {"error": {"code": 403, "message": name, "title": name}}))
    ended = sovran("check", "-o", "r.json")
    assert (ended.code, ended.out) == (2, "")
    assert readable(ended.err)
    assert ended.err.count("\n") == 1
    assert leftovers(cloud.folder, ()) == set()


def test_a_broken_clouds_yaml_is_told_with_line(sovran: Command, cloud: StubCloud) -> None:
    (cloud.folder / "clouds.yaml").write_text("clouds:\n  stub:\n    auth: [\n", encoding="utf-8")
    ended = sovran("check")
    assert (ended.code, ended.out) == (2, "")
    assert "clouds.yaml, line 4" in ended.err
    assert ended.err.count("\n") == 1


def test_a_typo_in_a_standard_is_told_with_file_line_and_reason(
    sovran: Command, cloud: StubCloud, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = cloud.folder / "own"
    folder.mkdir()
    (folder / "own.yaml").write_text("id: own-0001\ntitel: Own\n", encoding="utf-8")
    monkeypatch.setenv("SOVRAN_STANDARDS", str(folder))
    ended = sovran("check")
    assert (ended.code, ended.out) == (2, "")
    assert f"{folder}/own.yaml, line 2" in ended.err
    assert "titel" in ended.err
    assert ended.err.count("\n") == 1


def test_a_file_that_fails_to_be_written_does_not_take_the_others_with_it(
    sovran: Command, cloud: StubCloud, monkeypatch: pytest.MonkeyPatch
) -> None:
    """/dev/full takes nothing: the other file is whole, the screen shows the verdict, the exit code says failed."""
    (cloud.folder / "full.json").symlink_to("/dev/full")
    ended = sovran("check", "-o", "full.json", "-o", "r.json", "--standard", "0103")
    assert ended.code == 1
    assert "NOT CONFORMANT" in ended.out or "FAIL" in ended.out
    assert "full.json (No space left on device)" in ended.err
    assert verdicts(cloud.folder / "r.json")["scs-0103-flavor-1v-4"] == "FAIL"


class TestSeveralClouds:
    """`--os-cloud` more than once."""

    def test_each_has_a_report_and_one_named_twice_has_one(self, sovran: Command, cloud: StubCloud) -> None:
        cloud.entries["two"] = cloud.entries["stub"]
        cloud.write_config()
        assert sovran("check", "-c", "stub", "-c", "two", "-c", "stub", "-o", "r.json").code == 4
        reports = json.loads((cloud.folder / "r.json").read_text())["reports"]
        assert [report["cloud"]["name"] for report in reports] == ["stub", "two"]

    def test_every_bad_entry_is_told_before_anything_is_asked(self, sovran: Command, cloud: StubCloud) -> None:
        ended = sovran("check", "-c", "stub", "-c", "one", "-c", "two", "-o", "r.json")
        assert ended.code == 2
        assert [("'one'" in line, "'two'" in line) for line in ended.err.splitlines()] == [(True, False), (False, True)]
        assert cloud.requests == []

    def test_a_refused_one_is_told_before_any_is_judged(self, sovran: Command, cloud: StubCloud) -> None:
        cloud.entries["noregion"] = {**cloud.entries["stub"], "region_name": "nowhere"}
        cloud.write_config()
        ended = sovran("check", "-c", "stub", "-c", "noregion", "-o", "r.json")
        assert ended.code == 2
        assert ended.err.startswith("sovran: Cloud 'noregion' cannot be judged like this")
        assert ended.err.count("\n") == 1
        assert all(path.startswith("/v3") for _, path, _, _ in cloud.requests)
        assert leftovers(cloud.folder, ()) == set()

    def test_an_unreachable_one_does_not_lose_the_others(self, sovran: Command, cloud: StubCloud) -> None:
        dead = {**cloud.auth, "auth_url": "http://127.0.0.1:9/v3"}
        cloud.entries = {"dead": {"auth": dead}, **cloud.entries}
        cloud.write_config()
        ended = sovran("check", "-c", "dead", "-c", "stub", "-o", "r.json", "--standard", "0103")
        assert ended.code == 4
        assert set(verdicts(cloud.folder / "r.json", 0).values()) == {"ABORT"}
        assert verdicts(cloud.folder / "r.json", 1)["scs-0103-flavor-1v-4"] == "FAIL"
        assert "refuses connections" in ended.out
