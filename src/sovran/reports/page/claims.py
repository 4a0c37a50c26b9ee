# SPDX-License-Identifier: Apache-2.0
"""One claim on the page: its verdict, what was seen on which resource, how to cure it, and where it is demanded."""

from collections.abc import Iterator, Sequence

from sovran.model.claim import Reading
from sovran.model.finding import Finding, Resource
from sovran.model.report import Judgement
from sovran.model.verdict import Verdict
from sovran.reports import accepted, digest
from sovran.reports.page.marks import mark
from sovran.reports.page.markup import Child, Html, element, join, prose
from sovran.reports.page.view import WORDS, View, kind, spoken

LONGEST_PROSE = 2000


def claim(view: View, judgement: Judgement) -> Html:
    """A claim that can be opened; closed, it says verdict, id and what is demanded."""
    how = kind(judgement)
    anchor = view.anchor(judgement.claim)
    count = len(judgement.findings)
    summary = element(
        "summary",
        mark(how),
        element(
            "span",
            element("span", element("code", judgement.claim, class_="id"), *_tags(judgement), class_="line"),
            element("span", prose(judgement.text), class_="demand") if judgement.text else None,
            class_="what",
        ),
        element("span", f"{count:,}", element("span", " findings" if count > 1 else " finding"), class_="count")
        if count
        else None,
    )
    body = element("div", *_body(view, judgement, anchor), class_="body")
    return element(
        "details",
        summary,
        body,
        class_=f"claim {how}",
        id=view.once(anchor),
        data_verdict=how,
        data_reading=judgement.reading.value,
    )


def _tags(judgement: Judgement) -> Iterator[Child]:
    yield element("span", WORDS[kind(judgement)], class_=f"tag {kind(judgement)}")
    if judgement.reading is Reading.TEXT:
        yield element("span", judgement.level.value, class_="tag")
    elif judgement.target not in ("main", ""):
        yield element("span", judgement.target, class_="tag")
    if accepted.mark(judgement):
        yield element("span", accepted.mark(judgement), class_="tag")


def _body(view: View, judgement: Judgement, anchor: str) -> Iterator[Child]:
    reason = digest.own_reason(judgement)
    if reason:
        yield element("p", element("b", f"{WORDS[kind(judgement)]}: "), reason, class_="reason")
    elif judgement.verdict is Verdict.PASS:
        yield element("p", _passed(judgement), class_="reason")
    yield from findings(view, "What was found", digest.violations(judgement))
    if judgement.undecided:
        yield element("p", element("b", "Besides undecided: "), judgement.undecided, class_="reason")
    yield from findings(view, "Worth knowing", digest.remarks(judgement))
    facts: list[tuple[str, Child]] = []
    if judgement.cure and judgement.verdict is Verdict.FAIL:
        facts.append(("Cure", prose(judgement.cure, LONGEST_PROSE)))
    if judgement.examined and judgement.verdict is not Verdict.PASS:
        facts.append(("Judged", resources_counted(judgement.examined)))
    if judgement.covers:
        facts.append(("By the text", join((reference(view, other) for other in judgement.covers), ", ")))
    covering = [one.claim for one in view.report.judgements if judgement.claim in one.covers]
    if covering:
        facts.append(("Official", join((reference(view, other) for other in covering), ", ")))
    if judgement.source:
        facts.append(("Source", judgement.source))
    facts.append(("More", element("code", f"sovran explain {judgement.claim}")))
    facts.append(("Link here", permalink(anchor)))
    yield definitions(facts)


def _passed(judgement: Judgement) -> str:
    if not judgement.examined:
        return "Holds."
    return f"Holds on {resources_counted(judgement.examined)}."


def resources_counted(number: int) -> str:
    """A count of resources, spoken."""
    return f"{number:,} resource{'s' if number != 1 else ''}"


def definitions(facts: Sequence[tuple[str, Child]], look: str = "facts") -> Html:
    """A list of terms with what is said about them; `look` is its class in the style sheet."""
    rows = (element("div", element("dt", term), element("dd", said)) for term, said in facts)
    return element("dl", *rows, class_=look)


def permalink(anchor: str) -> Html:
    """A link to where it stands itself, to be copied."""
    return element("a", f"#{anchor}", href=f"#{anchor}", class_="permalink")


def reference(view: View, claim_id: str) -> Html:
    """A claim of this report named elsewhere: a link with its verdict; a name alone when it was not judged."""
    judgement = view.claims.get(claim_id)
    if judgement is None:
        return element("code", claim_id)
    shown = element("a", element("code", claim_id), href=f"#{view.anchor(claim_id)}")
    return element("span", shown, f" {spoken(kind(judgement))}")


def findings(view: View, title: str, found: Sequence[Finding]) -> Iterator[Html]:
    """What was seen, resource by resource; the rest of a long list is counted."""
    if not found:
        return
    yield element("p", title, class_="label")
    items = [element("li", *_finding(view, one)) for one in found[: view.findings_shown]]
    yield element("ul", *items, class_="findings")
    if len(found) > len(items):
        more = f"and {len(found) - len(items):,} more; all of them are in the JSON report ("
        yield element("p", more, element("code", "-o report.json"), ").", class_="more")


def _finding(view: View, finding: Finding) -> Iterator[Child]:
    yield element("p", finding.message, class_="message")
    pairs: list[tuple[str, Child]] = []
    for term, said in (("Field", finding.field), ("Expected", finding.expected), ("Seen", finding.seen)):
        if said:
            pairs.append((term, element("code", said)))
    if finding.resource is not None and any((finding.resource.name, finding.resource.id)):
        pairs.append(("On", resource_reference(view, finding.resource)))
    if said := accepted.accepted(finding):
        pairs.append(("Accepted", said))
    if pairs:
        yield definitions(pairs, "pairs")


def resource_reference(view: View, resource: Resource) -> Html:
    """A resource by kind and name; a link where the page shows it."""
    shown = join([f"{resource.kind} " if resource.kind else None, element("code", resource.name or resource.id)])
    anchor = view.resource_anchor(resource)
    return element("a", shown, href=f"#{anchor}") if anchor else shown
