# SPDX-License-Identifier: Apache-2.0
"""All resources with findings: what fails on each, and what the cloud itself says about it."""

from collections.abc import Iterator

from sovran.model.report import Excerpt
from sovran.reports.page.claims import definitions, permalink, reference
from sovran.reports.page.marks import mark
from sovran.reports.page.markup import Child, Html, element, join, lines
from sovran.reports.page.view import Seen, View, kind

FINDINGS_SHOWN = 8
CLAIMS_NAMED = 30
"""Of one resource."""


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
    facts: list[tuple[str, Child]] = []
    if resource.id:
        facts.append(("Id", element("code", resource.id)))
    anchor = view.resource_anchor(resource) or ""
    facts.append(("Link here", permalink(anchor)))
    excerpt = view.excerpt(resource)
    fields = {finding.field for _, finding in seen.findings}
    body = element(
        "div", *_found(view, seen), definitions(facts), _excerpt(excerpt, fields) if excerpt else None, class_="body"
    )
    return element("details", summary, body, class_=f"resource {worst}", id=view.once(anchor))


def _found(view: View, seen: Seen) -> Iterator[Html]:
    """Each finding in a line, with its claim; of a resource that breaks everything, the claims of the others."""
    shown = seen.findings[:FINDINGS_SHOWN]
    lines_ = (
        element("li", element("p", reference(view, judgement.claim)), element("p", finding.message, class_="message"))
        for judgement, finding in shown
    )
    yield element("ul", *lines_, class_="findings")
    named = {judgement.claim for judgement, _ in shown}
    others = [one for one in dict.fromkeys(judgement.claim for judgement, _ in seen.findings) if one not in named]
    if others:
        names = join((reference(view, claim) for claim in others[:CLAIMS_NAMED]), ", ")
        more = f" and {len(others) - CLAIMS_NAMED:,} more" if len(others) > CLAIMS_NAMED else None
        yield element("p", "and in ", names, more, class_="more")


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
