# SPDX-License-Identifier: Apache-2.0
"""The HTML report, as a parser sees it: complete, self-contained, the same structure whatever a cloud is called."""

import base64
import hashlib
import re
from itertools import pairwise

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sovran.model.finding import Finding, Resource, Weight
from sovran.model.report import Report
from sovran.model.verdict import Verdict
from sovran.reports import accepted, digest, html_report
from sovran.reports.page.view import MOST_FINDINGS
from tests.reports import page_samples, samples
from tests.reports.parsed_page import Node, parse

MEGABYTE = 1_000_000
SAMPLES = {
    "conformant": [samples.conformant()],
    "first verdict": [samples.first_verdict()],
    "aborted": [samples.aborted()],
    "detailed": [page_samples.detailed()],
    "waived": [samples.waived()],
    "several": page_samples.several(),
    "same name twice": [samples.failing(), samples.failing()],
    "hostile": [page_samples.hostile(samples.HOSTILE[4])],
    "odd ids": [samples.odd_ids("<b>")],
}


def page(*reports: Report) -> Node:
    return parse(html_report.render(reports))


def claim(root: Node, name: str) -> Node:
    return root.one("details", id=name)


def facts(node: Node) -> dict[str, str]:
    """Terms and what is said about them, the last of each."""
    rows = [row for row in node.find("div") if [child.tag for child in row.walk()][:1] == ["dt"]]
    return {row.one("dt").text: row.one("dd").text for row in rows}


@pytest.mark.parametrize("name", SAMPLES)
def test_every_link_within_the_page_leads_to_one_place(name: str) -> None:
    root = page(*SAMPLES[name])
    places = [node.attributes["id"] for node in root.walk() if "id" in node.attributes]
    assert len(places) == len(set(places))
    inside = {href[1:] for node in root.walk() if (href := node.attributes.get("href") or "").startswith("#")}
    assert inside <= set(places)


@pytest.mark.parametrize("name", SAMPLES)
def test_nothing_is_loaded_from_anywhere(name: str) -> None:
    root = page(*SAMPLES[name])
    assert not [node for node in root.walk() if "src" in node.attributes or "style" in node.attributes]
    assert not [key for node in root.walk() for key in node.attributes if key.startswith("on")]
    outside = [node for node in root.walk() if not (node.attributes.get("href") or "#").startswith("#")]
    assert {node.tag for node in outside} <= {"a", "link"}
    assert [node.attributes["href"] for node in outside if node.tag == "link"] == ["data:,"]
    (style,), (script,) = root.find("style"), root.find("script")
    assert not re.search(r"@import|url\(|https?:", style.text)
    assert not re.search(r"fetch|XMLHttp|import|https?:|innerHTML|eval", script.text)


def test_the_policy_allows_our_own_style_and_script_and_nothing_else() -> None:
    root = page(samples.failing())
    (meta,) = root.find("meta", http_equiv="Content-Security-Policy")
    policy = dict(part.strip().split(" ", 1) for part in (meta.attributes["content"] or "").split(";"))
    assert policy.pop("default-src") == policy.pop("base-uri") == policy.pop("form-action") == "'none'"
    assert policy.pop("img-src") == "data:"
    for tag in ("style", "script"):
        sha = base64.b64encode(hashlib.sha256(root.one(tag).text.encode()).digest()).decode()
        assert policy.pop(f"{tag}-src") == f"'sha256-{sha}'"
    assert not policy


def test_the_answer_comes_first() -> None:
    root = page(page_samples.detailed())
    assert root.one("h1").text == "lab"
    main = root.one("main").text
    order = [
        "Not conformant",
        "2 of 32 fail, 1 undecided, 6 not run",
        "What stands in the way",
        "scs-0100-syntax-check",
    ]
    order += ["Could not be decided", "Seen only by the text", "Standards", "Every claim", "Resources with findings"]
    assert [main.index(words) for words in order] == sorted(main.index(words) for words in order)
    assert "What stands in the way" not in page(samples.conformant()).one("main").text
    assert page(samples.conformant()).one(class_="verdict").text == "Conformant"


