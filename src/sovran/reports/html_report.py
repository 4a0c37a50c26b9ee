# SPDX-License-Identifier: Apache-2.0
"""The report for a browser: one file that needs nothing else, with the answer first and the evidence below."""

from collections.abc import Sequence

from sovran.model.report import Report
from sovran.reports.page.document import document
from sovran.reports.page.view import views


def render(reports: Sequence[Report]) -> str:
    """Return the reports as one HTML page: for several clouds first a table of them all.

    Whatever comes from a cloud or from standards files is escaped when it becomes part of the page, on one line and
    without control characters. Long lists are cut and the rest is counted; the JSON report has everything.
    """
    return document(views(reports))
