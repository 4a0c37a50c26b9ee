# SPDX-License-Identifier: Apache-2.0
"""The report for a ticket or a wiki: Markdown (CommonMark with tables) from which nothing of the cloud's breaks out.

Whatever may hold text from the cloud stands in code spans, where no Markdown, HTML, link, mention or issue number is
recognized; and not in tables, where renderers differ about bars in code. Sentences of the standards are written plainly
with every character that could be markup as a character reference.
"""

import re
from collections.abc import Iterable, Iterator, Sequence

from sovran.model.claim import Reading
from sovran.model.finding import Finding
from sovran.model.matrix import Access, Matrix, Row
from sovran.model.printable import printable
from sovran.model.report import Judgement, Report
from sovran.model.verdict import Verdict
from sovran.reports import accepted, acted, digest

TEXT_LIMIT = 2000
"""Characters of one code span."""
FINDINGS_SHOWN = 100
"""Per claim; a ticket is no place for thousands, the JSON report has them all."""

_BACKTICKS = re.compile("`+")
_SPECIAL = re.compile(r"[^0-9A-Za-z ,;()%?'\"/.:-]|[.:/](?! |$)")
"""What could be markup; dots, colons and slashes inside a word could make it a link."""


def render(reports: Sequence[Report]) -> str:
    """Return the reports as one Markdown text, one chapter per cloud."""
    lines = [line for report in reports for line in _chapter(report)]
    lines += [f"_{plain(statement)}_" for statement in dict.fromkeys(report.statement for report in reports)]
    return "\n".join(lines) + "\n"


def code(text: str) -> str:
    """`text` in a code span that it cannot leave; nothing for empty text."""
    shown = printable(text, limit=TEXT_LIMIT)
    if not shown.strip():
        return f"` {shown} `" if shown else ""
    fence = "`" * (1 + max((len(run) for run in _BACKTICKS.findall(shown)), default=0))
    pad = " " if shown[0] in "` " or shown[-1] in "` " else ""
    return f"{fence}{pad}{shown}{pad}{fence}"


def plain(text: str) -> str:
    """`text` outside code, for use inside a line: what could be markup stands there as a character reference."""
    return _SPECIAL.sub(lambda match: f"&#{ord(match[0])};", printable(text, limit=TEXT_LIMIT))


def sentence(text: str) -> str:
    """A sentence of a standard, in which pairs of backticks stand for code, as in our own data."""
    parts = printable(text, limit=TEXT_LIMIT).split("`")
    paired = len(parts) % 2 == 1 and all(part.strip() for part in parts[1:-1])
    return (
        "".join(code(part) if number % 2 else plain(part) for number, part in enumerate(parts))
        if paired
        else plain(text)
    )


def _chapter(report: Report) -> Iterator[str]:
    cloud = report.cloud
    yield f"# sovran report on {code(cloud.name) or 'a cloud'}"
    yield ""
    yield from _answers(report)
    yield ""
    facts = [("Region", cloud.region), ("Project", cloud.project), ("Roles", ", ".join(cloud.roles))]
    facts += [("Identity API", cloud.auth_url), ("Report", report.id)]
    yield f"- Checked: {digest.checked_at(report):%Y-%m-%d %H:%M} UTC by sovran {code(report.sovran)}"
    yield from (f"- {name}: {code(value)}" for name, value in facts if value)
    if replayed := digest.replay_sentence(report):
        yield f"- **Replay:** {plain(replayed)}"
    if cloud.admin:
        yield "- **Judged with admin rights:** private resources may have made a verdict too good"
    if report.interrupted:
        yield "- **Interrupted:** what was not read by then is undecided"
    yield from (f"- **{plain(sentence)}**" for sentence in acted.left_behind(report))
    yield from (f"- Note: {code(note)}" for note in report.notes)
    yield from (f"- Probe {code(run.name)}: {code(acted.did(run))}" for run in report.probes)
    yield from (f"- **Waiver:** {code(warning)}" for warning in accepted.warnings(report))
    yield from (f"- {plain(line)}" for line in accepted.summary(report))
    yield ""
    official = report.judged(Reading.OFFICIAL)
    failed = accepted.counting_first(digest.with_verdict(official, Verdict.FAIL))
    yield from _section("Official testcases that fail", failed)
    yield from _reasons("Could not be decided", digest.with_verdict(report.judgements, Verdict.ABORT))
    only_text, also = digest.beyond_official(report)
    yield from _section("By the text: requirements that fail though the official testcases do not", only_text)
    yield from _section("By the text: requirements that fail as the official testcases do", also)
    for matrix in report.matrices:
        yield from _matrix(matrix)
    yield from _standards(report)
    yield from _reasons("Not run", digest.with_verdict(report.judgements, Verdict.MISS))
    yield from _reasons("Not applicable", digest.with_verdict(report.judgements, Verdict.NOT_APPLICABLE))