def test_claims_of_both_readings_stand_side_by_side() -> None:
    root = page(page_samples.detailed())
    standard = root.one("section", id="scs-0103")
    official, text = standard.find("div", class_="column")
    assert official.find("details", class_="claim")[0].attributes["id"] == "scs-0103-flavor-2v-8"
    assert [node.attributes["id"] for node in text.find("details", class_="claim")] == ["0103-01", "0103-07", "0103-09"]
    assert standard.one("a", href="https://docs.scs.community/standards/scs-0103").text == "Read the standard"
    assert "0103-01 fail" in facts(claim(root, "scs-0103-flavor-2v-8"))["By the text"]
    assert facts(claim(root, "0103-01"))["Official"] == "scs-0103-flavor-2v-8 fail"


def test_a_claim_has_what_was_seen_the_cure_and_the_source() -> None:
    found = facts(claim(page(page_samples.detailed()), "scs-0103-flavor-2v-8"))
    assert (found["Field"], found["Expected"], found["Seen"]) == ("scs:name-v1", "SCS-2V:8", "SCS-2V-8")
    assert found["Cure"] == "Run openstack cure scs-0103-flavor-2v-8."
    assert found["Source"] == "scs-0103-v1, Standard"
    assert found["More"] == "sovran explain scs-0103-flavor-2v-8"
    assert found["Accepted"] == "waived until 2027-01-31 by ops@example.org: New hardware is on its way"


@pytest.mark.parametrize("report", [samples.failing(), samples.aborted(), samples.waived(), page_samples.detailed()])
def test_every_claim_and_every_reason_is_there(report: Report) -> None:
    root = page(report)
    for one in report.judgements:
        node = claim(root, one.claim)
        for words in (one.text, digest.own_reason(one), one.source, *(finding.message for finding in one.findings)):
            assert words in node.text


def test_a_resource_has_its_claims_and_the_raw_answer_with_the_fields_marked() -> None:
    root = page(page_samples.detailed())
    resource = root.one("details", id=f"flavor.{page_samples.FLAVOR_ID}")
    lines = [node.text for node in resource.one("ul", class_="findings").find("p")]
    assert lines[0::2] == ["scs-0103-flavor-2v-8 fail", "0103-01 fail"]
    assert lines[1::2][1] == "flavor SCS-2V-8 differs from the table"
    assert resource.one("pre").text == page_samples.RAW
    assert [node.text.strip() for node in resource.find("mark")] == ['"scs:name-v1": "SCS-2V-8"']
    assert "Not shown: description" in resource.text
    link = claim(root, "scs-0103-flavor-2v-8").find("a", href=f"#flavor.{page_samples.FLAVOR_ID}")
    assert [one.text for one in link] == ["flavor SCS-2V-8"]


def test_several_clouds_begin_with_a_table_of_all() -> None:
    root = page(*page_samples.several())
    assert root.one("h1").text == "3 clouds"
    assert [node.text for node in root.find("h2")][:3] == ["south", "north", "staging"]
    table = root.one("table", class_="matrix")
    assert [node.text for node in table.find("th", scope="col")] == ["south", "north", "staging"]
    answers = [node.text for node in table.find("td")][1:4]
    assert [words.split(" ")[0] for words in answers] == ["Not", "Conformantall", "Undecided26"]
    assert {node.attributes["id"] for node in root.find("details", class_="claim")} >= {
        "south.scs-0100-syntax-check",
        "north.scs-0100-syntax-check",
        "staging.scs-0100-syntax-check",
    }


def test_headings_leave_no_level_out() -> None:
    for reports in SAMPLES.values():
        levels = [int(node.tag[1]) for node in page(*reports).walk() if re.fullmatch("h[1-6]", node.tag)]
        assert levels[0] == 1
        assert levels.count(1) == 1
        assert all(after <= before + 1 for before, after in pairwise(levels))


def test_what_a_reader_must_know_is_said_at_the_top() -> None:
    report = samples.hostile("x")
    words = page(report).one("header", class_="head").text
    assert "Judged with admin rights" in words
    assert "Interrupted" in words
    waived = samples.waived()
    words = page(waived).one("header", class_="head").text
    for said in (*accepted.warnings(waived), *accepted.summary(waived)):
        assert said[1:] in words


