# SPDX-License-Identifier: Apache-2.0
"""JUnit XML as CI systems read it."""

import re
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sovran.model.report import Report
from sovran.reports import junit
from tests.reports import samples

COUNTED = {"failures": "failure", "errors": "error", "skipped": "skipped"}


def parsed(*reports: Report) -> ElementTree.Element:
    """The document, after the rules of the common JUnit schema were checked on it."""
    text = junit.render(reports).encode("utf-8")
    root = ElementTree.fromstring(text)  # noqa: S314 - written by ourselves a line above
    assert root.tag == "testsuites"
    for number, suite in enumerate(root):
        assert suite.tag == "testsuite"
        assert suite.get("id") == str(number)
        assert suite.get("name")
        assert suite.get("hostname")
        assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d", suite.get("timestamp", ""))
        assert float(suite.get("time", "")) >= 0
        tags = [child.tag for child in suite]
        cases = suite.findall("testcase")
        assert tags == ["properties", *["testcase"] * len(cases), "system-out", "system-err"]
        assert suite.get("tests") == str(len(cases))
        for attribute, tag in COUNTED.items():
            assert suite.get(attribute) == str(len(suite.findall(f"testcase/{tag}")))
        for case in cases:
            assert case.get("name")
            assert case.get("classname")
            assert float(case.get("time", "")) == 0
            assert len(case) <= 1
            assert all(child.tag == "skipped" or child.get("type") for child in case)
    for attribute in ("tests", *COUNTED):
        assert root.get(attribute) == str(sum(int(suite.get(attribute, "")) for suite in root))
    return root


def outcome(root: ElementTree.Element, name: str) -> ElementTree.Element | None:
    (case,) = [case for case in root.iter("testcase") if case.get("name") == name]
    return next(iter(case), None)


def test_one_suite_per_scope_and_one_for_the_text() -> None:
    root = parsed(samples.conformant(), samples.report(cloud="north"))
    assert [suite.get("name") for suite in root] == [
        "lab scs-iaas@v5.1",
        "lab by the text",
        "north scs-iaas@v5.1",
        "north by the text",
    ]
    assert root[0].get("tests") == "32"
    assert {case.get("classname") for case in root[0].iter("testcase")} >= {"scs-0103.official"}
    assert {case.get("classname") for case in root[1].iter("testcase")} >= {"scs-0103.text"}
    assert root.get("failures") == root.get("errors") == "0"


@pytest.mark.parametrize(
    ("name", "tag", "kind"),
    [
        ("scs-0100-case-fail", "failure", "MUST FAIL"),
        ("scs-0100-case-abort", "error", "MUST ABORT"),
        ("0115-00", "failure", "MUST FAIL"),
    ],
)
def test_what_did_not_pass_has_a_type_and_a_message(name: str, tag: str, kind: str) -> None:
    found = outcome(parsed(samples.hostile("why")), name)
    assert found is not None
    assert (found.tag, found.get("type"), found.get("message")) == (tag, kind, "why")


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("scs-0100-case-miss", "MUST MISS: why"),
        ("scs-0100-case-not_applicable", "MUST NOT APPLICABLE: why"),
        ("0115-01", "SHOULD FAIL: why"),
    ],
)
def test_what_breaks_no_pipeline_is_skipped_with_its_reason(name: str, message: str) -> None:
    found = outcome(parsed(samples.hostile("why")), name)
    assert found is not None
    assert (found.tag, found.get("message")) == ("skipped", message)


def test_findings_stand_in_the_failure() -> None:
    root = parsed(samples.failing())
    found = outcome(root, "scs-0100-syntax-check")
    assert found is not None
    assert (found.text or "").count("CPU suffix X") == 20
    assert outcome(root, "scs-0103-flavor-1v-4") is None


def test_it_says_that_it_is_no_certificate() -> None:
    assert parsed(samples.conformant()).findtext("testsuite/system-out", "").endswith("SCS certification body.")


@given(text=st.text() | st.sampled_from(samples.HOSTILE))
def test_valid_xml_whatever_the_names_contain(text: str) -> None:
    root = parsed(samples.hostile(text))
    found = outcome(root, "scs-0100-case-fail")
    assert found is not None
    assert all(line.isprintable() for line in (found.text or "").split("\n"))


def test_markup_in_a_name_is_text() -> None:
    for text in ("]]>", "<script>alert(1)</script>", "&amp;", '" type="x'):
        found = outcome(parsed(samples.hostile(text)), "scs-0100-case-fail")
        assert found is not None
        assert found.get("message") == text
        assert (found.text or "").split("\n") == [text] * 3
