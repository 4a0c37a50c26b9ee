# SPDX-License-Identifier: Apache-2.0
"""Which findings and which reports of two runs belong together."""

from sovran.conformance.matching import match_findings, pair_reports
from sovran.model.finding import Finding, Resource
from tests.reports.samples import conformant, finding, report


def image(name: str, number: str, message: str = "bad") -> Finding:
    return Finding(message=message, resource=Resource("image", name, number), field="os_distro")


def test_the_same_resource_and_field_is_the_same_finding_whatever_was_seen() -> None:
    before, after = finding("flavor", "a", "2 GiB", field="ram"), finding("flavor", "a", "3 GiB", field="ram")
    matched = match_findings([before], [after])
    assert (matched.same, matched.gone, matched.come) == (((before, after),), (), ())


def test_another_field_or_resource_is_another_finding() -> None:
    before = finding("flavor", "a", "bad", field="ram")
    for after in (finding("flavor", "a", "bad", field="disk"), finding("flavor", "b", "bad", field="ram")):
        matched = match_findings([before], [after])
        assert (matched.same, matched.gone, matched.come) == ((), (before,), (after,))


def test_a_resource_made_anew_or_renamed_stays_itself() -> None:
    assert match_findings([image("Debian", "1")], [image("Debian", "2")]).come == ()
    assert match_findings([image("Debian", "1")], [image("Debian old", "1")]).come == ()
    assert match_findings([image("Debian", "1")], [image("Ubuntu", "2")]).come != ()


def test_the_nearest_partner_comes_first() -> None:
    """Of two images with one name, each finds itself again by its id."""
    before, after = [image("D", "1"), image("D", "2")], [image("D", "2"), image("D", "1")]
    assert match_findings(before, after).same == ((before[1], after[0]), (before[0], after[1]))


def test_each_finding_has_one_partner_at_most() -> None:
    one = finding("flavor", "a", "bad")
    matched = match_findings([one], [one, one])
    assert (len(matched.same), len(matched.come)) == (1, 1)


def test_without_a_resource_only_the_message_tells() -> None:
    assert match_findings([Finding(message="a", field="x")], [Finding(message="b", field="x")]).same == ()
    assert match_findings([Finding(message="a")], [Finding(message="a")]).come == ()


def test_a_single_report_on_each_side_is_a_pair() -> None:
    before, after = report(cloud="a"), report(cloud="b")
    assert pair_reports([before], [after]) == ([(before, after)], [], [])


def test_several_reports_are_paired_by_the_name_of_the_cloud() -> None:
    a, b, c = report(cloud="a"), report(cloud="b"), report(cloud="c")
    assert pair_reports([a, b], [c, a]) == ([(a, a)], [b], [c])
    assert pair_reports([], [conformant()]) == ([], [], [conformant()])
