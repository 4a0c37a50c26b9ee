# SPDX-License-Identifier: Apache-2.0
"""Every break that only a probe can see flips exactly what the table says, and heals without a trace."""

import datetime
import os
from pathlib import Path

import pytest

from sovran.cloud.acting.kept import kept_ledgers
from sovran.cloud.config.clouds_yaml import read_cloud
from sovran.conformance.probing import read_probing
from sovran.conformance.run import Limits, check_cloud
from sovran.conformance.selection import select
from sovran.lab import content
from sovran.lab.breaks.table import Break, load
from sovran.model.verdict import Verdict
from sovran.standards.load import load_standards
from sovran.standards.resolve import choose, resolve
from tests.live.live_lab import LiveLab
from tests.live.test_breaks import EFFECTIVE, Verdicts, changed, must_change, quiet, state

pytestmark = pytest.mark.live

ROWS = [row for row in load().values() if row.probes and not row.guests]
ALL_GUESTS = "SOVRAN_TEST_GUEST_BREAKS"
"""Environment variable: when set, all breaks that only guests see are tried, more than a minute each."""
QUICK_LOOK = ("guests-without-rng", "user-data-cut", "port-25-open")
"""Of those otherwise: a machine, its metadata, the internet behind it."""
GUEST_ROWS = [row for row in load().values() if row.guests and (ALL_GUESTS in os.environ or row.id in QUICK_LOOK)]
"""Those that take a lab with guests."""
SECONDS = 300.0
GUEST_SECONDS = 900.0


def judge(lab: LiveLab, row: Break) -> Verdicts:
    """Claim to verdict, by all standards, while only the probes of the row act."""
    seconds = GUEST_SECONDS if row.guests else SECONDS
    ruleset = load_standards()
    ((scope, found),) = choose(ruleset, f"scs-iaas@{EFFECTIVE}", datetime.datetime.now(datetime.UTC).date())
    selection = select(ruleset, resolve(ruleset, scope, found), standards=[*ruleset.standards], patterns=["*"])
    with pytest.MonkeyPatch.context() as patch:
        for name, value in lab.environment().items():
            if name.startswith("OS_"):
                patch.setenv(name, value)
        probing = read_probing(row.probes, row.personas, project="", seconds=seconds, tell=quiet)
        report = check_cloud(read_cloud("lab"), selection, Limits(probing=probing))
    return {judgement.claim: judgement.verdict for judgement in report.judgements}


@pytest.fixture(scope="module")
def sound(lab: LiveLab) -> dict[tuple[str, ...], Verdicts]:
    """The lab with the profile scs; its verdicts by the probes and personas that acted, as far as they were asked."""
    content.apply_profile(lab.name, "scs", None, quiet)
    return {}


@pytest.fixture(scope="module")
def sound_guests(guest_lab: LiveLab) -> dict[tuple[str, ...], Verdicts]:
    """The same of a lab with guests."""
    content.apply_profile(guest_lab.name, "scs", None, quiet)
    return {}


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.id)
def test_a_break_flips_exactly_what_the_table_says(
    row: Break,
    lab: LiveLab,
    sound: dict[tuple[str, ...], Verdicts],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    flips_what_it_says(row, lab, sound)


@pytest.mark.parametrize("row", GUEST_ROWS, ids=lambda row: row.id)
def test_a_break_that_guests_see_flips_exactly_what_the_table_says(
    row: Break,
    guest_lab: LiveLab,
    sound_guests: dict[tuple[str, ...], Verdicts],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    flips_what_it_says(row, guest_lab, sound_guests)


def flips_what_it_says(row: Break, lab: LiveLab, sound: dict[tuple[str, ...], Verdicts]) -> None:
    """Break the lab so, judge it, heal it."""
    key = (*row.probes, *row.personas)
    before = sound.get(key) or sound.setdefault(key, judge(lab, row))
    assert list(kept_ledgers()) == []
    # what a probe decides is decided on a sound cloud, as far as an API shows it
    assert all(before[claim] is not Verdict.ABORT for claim in row.expected(before, next_version=False))
    as_it_was = state(lab)
    try:
        content.break_lab(lab.name, [row.id], quiet)
        assert changed(before, judge(lab, row)) == must_change((row,), EFFECTIVE, before)
    finally:
        content.heal_lab(lab.name, (), quiet)
    # a broken cloud may not let go of all; a healed one does
    ended = lab.sovran("cleanup")
    assert ended.returncode == 0, ended.stdout + ended.stderr
    assert state(lab) == as_it_was
