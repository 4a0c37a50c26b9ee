# SPDX-License-Identifier: Apache-2.0
"""The loader: own folders beside ours, and every mistake as one sentence with file, line and reason."""

import os
import re
from pathlib import Path

import pytest

from sovran.model.errors import ExitCode, UsageError
from sovran.standards.load import load_standards
from tests.standards.folders import SCOPE, STANDARD, write


def complaint(folder: Path) -> str:
    with pytest.raises(UsageError) as caught:
        load_standards([folder], environ={})
    assert caught.value.code is ExitCode.USAGE
    sentence = str(caught.value)
    assert "\n" not in sentence
    return sentence


def line_of(text: str, part: str) -> int:
    return text[: text.index(part)].count("\n") + 1


def test_an_own_folder_stands_beside_ours(tmp_path: Path) -> None:
    ruleset = load_standards([write(tmp_path)], environ={})
    assert ruleset.standard("own-0001").title == "Own rules"
    assert "scs-0103" in ruleset.standards
    assert list(ruleset.scopes) == ["scs-iaas", "own-scope"]


def test_the_environment_names_further_folders(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    other = tmp_path / "other"
    other.mkdir()
    monkeypatch.setenv("SOVRAN_STANDARDS", f"{write(tmp_path / 'own')}{os.pathsep}{other}{os.pathsep}")
    assert "own-0001" in load_standards().standards
    monkeypatch.delenv("SOVRAN_STANDARDS")
    assert "own-0001" not in load_standards().standards


def test_a_folder_that_is_named_twice_is_read_once(tmp_path: Path) -> None:
    folder = write(tmp_path)
    ruleset = load_standards([folder], environ={"SOVRAN_STANDARDS": str(folder)})
    assert ruleset.digest == load_standards([folder], environ={}).digest


def test_one_row_of_yaml_adds_a_flavor_to_requirement_and_testcases(tmp_path: Path) -> None:
    folder = write(tmp_path, STANDARD.replace("    - [Large, 8]", "    - [Large, 8]\n    - [Huge, 64]"))
    ruleset = load_standards([folder], environ={})
    assert ruleset.claim("0001-01").parameters["wanted"][-1] == {"name": "Huge", "gib": 64}
    added = ruleset.claim("own-0001-size-huge")
    assert added.text == "There is Huge with 64 GiB."
    assert added.parameters == {"name": "Huge", "gib": 64, "list": ["Huge"]}


def test_the_digest_follows_names_and_contents(tmp_path: Path) -> None:
    plain = load_standards(environ={}).digest
    assert re.fullmatch("[0-9a-f]{64}", plain)
    assert load_standards(environ={}).digest == plain
    own = load_standards([write(tmp_path / "a")], environ={}).digest
    assert own != plain
    assert load_standards([write(tmp_path / "b")], environ={}).digest == own
    assert load_standards([write(tmp_path / "c", STANDARD + "# more\n")], environ={}).digest != own


# (what to replace in the standard, by what, the line that must be named begins with, part of the reason)
STANDARD_MISTAKES = [
    ("level: MUST\n  who: [tenant]\n  text: Sizes", "lvel: MUST\n  who: [tenant]\n  text: Sizes", "lvel",
     "`lvel` is not a key of a requirement; did you mean `level`?"),
    ("  text: Sizes exist.\n", "", '- id: "0001-01"', "a requirement needs the key `text`, which is missing here"),
    ("level: SHOULD", "level: SHULD", "SHULD", "`SHULD` is not a value of `level`; did you mean `SHOULD`"),
    ("level: SHOULD", "level: 3", "3\n", "`level` is a whole number where text is expected; put it in quotes"),
    ("who: [document]", "who: document", "document\n  documents", "`who` is text where a list is expected"),
    ("who: [document]", "who: [docment]", "docment", "`docment` is not a value of `who`; did you mean `document`"),
    ("who: [document]", "who: []", "[]", "`who` is empty"),
    ("text: Sizes exist.", 'text: ""', '""', "`text` is empty"),
    ("rule: own.present", "rule: Own", "Own\n  parameters", "`rule` is not of the form `module.function`"),
    ("status: Draft}", "status: Draft, stabilized_at: soon}", "soon", "`stabilized_at` is not a date such as"),
    ("status: Draft}", "state: Draft}", "state: Draft", "`state` is not a key of a document; did you mean `status`"),
    ("columns: [name, gib]", "colums: [name, gib]", "colums",
     "`colums` is not a key of a table; did you mean `columns`"),
    ("- [Large, 8]", "- [Large, 8, 9]", "[Large, 8, 9]", "this row of `sizes` has 3 values for 2 columns (name, gib)"),
    ("- [Large, 8]", "- [Large, {a: 1}]", "{a: 1}", "is a mapping where"),
    ("wanted: {table: sizes}", "wanted: {table: size}", "size}",
     "`size` is not a table of this file; did you mean `sizes`"),
    ("each: [sizes]", "each: [zises]", "[zises]", "`zises` is not a table of this file"),
    ("{gib} GiB", "{gb} GiB", "There is", "`{gb}` names no column of the table; did you mean `gib`"),
    ("{name|lower}", "{name|lowr}", "own-0001-size-{name|lowr}", "`lowr` is not a filter; did you mean `lower`"),
    ('id: "0001-02"', 'id: "0001-01"', '"0001-01"\n  level: SHOULD', "the id `0001-01` stands twice in this file"),
    ("id: own-0001-v2", "id: own-0001-v1", "own-0001-v1, status: Draft", "the document `own-0001-v1` stands twice"),
    ("id: own-0001-v2", "id: own-1-v2", "own-1-v2", "`own-1-v2` does not begin with `own-0001-`"),
    ("documents: [v2]", "documents: [v3]", "v3]", "`v3` is not a version of own-0001; known are v1, v2"),
    ("    v2: {least: 2}", "    v9: {least: 2}", "    v9", "`v9` is not a version of own-0001"),
    ('covers: ["0001-01"]', 'covers: ["0001-09"]', '"0001-09"', "`0001-09` is not a requirement of own-0001"),
    ("  evidence: The paper.\n", "", '- id: "0001-02"', "has no rule, so `evidence` must say what would decide it"),
    ("  rule: null\n", "  rule: null\n  parameters: {a: 1}\n", '- id: "0001-02"', "has parameters but no rule"),
    ("  evidence: The paper.", "  evidence: The paper.\n  evidence: Another.", "  evidence: Another",
     "the key `evidence` stands twice in one mapping"),
    ("title: Own rules", "title: Own: rules", "title: Own:", "mapping values are not allowed"),
    ("title: Own rules", "title: [Own rules", "body", "did not find expected"),
    ("title: Own rules", "title: Own\x07rules", "", "this is not YAML"),
    ("title: Own rules", "title: !!python/name:os.system x", "title", "could not determine a constructor"),
]  # fmt: skip


@pytest.mark.parametrize(("old", "new", "place", "reason"), STANDARD_MISTAKES)
def test_mistakes_in_a_standard_name_file_line_and_reason(
    tmp_path: Path, old: str, new: str, place: str, reason: str
) -> None:
    assert STANDARD.count(old) == 1
    broken = STANDARD.replace(old, new)
    sentence = complaint(write(tmp_path, broken))
    assert reason in sentence
    assert sentence.startswith(str(tmp_path / "own-0001.yaml"))
    if place:
        assert f", line {line_of(broken, place)}, column " in sentence


SCOPE_MISTAKES = [
    ("include: [own-m2]", "include: [own-m3]", "own-m3", "`own-m3` is not a module of own-scope; did you mean `own-m"),
    ("include: [own-m2]", "include: [own-m2, own-m1]", "own-m1]\n- version: v1",
     "has `own-0001-size-small` twice, by own-m2 and own-m1"),
    ("- id: own-m2", "- id: own-m1", "own-m1\n  document: own-0001-v2", "`own-m1` stands twice; it must be unique"),
    ("- version: v2", "- version: v1", "v1\n  stabilized", "`v1` stands twice"),
    ("    - own-0001-size-small\n    recommended", "    - own-0001-size-smal\n    recommended", "own-0001-size-smal\n",
     "`own-0001-size-smal` is not a testcase of own-0001; did you mean `own-0001-size-small`"),
    ("    recommended:", "    recomended:", "    recomended",
     "`recomended` is not a target; did you mean `recommended`"),
    ("document: own-0001-v2", "document: own-0001-v7", "own-0001-v7", "`own-0001-v7` is not a document of own-0001"),
    ("v1: effective, v0: warn", "v1: effective, v7: warn", "v7: warn", "`v7` is not a version of own-scope"),
    ("v1: effective, v0: warn", "v1: effective, v0: wran", "wran",
     "`wran` is not a value of `v0`; did you mean `warn`"),
    ("v1: effective, v0: warn", "v1: effective, 0: warn", "0: warn",
     "the key `0` in `versions` is not text; put it in quotes"),
    ("- date: 2025-01-01", "- date: 2026-01-01", "2026-01-01\n  versions: {v1", "the timeline is not in order"),
    ("stabilized_at: 2025-01-01", "stabilised_at: 2025-01-01", "stabilised_at", "did you mean `stabilized_at`"),
    ("id: own-scope", "id: scs-iaas", "scs-iaas", "the scope `scs-iaas` is already defined by"),
    ("version: v2", "version: 2.0", "2.0", "`version` is a number where text is expected; put it in quotes"),
]  # fmt: skip


@pytest.mark.parametrize(("old", "new", "place", "reason"), SCOPE_MISTAKES)
def test_mistakes_in_a_scope_name_file_line_and_reason(
    tmp_path: Path, old: str, new: str, place: str, reason: str
) -> None:
    assert SCOPE.count(old) == 1
    broken = SCOPE.replace(old, new)
    sentence = complaint(write(tmp_path, scope=broken))
    assert reason in sentence
    assert sentence.startswith(f"{tmp_path / 'scopes' / 'own-scope.yaml'}, line {line_of(broken, place)}, column ")


def test_a_scope_needs_a_timeline(tmp_path: Path) -> None:
    broken = SCOPE[: SCOPE.index("timeline:")] + "timeline: []\n"
    assert "needs at least one timeline entry" in complaint(write(tmp_path, scope=broken))


def test_ids_are_unique_over_all_files(tmp_path: Path) -> None:
    folder = write(tmp_path)
    (folder / "second.yaml").write_text(STANDARD)
    assert re.search(
        r"second.yaml, line 1, column 5: the id `own-0001` is already taken by .*own-0001.yaml", complaint(folder)
    )
    (folder / "second.yaml").write_text(STANDARD.replace("own-0001", "own-0002"))
    assert re.search(
        r"second.yaml, line 14, column 7: the id `0001-01` is already taken by .*own-0001.yaml", complaint(folder)
    )


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "the file is empty"),
        (b"# nothing\n", "the file is empty"),
        (b"- a\n", "line 1, column 1: the file is a list where a mapping is expected"),
        (b"\xff\xfe\xff", "this is not YAML"),
        (b"id: \x80\n", "this is not YAML"),
        (b"id: 2026-13-45\n", "this is not YAML"),
        (b"a: 1\n---\nb: 2\n", "expected a single document"),
        (b"id: x\n<<: 3\n", "expected a mapping or list of mappings for merging"),
        (b"{[a]: b}\n", "unhashable key"),
    ],
)
def test_files_that_are_no_standard_at_all(tmp_path: Path, content: bytes, reason: str) -> None:
    folder = write(tmp_path)
    (folder / "own-0001.yaml").write_bytes(content)
    sentence = complaint(folder)
    assert sentence.startswith(str(tmp_path / "own-0001.yaml"))
    assert reason in sentence


