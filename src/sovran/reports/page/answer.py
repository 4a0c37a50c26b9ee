# SPDX-License-Identifier: Apache-2.0
"""The top of the page: the answer for one cloud, and the few things that stand in the way."""

from collections.abc import Iterator, Sequence

from sovran.model.claim import Reading
from sovran.model.report import Judgement
from sovran.model.verdict import Verdict
from sovran.reports import accepted, acted, digest
from sovran.reports.page.claims import LONGEST_PROSE, reference, resource_reference
from sovran.reports.page.marks import bar, mark
from sovran.reports.page.markup import Child, Html, element, join, link, prose
from sovran.reports.page.view import KINDS, WORDS, View, kind

MESSAGES_SHOWN = 3
CLAIMS_NAMED = 12
"""Of one reason; more are counted."""
BLOCKERS_SHOWN = 40


def head(view: View) -> Html:
    """Which cloud, as whom, and the answer per scope version and target."""
    cloud = view.report.cloud
    who = [cloud.region, f"project {cloud.project}" if cloud.project else ""]
    who.append(f"as {', '.join(cloud.roles)}" if cloud.roles else "")
    when = element("span", f"{digest.checked_at(view.report):%Y-%m-%d %H:%M} UTC", class_="nowrap")
    return element(
        "header",
        element(view.heading(), cloud.name or "a cloud", class_="cloud"),
        element(
            "p", "".join(f"{part} · " for part in who if part), element("span", when, class_="nowrap"), class_="soft"
        ),
        *_warnings(view),
        *(_answer(answer) for answer in digest.answers(view.report)),
        *(element("p", said, class_="soft") for said in accepted.summary(view.report)),
        class_="head",
    )


def _warnings(view: View) -> Iterator[Html]:
    report = view.report
    if replayed := digest.replay_sentence(report):
        yield element("p", replayed, class_="warning")
    for sentence in acted.left_behind(report):
        yield element("p", prose(sentence, LONGEST_PROSE), class_="warning")
    if report.cloud.admin:
        words = "Judged with admin rights: private resources may have made a verdict too good."
        yield element("p", words, class_="warning")
    if report.interrupted:
        yield element("p", "Interrupted: what was not read by then is undecided.", class_="warning")
    for warning in accepted.warnings(report):
        yield element("p", f"{warning[:1].upper()}{warning[1:]}.", class_="warning")


def _answer(answer: digest.Answer) -> Html:
    scope = answer.result
    how = {"CONFORMANT": "pass", "NOT CONFORMANT": "fail", "UNDECIDED": "open"}.get(answer.label)
    how = how or KINDS[answer.verdict]
    about: Child = "The text of standards decides nothing about a scope version."
    if scope:
        about = join([link(scope.url, scope.name or scope.scope), f", {digest.STATE_WORDS[scope.state]}"])
    return element(
        "div",
        element("p", element("code", answer.scope), f" {answer.target}", class_="scope"),
        element("p", mark(how), answer.label.capitalize(), class_=f"verdict {how}"),
        element("p", f"{answer.sentence[:1].upper()}{answer.sentence[1:]}.", class_="sentence"),
        bar(KINDS[verdict] for verdict in answer.verdicts),
        element("p", about, class_="soft"),
        class_="answer",
    )


def obstacles(view: View) -> Iterator[Html]:
    """What fails officially, what could not be decided, and what only the text shows."""
    official = digest.with_verdict(view.report.judged(Reading.OFFICIAL), Verdict.FAIL)
    yield from _blockers(view, "What stands in the way", "Official testcases that fail.", official)
    undecided = digest.with_verdict(view.report.judgements, Verdict.ABORT)
    yield from _reasons(view, "Could not be decided", "open", undecided)
    only_text, also = digest.beyond_official(view.report)
    said = "Requirements of the text that fail although no official testcase of their standard does. "
    said += "They do not change the answer."
    yield from _blockers(view, "Seen only by the text", said, only_text)
    if also:
        names = join((reference(view, one.claim) for one in also), ", ")
        yield element("p", "By the text, where the official testcases fail too: ", names, ".", class_="also")
    missing = digest.with_verdict(view.report.judged(Reading.OFFICIAL), Verdict.MISS)
    yield from _reasons(view, "Official testcases that were not run", "none", missing)


def _blockers(view: View, title: str, said: str, failed: Sequence[Judgement]) -> Iterator[Html]:
    if not failed:
        return
    items = [element("li", *_blocker(view, one)) for one in accepted.counting_first(tuple(failed))[:BLOCKERS_SHOWN]]
    more = len(failed) - len(items)
    yield element(
        "section",
        element(view.heading(1), title),
        element("p", said, class_="soft"),
        element("ol", *items, class_="blockers"),
        element("p", f"and {more:,} more, below by standard.", class_="more") if more else None,
    )


def _blocker(view: View, judgement: Judgement) -> Iterator[Child]:
    how = kind(judgement)
    level = f" · {judgement.level.value}" if judgement.reading is Reading.TEXT else ""
    waived = f" · {accepted.mark(judgement)}" if accepted.mark(judgement) else ""
    name = element("a", element("code", judgement.claim), href=f"#{view.anchor(judgement.claim)}")
    yield mark(how)
    words: list[Child] = [element("p", name, f"{level}{waived}", element("span", f" {WORDS[how]}", class_="unseen"))]
    words.append(element("p", prose(judgement.text), class_="demand") if judgement.text else None)
    violations = digest.violations(judgement)
    messages = [one.message for one in violations[:MESSAGES_SHOWN]] or [judgement.reason]
    words.append(element("ul", *(element("li", message) for message in messages), class_="messages"))
    more = len(violations) - len(messages)
    if more > 0:
        resources = [one.resource for one in violations[MESSAGES_SHOWN : MESSAGES_SHOWN + 1] if one.resource]
        first = join([", ", resource_reference(view, resources[0]), " among them"]) if resources else None
        words.append(element("p", f"and {more:,} more", first, class_="more"))
    if judgement.cure:
        words.append(element("p", element("b", "Cure "), prose(judgement.cure), class_="cure"))
    yield element("div", *words)


def _reasons(view: View, title: str, how: str, judgements: Sequence[Judgement]) -> Iterator[Html]:
    groups = digest.by_reason(judgements)
    if not groups:
        return
    items = []
    for group in groups:
        names = join((reference_plain(view, one.claim) for one in group.claims[:CLAIMS_NAMED]), ", ")
        more = len(group.claims) - CLAIMS_NAMED
        rest = f" and {more:,} more" if more > 0 else ""
        reason = element("p", group.reason or "No reason was given.", class_="message")
        items.append(element("li", mark(how), element("div", reason, element("p", names, rest, class_="soft"))))
    yield element("section", element(view.heading(1), title), element("ul", *items, class_="blockers"))


def reference_plain(view: View, claim_id: str) -> Html:
    """A claim by its id alone, as a link."""
    return element("a", element("code", claim_id), href=f"#{view.anchor(claim_id)}")
