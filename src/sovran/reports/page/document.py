# SPDX-License-Identifier: Apache-2.0
"""The page around the reports: style, script, and a policy by which a browser runs and loads nothing else."""

import base64
import functools
import hashlib
from collections.abc import Sequence
from pathlib import Path

from sovran.reports import digest
from sovran.reports.page.access import access
from sovran.reports.page.answer import head, obstacles
from sovran.reports.page.claims import definitions
from sovran.reports.page.marks import mark, sprite
from sovran.reports.page.markup import Child, Html, element, join, raw
from sovran.reports.page.matrix import matrix
from sovran.reports.page.resources import resources
from sovran.reports.page.standards import overview, sections
from sovran.reports.page.view import OWN, WORDS, View

_HERE = Path(__file__).parent


@functools.cache
def part(name: str) -> str:
    """Our own style sheet or script."""
    return (_HERE / name).read_text(encoding="utf-8")


def policy() -> str:
    """Content security policy: our own style and script by their digests, and nothing from anywhere."""

    def source(name: str) -> str:
        return "'sha256-" + base64.b64encode(hashlib.sha256(part(name).encode()).digest()).decode() + "'"

    return (
        f"default-src 'none'; style-src {source('style.css')}; script-src {source('script.js')}; img-src data:; "
        "base-uri 'none'; form-action 'none'"
    )


def document(views: Sequence[View]) -> str:
    """The whole page."""
    names = ", ".join(view.report.cloud.name or "a cloud" for view in views)
    top = element(
        "head",
        element("meta", charset="utf-8"),
        raw(f'<meta http-equiv="Content-Security-Policy" content="{policy()}">'),
        element("meta", name="viewport", content="width=device-width, initial-scale=1"),
        element("meta", name="color-scheme", content="light dark"),
        element("meta", name="robots", content="noindex"),
        element("title", f"{names}: sovran report"),
        element("link", rel="icon", href="data:,"),
        element("style", raw(part("style.css"))),
    )
    several = None
    if len(views) > 1:
        heading = element("h1", f"{len(views):,} clouds", class_="cloud")
        several = element("section", heading, matrix(views), class_="several")
    body = element(
        "body",
        element("a", "Skip to the answer", href=f"#{OWN}answer", class_="skip"),
        sprite(),
        _bar(),
        element("main", several, *(_cloud(view) for view in views), id=f"{OWN}answer", tabindex="-1"),
        _footer(views),
        element("script", raw(part("script.js"))),
    )
    return "<!doctype html>\n" + element("html", top, body, lang="en") + "\n"


def _bar() -> Html:
    """Name of the program, and what needs the script: search, filter, light or dark."""
    kinds = (
        element("label", element("input", type="checkbox", value=how, checked=True), mark(how), element("span", word))
        for how, word in WORDS.items()
    )
    search = element(
        "input", type="search", id=f"{OWN}search", placeholder="Search", autocomplete="off", spellcheck="false"
    )
    tools = element(
        "form",
        element("label", "Search claims, resources and findings", for_=search_id(), class_="unseen"),
        search,
        element("fieldset", element("legend", "Show", class_="unseen"), *kinds, class_="kinds"),
        element("span", role="status", class_="status soft"),
        class_="tools",
        role="search",
        hidden=True,
    )
    theme = element("button", "Dark", type="button", class_="theme", hidden=True)
    name = element("span", "sovran", element("span", " report", class_="soft"), class_="name")
    return element("div", element("div", name, tools, theme, class_="column-wide"), class_="top", role="banner")


def search_id() -> str:
    """Id of the search field."""
    return f"{OWN}search"


def _cloud(view: View) -> Html:
    claims = element(
        "section",
        element("div", element(view.heading(1), "Every claim"), _expand(), class_="with-tool"),
        element("p", "Nothing matches what you search.", class_="nothing soft", hidden=True),
        *sections(view),
        class_="claims",
    )
    return element(
        "article", head(view), *obstacles(view), *access(view), overview(view), claims, *resources(view), _run(view),
        id=view.own_anchor("cloud"),
    )  # fmt: skip


def _expand() -> Html:
    return element("button", "Open all", type="button", class_="expand", hidden=True)


def _run(view: View) -> Html:
    """How the report came about."""
    report = view.report
    facts: list[tuple[str, Child]] = [
        ("Identity API", element("code", report.cloud.auth_url) if report.cloud.auth_url else "unknown"),
        ("Asked", f"{report.requests:,} requests in {report.seconds:.1f} s"),
        ("Command", element("code", " ".join(("sovran", *report.argv)))),
        ("Version", f"sovran {report.sovran}"),
        ("Report", element("code", report.id)),
    ]
    if report.ruleset:
        facts.append(("Standards", element("code", report.ruleset)))
    if report.baseline is not None:
        base = report.baseline
        facts.append(("Baseline", f"{base.cloud}, {base.checked_at:%Y-%m-%d %H:%M} UTC"))
    for use in report.waivers:
        waiver = use.waiver
        state = "expired" if use.expired else f"covers {use.findings:,}"
        words = f"{waiver.id} on {waiver.resource}, by {waiver.owner} until {waiver.until} ({state}): {waiver.reason}"
        facts.append(("Waiver", words))
    facts += [("Replay", replayed)] if (replayed := digest.replay_sentence(report)) else []
    facts += [("Note", note) for note in report.notes]
    return element("section", element(view.heading(1), "This run"), definitions(facts), class_="run")


def _footer(views: Sequence[View]) -> Html:
    statements = dict.fromkeys(view.report.statement for view in views)
    paragraphs = join(element("p", statement) for statement in statements)
    return element("footer", element("div", paragraphs, class_="column-wide"), class_="bottom")
