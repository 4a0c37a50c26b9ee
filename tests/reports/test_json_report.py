# SPDX-License-Identifier: Apache-2.0
"""The JSON document: what programs read, and its schema."""

import json
from pathlib import Path

import jsonschema_rs
import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sovran.model.errors import UsageError
from sovran.reports import json_report, json_schema
from tests.reports import samples

VALIDATOR = jsonschema_rs.Draft202012Validator(
    json.loads(json_schema.SCHEMA_FILE.read_text(encoding="utf-8")), validate_formats=True
)


def test_the_published_schema_is_the_one_of_the_records() -> None:
    assert json_schema.SCHEMA_FILE.read_text(encoding="utf-8") == json_schema.text(), (
        "stale: run `python -m sovran.reports.json_schema`"
    )


def test_the_schema_has_an_id_and_speaks_of_what_it_holds() -> None:
    schema = json_schema.schema()
    assert schema["$id"] == "urn:sovran:report:1"
    judgement = schema["$defs"]["Judgement"]
    assert judgement["properties"]["target"]["description"].startswith("`main`, `recommended`")
    assert set(judgement["required"]) == {
        "claim", "standard", "reading", "level", "target", "text", "verdict", "reason", "examined", "findings",
        "source", "cure", "covers", "undecided", "known",
    }  # fmt: skip
    assert "ABORT: Could not be decided; the reason says why." in schema["$defs"]["Verdict"]["description"]


@pytest.mark.parametrize("name", ["conformant", "first_verdict", "failing", "aborted"])
def test_reports_are_valid_and_come_back_as_they_were(name: str, tmp_path: Path) -> None:
    report = getattr(samples, name)()
    path = tmp_path / "report.json"
    path.write_text(json_report.render([report, report]), encoding="utf-8")
    VALIDATOR.validate(json.loads(path.read_text(encoding="utf-8")))
    assert json_report.read_report(path) == (report, report)


@pytest.mark.parametrize("change", [{"version": 2}, {"format": "other"}, {"reports": None}])
def test_the_schema_refuses_other_documents(change: dict[str, object]) -> None:
    document = json.loads(json_report.render([samples.conformant()])) | change
    assert not VALIDATOR.is_valid(document)


def test_a_judgement_in_full() -> None:
    (report,) = json.loads(json_report.render([samples.failing()]))["reports"]
    (judgement,) = [j for j in report["judgements"] if j["claim"] == "scs-0103-flavor-2v-8"]
    assert judgement == {
        "claim": "scs-0103-flavor-2v-8",
        "standard": "scs-0103",
        "reading": "official",
        "level": "MUST",
        "target": "main",
        "text": "What scs-0103-flavor-2v-8 demands.",
        "verdict": "FAIL",
        "reason": "Flavor SCS-2V-8 differs from the table.",
        "examined": 1,
        "findings": [
            {
                "message": "flavor SCS-2V-8: scs:name-v1 is SCS-2V-8, expected SCS-2V:8",
                "resource": {"kind": "flavor", "name": "SCS-2V-8", "id": ""},
                "field": "scs:name-v1",
                "expected": "SCS-2V:8",
                "seen": "SCS-2V-8",
                "weight": "violation",
                "waiver": None,
                "known": False,
            }
        ],
        "source": "",
        "cure": "",
        "covers": [],
        "undecided": "",
        "known": False,
    }
    assert report["checked_at"] == "2026-11-20T09:41:07.123456Z"
    assert report["statement"] == "A measurement by sovran, not a certificate of the SCS certification body."


@given(text=st.text(alphabet=st.characters()) | st.sampled_from(samples.HOSTILE))
def test_hostile_text_comes_back_unchanged_and_obeyed_by_no_terminal(text: str) -> None:
    written = json_report.render([samples.hostile(text)])
    assert not set(written) & {"\x1b", "\x7f", "\x9b", "\u202e", "\u200b"}
    document = json.loads(written.encode("utf-8"))
    VALIDATOR.validate(document)
    encodable = "".join(f"\\u{ord(c):04x}" if "\ud800" <= c <= "\udfff" else c for c in text)
    assert document["reports"][0]["cloud"]["name"] == encodable
    assert msgspec.json.decode(written, type=json_report.Document).reports[0].notes == (encodable,)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"{",
        b"[]",
        b"\xff",
        b'{"format": "sovran-report", "version": 1}',
        b'{"version": 1, "reports": []}',
        b"[" * 9999,
    ],
)
def test_what_is_no_report_is_refused_in_one_sentence(content: bytes, tmp_path: Path) -> None:
    path = tmp_path / "x.json"
    path.write_bytes(content)
    with pytest.raises(UsageError, match=r"is not a sovran report of version 1 \(.+\); name a file") as caught:
        json_report.read_report(path)
    assert "\n" not in str(caught.value)


def test_a_document_of_a_newer_version_says_so(tmp_path: Path) -> None:
    path = tmp_path / "x.json"
    path.write_text('{"format": "sovran-report", "version": 2, "reports": {}}', encoding="utf-8")
    with pytest.raises(UsageError, match="has version 2 of the report format; use a newer sovran"):
        json_report.read_report(path)


@pytest.mark.parametrize("name", ["missing.json", ".", "a\0b"])
def test_an_unreadable_file_is_named(name: str, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"Cannot read the report .* name a file that sovran wrote"):
        json_report.read_report(tmp_path / name)
