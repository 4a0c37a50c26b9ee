# SPDX-License-Identifier: Apache-2.0
"""Reports keep the two readings apart, and never claim to be a certificate."""

from sovran.model.claim import Reading
from tests.reports.samples import conformant


def test_judgements_of_one_reading_in_order() -> None:
    report = conformant()
    official, text = report.judged(Reading.OFFICIAL), report.judged(Reading.TEXT)
    assert all(one.reading is Reading.OFFICIAL for one in official)
    assert len(official) + len(text) == len(report.judgements)
    assert [one.claim for one in official] == [one.claim for one in report.judgements if one in official]


def test_a_report_says_what_it_is() -> None:
    assert "not a certificate" in conformant().statement
