# SPDX-License-Identifier: Apache-2.0
"""The report for the SCS compliance monitor: YAML with exactly the keys of the official suite's report.

Source: SCS-0003 and the sheet of the report format. Only official testcases go in, as PASS 1, ABORT 0, FAIL -1; what
was not run or does not apply is absent. One document per report and scope; a result holds for every version of its
scope, so two versions of one scope share a document.
"""

import re
import shlex
import uuid
from collections.abc import Iterable, Sequence
from typing import Any

import yaml

from sovran.model.claim import Reading
from sovran.model.errors import UsageError
from sovran.model.printable import printable
from sovran.model.report import Judgement, Report, ScopeResult
from sovran.model.verdict import Verdict
from sovran.reports.digest import checked_at, replay_sentence, violations

RESULT_CODES = {Verdict.PASS: 1, Verdict.ABORT: 0, Verdict.FAIL: -1}
LINE_LIMIT = 1000
"""Characters of one line of text from the cloud."""
INTERRUPTED = 130
"""What a shell reports of a program that Ctrl-C ended."""

PREAMBLE = """\
# {statement}
# Result codes: 1 PASS, 0 ABORT (could not be decided), -1 FAIL; a testcase that was not run is absent.
# The SCS compliance monitor counts a version as passed as long as none of its testcases is -1: it marks ABORT (0) as
# inconclusive and absent results as missing, but neither as failed. sovran calls such a cloud undecided.
"""


class _Dumper(yaml.SafeDumper):
    """Quotes strings that YAML 1.2, which the monitor reads, would take for numbers although YAML 1.1 does not."""


def _string(dumper: yaml.SafeDumper, text: str) -> yaml.ScalarNode:
    style = "'" if _looks_like_a_number(text) else None
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style=style)


_Dumper.add_representer(str, _string)


def render(reports: Sequence[Report], *, subject: str = "") -> str:
    """Return one YAML document per report and scope, each with an explicit `---`, ready to be signed and uploaded.

    `subject` is the name by which the monitor knows the cloud; without it the name in clouds.yaml is used. Raises
    UsageError when one subject is given for several clouds, since their results would overwrite each other.

    `checked_at` is local time without a zone, and `reference_date` the local day, as the official suite writes them
    (the monitor compares them with its own local clock). The run's uuid, by which the monitor refuses duplicates, is
    the report's id; for further scopes in the same report it is derived from it.
    """
    clouds = {report.cloud.name for report in reports}
    if subject and len(clouds) > 1:
        raise UsageError(f"One subject cannot stand for {len(clouds)} clouds; check one cloud at a time to name it.")
    documents = [
        _document(report, scopes, number, subject or report.cloud.name)
        for report in reports
        for number, scopes in enumerate(_by_uuid(report.scopes))
    ]
    said = [line for report in reports for line in (report.statement, replay_sentence(report)) if line]
    statements = dict.fromkeys(_line(line).encode("ascii", "backslashreplace").decode() for line in said)
    preamble = PREAMBLE.format(statement="\n# ".join(statements)) if reports else ""
    return preamble + yaml.dump_all(
        documents, Dumper=_Dumper, default_flow_style=False, sort_keys=False, explicit_start=True
    )


def _by_uuid(scopes: Iterable[ScopeResult]) -> list[list[ScopeResult]]:
    """The versions of each scope together, in order of first appearance."""
    groups: dict[str, list[ScopeResult]] = {}
    for scope in scopes:
        groups.setdefault(scope.uuid, []).append(scope)
    return list(groups.values())


def _document(report: Report, scopes: Sequence[ScopeResult], number: int, subject: str) -> dict[str, Any]:
    local = checked_at(report).astimezone().replace(tzinfo=None)
    scope = scopes[0]
    asked = _asked(scopes)
    run_uuid = _line(report.id) if number == 0 else _derived(f"{report.id} {scope.uuid}")
    invocation = _invocation(report, asked, run_uuid)
    return {
        "spec": {"uuid": _line(scope.uuid), "name": _line(scope.name), "url": _line(scope.url)},
        "checked_at": local,
        "reference_date": local.date(),
        "subject": _line(subject),
        "run": {
            "uuid": run_uuid,
            "argv": [_line(argument) for argument in report.argv],
            "assignment": {"os_cloud": _line(report.cloud.name)},
            "sections": None,
            "forced_version": _line(scope.version) if len(scopes) == 1 else None,
            "forced_tests": None if all(each.complete for each in scopes) else _pattern(asked),
            "invocations": {invocation["id"]: invocation},
        },
    }


def _invocation(report: Report, asked: Sequence[str], run_uuid: str) -> dict[str, Any]:
    """The run as the monitor sees one call of a check script; line counts as the official suite takes them."""
    judged = {judgement.claim: judgement for judgement in report.judged(Reading.OFFICIAL)}
    decided = [judged[claim] for claim in asked if claim in judged and judged[claim].verdict in RESULT_CODES]
    stdout = [f"{_line(judgement.claim)}: {judgement.verdict.value}" for judgement in decided]
    stderr = [f"INFO: {_line(f'sovran {report.sovran}: {report.statement}')}"]
    stderr += [f"INFO: {_line(note)}" for note in report.notes]
    stderr += ["WARNING: interrupted before everything was decided"] if report.interrupted else []
    stderr += [line for judgement in decided for line in _complaints(judgement)]
    return {
        "id": _derived(f"{run_uuid} invocation"),
        "cmd": _line(shlex.join(("sovran", *report.argv))),
        "results": {_line(judgement.claim): RESULT_CODES[judgement.verdict] for judgement in decided},
        "rc": INTERRUPTED if report.interrupted else 0,
        "stdout": stdout,
        "stderr": stderr,
        **{word: _count(word, stderr, stdout) for word in ("info", "warning", "error", "critical")},
    }


def _complaints(judgement: Judgement) -> list[str]:
    """Lines for stderr: every violation of a FAIL as ERROR, the reason of an ABORT as WARNING."""
    if judgement.verdict is Verdict.FAIL:
        messages = [finding.message for finding in violations(judgement)] or [judgement.reason]
        return [f"ERROR: {_line(judgement.claim)}: {_line(message)}" for message in messages]
    if judgement.verdict is Verdict.ABORT:
        return [f"WARNING: {_line(judgement.claim)}: {_line(judgement.reason)}"]
    return []


def _derived(name: str) -> str:
    """A UUID that follows from `name`, so that a report is the same however often it is written."""
    return str(uuid.uuid5(uuid.NAMESPACE_OID, _line(name)))


def _count(word: str, *streams: Sequence[str]) -> int:
    return sum(line.lower().startswith(word) for lines in streams for line in lines)


def _asked(scopes: Sequence[ScopeResult]) -> tuple[str, ...]:
    """Testcases of all targets of these scope versions, each once, in the scope's order."""
    return tuple(dict.fromkeys(claim for scope in scopes for claims in scope.testcases.values() for claim in claims))


def _pattern(asked: Sequence[str]) -> str:
    """A regular expression that matches exactly these ids, as the option for a selection expects it."""
    return f"(?:{'|'.join(re.escape(_line(claim)) for claim in asked)})$"


def _line(text: str) -> str:
    """One line that YAML, JSON and the monitor's database can hold (no NUL, no lone surrogate)."""
    return printable(text, limit=LINE_LIMIT)


def _looks_like_a_number(text: str) -> bool:
    for parse in (float, lambda digits: int(digits, 0)):
        try:
            parse(text)
        except ValueError:
            continue
        return True
    return False