def _answers(report: Report) -> Iterator[str]:
    """One table row per scope and target."""
    yield "| Scope | Target | Answer | Testcases |"
    yield "| --- | --- | --- | --- |"
    for answer in digest.answers(report):
        state = f" ({digest.STATE_WORDS[answer.result.state]})" if answer.result else ""
        scope = f"{_cell(answer.scope)}{state}"
        yield f"| {scope} | {_cell(answer.target)} | **{answer.label}** | {answer.sentence} |"


def _standards(report: Report) -> Iterator[str]:
    yield "## Standards"
    yield ""
    yield "| Standard | Official | By the text |"
    yield "| --- | --- | --- |"
    for row in digest.rows(report):
        yield f"| {_cell(row.standard)} | {row.official} | {row.text} |"
    yield ""


def _matrix(matrix: Matrix) -> Iterator[str]:
    """What is not as expected in full, then every operation in a table."""
    yield f"## Who may do what: {plain(matrix.title)}"
    yield ""
    yield f"{acted.headline(matrix)}"
    yield ""
    found = acted.telling(matrix)
    for row, cell in found[:FINDINGS_SHOWN]:
        said = f": {code(cell.said)}" if cell.said else ""
        yield f"- **{cell.access.value}** {code(cell.persona)} {code(acted.operation(row))}{said}"
    if len(found) > FINDINGS_SHOWN:
        yield f"- and {len(found) - FINDINGS_SHOWN} more"
    if found:
        yield ""
    yield f"| Service | Operation | {' | '.join(_cell(persona) for persona in matrix.personas)} |"
    yield f"| --- | --- |{' --- |' * len(matrix.personas)}"
    yield from (_operation(row, matrix.personas) for row in matrix.rows)
    yield ""


def _operation(row: Row, personas: Sequence[str]) -> str:
    cells = {cell.persona: cell.access for cell in row.cells}
    words = (_access(cells.get(persona)) for persona in personas)
    return f"| {_cell(row.service)} | {_cell(acted.operation(row))} | {' | '.join(words)} |"


def _access(access: Access | None) -> str:
    if access is None:
        return "-"
    return access.value if access in acted.EXPECTED else f"**{access.value}**"


def _section(title: str, judgements: Sequence[Judgement]) -> Iterator[str]:
    if not judgements:
        return
    yield f"## {title}"
    yield ""
    for judgement in judgements:
        word = f" **({accepted.mark(judgement)})**" if accepted.mark(judgement) else ""
        yield f"- **{judgement.level.value}** {code(judgement.claim)}{word} {sentence(judgement.text)}"
        reason = digest.own_reason(judgement)
        yield from ([f"  - {code(reason)}"] if reason else [])
        yield from ([f"  - besides undecided: {code(judgement.undecided)}"] if judgement.undecided else [])
        yield from _findings(digest.violations(judgement))
    yield ""


def _findings(findings: Sequence[Finding]) -> Iterator[str]:
    for finding in findings[:FINDINGS_SHOWN]:
        more = accepted.accepted(finding)
        yield f"  - {code(finding.message)}" + (f" ({code(more)})" if more else "")
    if len(findings) > FINDINGS_SHOWN:
        yield f"  - and {len(findings) - FINDINGS_SHOWN} more"


def _reasons(title: str, judgements: Iterable[Judgement]) -> Iterator[str]:
    groups = digest.by_reason(judgements)
    if not groups:
        return
    yield f"## {title}"
    yield ""
    for group in groups:
        names = ", ".join(code(judgement.claim) for judgement in group.claims)
        yield f"- {code(group.reason) or 'no reason was given'}: {names}"
    yield ""


def _cell(text: str) -> str:
    """An id in a table: code, unless bars or backslashes are in it."""
    return plain(text) if "|" in text or "\\" in printable(text, limit=TEXT_LIMIT) else code(text)
