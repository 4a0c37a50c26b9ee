# SPDX-License-Identifier: Apache-2.0
"""All probes as users see them: what each does, makes and decides."""

import inspect
import re
import sys

import msgspec

from sovran.probes.probe import Probe
from sovran.probes.registry import PROBES
from sovran.rules.registry import find_rule
from sovran.standards.load import load_standards
from sovran.standards.ruleset import Ruleset

BEGINNING = re.compile(r"Probe[^:]*: ")
"""Of the first line of a probe's module; the rest says what it does."""


class ListedProbe(msgspec.Struct, frozen=True):
    """One probe."""

    name: str
    """As `--probe` takes it."""
    does: str
    makes: str
    opt_in: bool
    """True: it acts only when `--probe` names it."""
    decides: tuple[str, ...]
    """Ids of the requirements and testcases that need what it sees."""


def list_probes() -> tuple[ListedProbe, ...]:
    """All of them, by name."""
    ruleset = load_standards()
    listed = (_listed(probe, ruleset) for probe in PROBES)
    return tuple(sorted(listed, key=lambda one: one.name))


def _listed(probe: Probe, ruleset: Ruleset) -> ListedProbe:
    does = inspect.getdoc(sys.modules[probe.plan.__module__]) or ""
    makes = inspect.getdoc(probe.plan) or ""
    decides = (
        claim.id for claim in ruleset.claims.values() if claim.rule and probe.fact in find_rule(claim.rule).facts
    )
    return ListedProbe(
        name=probe.name,
        does=_paragraph(BEGINNING.sub("", does, count=1)),
        makes=_paragraph(makes),
        opt_in=probe.opt_in,
        decides=tuple(sorted(decides)),
    )


def _paragraph(text: str) -> str:
    """The first paragraph on one line."""
    words = " ".join(text.partition("\n\n")[0].split())
    return words[:1].upper() + words[1:]
