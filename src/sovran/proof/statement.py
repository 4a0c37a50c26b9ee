# SPDX-License-Identifier: Apache-2.0
"""What a signed statement says of a report: an in-toto statement with a test-result predicate.

Sources: in-toto Attestation Framework, Statement v1; predicate https://in-toto.io/attestation/test-result/v0.1. Names
that begin with `sovran` are extension fields as its parsing rules allow them.
"""

import hashlib
from typing import Any, Final

from sovran.conformance.exit_code import deciding
from sovran.conformance.selection import MAIN
from sovran.model.printable import printable
from sovran.model.report import Report, ScopeResult
from sovran.model.verdict import Verdict
from sovran.reports.digest import checked_at, scope_name

STATEMENT_TYPE: Final = "https://in-toto.io/Statement/v1"
PREDICATE_TYPE: Final = "https://in-toto.io/attestation/test-result/v0.1"


def statement(report: Report, name: str, content: bytes) -> dict[str, Any]:
    """The statement about one report of the file `name`, which holds exactly `content`.

    Its tests are the claims by which the exit code is decided. Waivers and baselines change nothing here: a verdict
    is what was seen.
    """
    return {
        "_type": STATEMENT_TYPE,
        "subject": [{"name": printable(name, 255), "digest": {"sha256": hashlib.sha256(content).hexdigest()}}],
        "predicateType": PREDICATE_TYPE,
        "predicate": _predicate(report),
    }


def _predicate(report: Report) -> dict[str, Any]:
    """The fields of the predicate; undecided tests are in none of its own lists, since those all speak of passing or
    failing, and a policy may accept a test that is among the warned ones.
    """
    decided: dict[Verdict, list[str]] = {verdict: [] for verdict in Verdict}
    for judgement in deciding(report):
        decided[judgement.verdict].append(judgement.claim)
    return {
        "result": _result(report, decided),
        "configuration": _configuration(report),
        "url": run_uri(report),
        "passedTests": decided[Verdict.PASS],
        "warnedTests": [],
        "failedTests": decided[Verdict.FAIL],
        "sovranUndecidedTests": [*decided[Verdict.ABORT], *decided[Verdict.MISS]],
        "sovranNotApplicableTests": decided[Verdict.NOT_APPLICABLE],
        "sovranCheckedAt": f"{checked_at(report):%Y-%m-%dT%H:%M:%SZ}",
        "sovranReplay": report.replay is not None,
        "sovranAdmin": report.cloud.admin,
    }


def run_uri(report: Report) -> str:
    """What identifies the run: the report's id."""
    return f"urn:uuid:{report.id}"


def _result(report: Report, decided: dict[Verdict, list[str]]) -> str:
    """PASSED only when every test that decides passed or does not apply, and one did pass; WARNED: undecided."""
    if decided[Verdict.FAIL]:
        return "FAILED"
    undecided = decided[Verdict.ABORT] or decided[Verdict.MISS] or report.interrupted
    return "WARNED" if undecided or not decided[Verdict.PASS] else "PASSED"


def _asked(scope: ScopeResult) -> str:
    """The scope version; under another name where less was asked than a certificate asks, so that no policy takes the
    one for the other.
    """
    whole = scope.complete and MAIN in scope.targets
    return scope_name(scope) if whole else f"selection of {scope_name(scope)}"


def _configuration(report: Report) -> list[dict[str, Any]]:
    """By what was judged: the digest of the standards, the scope versions, and the recording of a replay."""
    found: list[dict[str, Any]] = []
    if report.ruleset:
        found.append({"name": "ruleset", "digest": {"sha256": report.ruleset}})
    found += [{"name": _asked(scope), "uri": scope.url} for scope in report.scopes if scope.url]
    if report.replay:
        found.append({"name": "snapshot", "digest": {"sha256": report.replay.snapshot}})
    return found
