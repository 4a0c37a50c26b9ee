# SPDX-License-Identifier: Apache-2.0
"""What a signed file says: which cloud was judged when, with which verdict, and whether that is a replay."""

import io
from collections import Counter

from sovran.cloud.snapshots import snapshot
from sovran.model.errors import UsageError
from sovran.model.report import Report
from sovran.proof.scs_document import read_documents, replays
from sovran.proof.ssh_key import Malformed
from sovran.reports import json_report
from sovran.reports.digest import WORDS, answers, checked_at, replay_sentence

Fields = list[tuple[str, str]]
UNREADABLE = "nothing that sovran can read out of this kind of file: look into it"


def what_it_says(content: bytes, shown: str) -> Fields:
    """Labels and texts for people, from the content of a report or snapshot called `shown`."""
    if content.startswith(snapshot.MAGIC):
        return _of_snapshot(content, shown)
    reports = reports_in(content, shown)
    if reports:
        return [field for report in reports for field in _of_report(report)]
    try:
        return _of_yaml(content)
    except Malformed:
        return [("Says", UNREADABLE)]


def reports_in(content: bytes, shown: str) -> tuple[Report, ...]:
    """The reports of a JSON report; empty for anything else."""
    if not content.startswith(b"{"):
        return ()
    try:
        return json_report.decode(content, shown)
    except UsageError:
        return ()


def _of_report(report: Report) -> Fields:
    said = [f"{answer.scope} {answer.target}: {answer.label}, {answer.sentence}" for answer in answers(report)]
    return [
        ("Cloud", report.cloud.name),
        ("Judged", f"{checked_at(report):%Y-%m-%d %H:%M:%S} UTC by sovran {report.sovran}"),
        ("Verdict", "\n".join(said)),
        ("Admin", "judged with admin rights, which may have made a verdict too good" if report.cloud.admin else ""),
        ("Interrupted", "yes: what had not been read by then is undecided" if report.interrupted else ""),
        ("Replay", replay_sentence(report)),
    ]


def _of_snapshot(content: bytes, shown: str) -> Fields:
    try:
        taken = snapshot.decode(io.BytesIO(content), shown).snapshot
    except UsageError as error:
        return [("Says", str(error))]
    counts = Counter(taken.verdicts.values())
    verdict = ", ".join(f"{counts[one]} {word}" for one, word in WORDS.items() if counts[one])
    return [
        ("Cloud", taken.cloud.name),
        ("Recorded", f"{taken.now:%Y-%m-%d %H:%M:%S} UTC by sovran {taken.sovran}"),
        ("Verdict", f"{taken.question.scope}, all claims: {verdict or 'none'}"),
        ("Anonymous", "yes: names, hosts and ids of the cloud were replaced" if taken.anonymous else ""),
    ]


def _of_yaml(content: bytes) -> Fields:
    fields: Fields = []
    for document in read_documents(content):
        fields += [
            ("Cloud", f"{document.subject}, as subject for the SCS compliance monitor"),
            ("Judged", f"{document.checked_at:%Y-%m-%d %H:%M:%S}, local time of the machine that judged"),
            ("Verdict", f"{document.scope}: {document.verdict}"),
        ]
    return [*fields, *(("Replay", sentence) for sentence in replays(content))]