def test_mistakes_in_what_a_merge_brings_in_are_found_where_they_stand(tmp_path: Path) -> None:
    merged = STANDARD.replace("- each: [sizes]", "- &first\n  each: [sizes]") + (
        "- <<: [*first]\n  id: own-0001-again-{name}\n- <<: *first\n  id: own-0001-third-{name|drop S}\n"
    )
    assert "own-0001-third-mall" in load_standards([write(tmp_path / "right", merged)], environ={}).claims
    broken = merged.replace("There is {name}", "There is {nam}")
    assert f"line {line_of(broken, 'There is')}," in complaint(write(tmp_path / "text", broken))
    only_third = merged + "  levle: MUST\n"
    assert f"line {line_of(only_third, 'levle')}," in complaint(write(tmp_path / "key", only_third))


def test_the_place_in_a_merged_mapping_is_that_of_the_anchor(tmp_path: Path) -> None:
    merged = STANDARD.replace("- each: [sizes]", "- &first\n  each: [sizes]") + "- <<: *first\n  text: Again.\n"
    # both entries make the same ids; the second has no `id` of its own, so the anchor's line is named
    assert f"line {line_of(merged, 'own-0001-size-{')}," in complaint(write(tmp_path, merged))


def test_a_folder_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=f"{tmp_path}/none is not a folder"):
        load_standards(environ={"SOVRAN_STANDARDS": str(tmp_path / "none")})


def test_a_file_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    (tmp_path / "own.yaml").mkdir()
    assert complaint(tmp_path) == f"cannot read {tmp_path}/own.yaml: Is a directory; check that it is a readable file"
