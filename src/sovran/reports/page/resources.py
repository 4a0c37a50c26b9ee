# SPDX-License-Identifier: Apache-2.0
"""All resources with findings: what fails on each, and what the cloud itself says about it."""

from collections.abc import Iterator

from sovran.model.report import Excerpt
from sovran.reports.page.claims import definitions, reference
from sovran.reports.page.marks import mark
from sovran.reports.page.markup import Child, Html, element, join, lines
from sovran.reports.page.view import Seen, View, kind

CLAIMS_NAMED = 40


def resources(view: View) -> Iterator[Html]:
    """The section, if there is any such resource; a long list is cut, and the rest counted."""
    if not view.resources:
        return
    shown = [_resource(view, seen) for seen in view.resources.values()]
    more: Child = None
    if view.resource_count > len(shown):
        words = f"and {view.resource_count - len(shown):,} more resources; the JSON report has them all ("
        more = element("p", words, element("code", "-o report.json"), ").", class_="more")
    heading = element(view.heading(1), "Resources with findings")
    note = "All that was found on one resource, and what the cloud's own answer says about it."
    yield element(
        "section", heading, element("p", note, class_="soft"), *shown, more, class_="resources",
        id=view.own_anchor("resources"),
    )  # fmt: skip


def _resource(view: View, seen: Seen) -> Html:
    resource = seen.resource
    claims = dict.fromkeys(judgement.claim for judgement, _ in seen.findings)
    worst = "fail" if any(kind(judgement) == "fail" for judgement, _ in seen.findings) else "should"
    worst = worst if seen.violations else "na"
    summary = element(
        "summary",
        mark(worst),
        element("span", f"{resource.kind} ", element("code", resource.name or resource.id, class_="id"), class_="what"),
        element(
            "span", f"{len(claims):,}", element("span", " claims" if len(claims) > 1 else " claim"), class_="count"
        ),
    )
    named = join((reference(view, claim) for claim in list(claims)[:CLAIMS_NAMED]), ", ")
    facts: list[tuple[str, Child]] = [("Claims", named)]
    if resource.id:
        facts.append(("Id", element("code", resource.id)))
    anchor = view.resource_anchor(resource) or ""
    facts.append(("Link here", element("a", f"#{anchor}", href=f"#{anchor}", class_="permalink")))
    excerpt = view.excerpt(resource)
    fields = {finding.field for _, finding in seen.findings}
    body = element("div", definitions(facts), _excerpt(excerpt, fields) if excerpt else None, class_="body")
    return element("details", summary, body, class_="resource", id=view.once(anchor))


def _excerpt(excerpt: Excerpt, fields: set[str]) -> Html:
    """The raw answer, with the lines of the fields in question marked."""
    shown = (_line(line, fields) for line in excerpt.text.split("\n"))
    caption = element(
        "figcaption", "What the cloud said to ", element("code", excerpt.request), f" at {excerpt.at:%H:%M:%S} UTC"
    )
    left_out = None
    if excerpt.left_out:
        left_out = element("p", "Not shown: ", ", ".join(excerpt.left_out), class_="more")
    code = element("pre", element("code", lines(shown)), tabindex=0, aria_label="Raw excerpt", role="region")
    return element("figure", caption, code, left_out, class_="excerpt")


def _line(line: str, fields: set[str]) -> Child:
    key = line.strip().partition('":')[0].removeprefix('"')
    return element("mark", line) if key in fields else line
