# SPDX-License-Identifier: Apache-2.0
"""Reading the YAML that the SCS compliance monitor takes: what each of its documents is about.

Source: SCS-0003 and the sheet of the report format. Also reads reports that the official suite wrote.
"""

import datetime
import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import yaml

from sovran.proof.ssh_key import Malformed

REPLAY = re.compile(r"^# (Replay of a snapshot of .*)$", re.MULTILINE)
"""What sovran writes above the documents of a replay."""
CODES = {-1: "fail", 0: "undecided", 1: "pass"}


@dataclass(frozen=True, slots=True)
class ScsDocument:
    """One report of one scope."""

    uuid: str
    """Of the run; the monitor takes each once."""
    subject: str
    """The cloud, as the monitor knows it."""
    scope: str
    checked_at: datetime.datetime
    """Local time of the machine that judged, without zone."""
    counts: Mapping[str, int]
    """`fail`, `undecided` and `pass` to the number of testcases; those not run are not in the report."""

    @property
    def verdict(self) -> str:
        """The counts in words."""
        said = ", ".join(f"{self.counts[word]} {word}" for word in CODES.values() if self.counts[word])
        return f"{said or 'nothing decided'}; testcases that were not run are not in this format"


def read_documents(content: bytes) -> tuple[ScsDocument, ...]:
    """The documents in a YAML report; raises Malformed when it is none, or has none."""
    try:
        found = list(yaml.load_all(content, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader)))
        documents = tuple(_document(fields) for fields in found)
    except yaml.YAMLError:
        raise Malformed("it is not YAML") from None
    except (KeyError, TypeError, AttributeError, ValueError, RecursionError):
        raise Malformed("it has not the keys of a report for the SCS compliance monitor") from None
    if not documents:
        raise Malformed("it holds no report")
    return documents


def replays(content: bytes) -> tuple[str, ...]:
    """What the file says of being a replay, in the comments above its documents; empty when it is none."""
    above = content.partition(b"\n---")[0].decode("utf-8", "replace")
    return tuple(REPLAY.findall(above))


def _document(fields: Any) -> ScsDocument:
    invocations = fields["run"]["invocations"]
    results = [code for invocation in invocations.values() for code in invocation["results"].values()]
    texts = (fields["run"]["uuid"], fields["subject"], fields["spec"]["uuid"], fields["spec"]["name"])
    checked_at = fields["checked_at"]
    if not all(isinstance(text, str) and text for text in texts) or not isinstance(checked_at, datetime.datetime):
        raise TypeError
    uuid, subject, _, scope = texts
    return ScsDocument(uuid, subject, scope, checked_at, Counter(CODES[code] for code in results))