def test_recommendations_that_are_not_followed_are_no_failures() -> None:
    node = claim(page(samples.failing()), "0115-01")
    assert node.attributes["data-verdict"] == "should"
    assert "Against a SHOULD" in node.one("summary").text


def structure(root: Node) -> list[tuple[str, tuple[str, ...]]]:
    """Elements with the names of their attributes, without links, which depend on whether an address is one."""
    return [(node.tag, tuple(node.attributes)) for node in root.walk() if node.tag not in ("code", "mark")]


PLAIN = structure(page(page_samples.hostile("x")))


@pytest.mark.parametrize("text", samples.HOSTILE)
def test_hostile_text_changes_no_structure(text: str) -> None:
    assert structure(page(page_samples.hostile(text))) == PLAIN


@settings(max_examples=40)
@given(text=st.text(min_size=1) | st.text(alphabet="<>&\"'=/!-;`#\n scriptonx:", min_size=1, max_size=40))
def test_no_text_changes_the_structure(text: str) -> None:
    written = html_report.render([page_samples.hostile(text)])
    assert structure(parse(written)) == PLAIN
    written.encode()
    body = written[written.index("<body>") :]
    assert all(line.isprintable() for line in body[: body.index("<script>")].split("\n"))


@pytest.mark.parametrize("text", samples.HOSTILE)
def test_ids_from_standards_files_break_nothing(text: str) -> None:
    root = page(samples.odd_ids(text))
    places = [node.attributes["id"] or "" for node in root.walk() if "id" in node.attributes]
    assert len(places) == len(set(places))
    assert all(re.fullmatch(r"[A-Za-z0-9._~-]+", place) for place in places)


def test_places_keep_their_names_from_run_to_run() -> None:
    def places(report: Report) -> list[str | None]:
        return [node.attributes.get("id") for node in page(report).find("details")]

    once = page_samples.detailed()
    again = msgspec.structs.replace(once, id="another", judgements=tuple(reversed(once.judgements)))
    assert sorted(filter(None, places(once))) == sorted(filter(None, places(again)))


def test_resources_of_similar_names_have_different_places() -> None:
    alike = [
        ("a b", "x", ""),
        ("a~b", "x", ""),
        ("a\tb", "x", ""),
        ("a.b", "x", ""),
        ("a", "b.x", ""),
        ("sovran-", "x", ""),
    ]
    findings = tuple(Finding(message="bad", resource=Resource(*parts)) for parts in (*alike, ("a~b", "", "x")))
    claim_id = "scs-0100-syntax-check"
    report = samples.report({claim_id: samples.judgement(claim_id, Verdict.FAIL, findings=findings)})
    found = [node.attributes["id"] or "" for node in page(report).find("details", class_="resource")]
    assert len(set(found)) == len(alike)
    assert {"a.b.x", "a.b.x~2", "~sovran-.x"} <= set(found)
    assert all(re.fullmatch(r"[A-Za-z0-9._~-]+", place) for place in found)


def test_notes_are_worth_knowing_and_no_failure() -> None:
    note = Finding(message="worth it", resource=Resource("flavor", "f"), weight=Weight.NOTE)
    report = samples.report({"0100-01": samples.judgement("0100-01", findings=(note,))})
    root = page(report)
    assert "Worth knowing" in claim(root, "0100-01").text
    assert "What stands in the way" not in root.text


def test_thousands_of_findings_are_cut_and_counted() -> None:
    node = claim(page(samples.many_findings(5000)), "scs-0100-syntax-check")
    assert len(node.one("ul", class_="findings").find("li")) == MOST_FINDINGS
    assert "and 4,900 more; all of them are in the JSON report (-o report.json)." in node.text
    assert "5,000 findings" in node.one("summary").text


def test_a_page_of_the_largest_cloud_stays_below_3_megabytes() -> None:
    report = page_samples.huge()
    assert len(html_report.render([report]).encode()) < 3 * MEGABYTE
    clouds = [page_samples.renamed(report, f"cloud-{number}") for number in range(2)]
    assert len(html_report.render(clouds).encode()) < 3 * MEGABYTE
