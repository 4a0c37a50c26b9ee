# SPDX-License-Identifier: Apache-2.0
"""What an operator sees on the screen."""

import io
import re
import time
from pathlib import Path

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sovran.model.claim import Reading
from sovran.model.verdict import Verdict
from sovran.reports import terminal
from tests.reports import samples

GOLDEN = Path(__file__).parent / "golden"
OUR_ANSI = re.compile(r"\x1b\[[0-9;]*m")


class Screen(io.StringIO):
    """A stream that says it is a terminal."""

    encoding = "utf-8"

    def isatty(self) -> bool:
        return True


class AsciiPipe(io.StringIO):
    """A pipe to a program that reads ASCII."""

    encoding = "ascii"


@pytest.mark.parametrize("name", ["conformant", "first_verdict", "failing", "aborted"])
def test_the_picture_of_a_typical_cloud(name: str) -> None:
    report = getattr(samples, name)()
    assert terminal.render([report], width=80) == (GOLDEN / f"terminal-{name}.txt").read_text(encoding="utf-8")


@pytest.mark.parametrize("name", ["conformant", "first_verdict"])
def test_a_good_cloud_fits_on_one_screen(name: str) -> None:
    lines = terminal.render([getattr(samples, name)()], width=80).splitlines()
    assert len(lines) <= 24
    assert max(map(len, lines)) <= 80


@pytest.mark.parametrize("width", [40, 60, 80, 120, 200])
@pytest.mark.parametrize("colour", [False, True])
def test_no_line_is_wider_than_the_screen(width: int, colour: bool) -> None:
    for report in (samples.failing(), samples.hostile(samples.HOSTILE[12]), samples.aborted()):
        for line in terminal.render([report], width=width, colour=colour, verbose=True).splitlines():
            assert len(OUR_ANSI.sub("", line)) <= width


def test_failures_come_first_and_official_ones_before_those_by_the_text() -> None:
    text = terminal.render([samples.failing()])
    order = [
        "scs-iaas@v5.1 main: NOT CONFORMANT: 2 of 32 fail, 1 undecided, 6 not run",
        "Official testcases",
        "FAIL  scs-0100-syntax-check",
        "FAIL  scs-0103-flavor-2v-8",
        "UNDECIDED",
        "By the text ·",
        "MUST    0123-01",
        "SHOULD  0115-01",
        "Standard ",
        "\nnot run",
        "sovran explain scs-0100-syntax-check",
        "not a certificate",
    ]
    positions = [text.index(words) for words in order]
    assert positions == sorted(positions)


def test_requirements_of_a_standard_that_fails_officially_take_one_line() -> None:
    assert "Fail where the official testcases fail too: 0103-01 (MUST)\n" in terminal.render([samples.failing()])


def test_the_same_reason_is_said_once_and_counts_both_readings() -> None:
    text = terminal.render([samples.aborted()], width=120)
    assert text.count("refused the connection") == 1
    assert "32 testcases, 8 requirements: The compute API" in text


def test_findings_are_sorted_by_number_and_cut() -> None:
    text = terminal.render([samples.failing()], width=120)
    shown = re.findall(r"flavor (SCS-\d+X-\d+):", text)
    assert shown == ["SCS-1X-4", "SCS-2X-8", "SCS-3X-12"]
    assert "... and 17 more" in text


def test_verbose_leaves_nothing_out() -> None:
    text = terminal.render([samples.failing()], width=120, verbose=True)
    assert len(re.findall(r"flavor SCS-\d+X-\d+:", text)) == 20
    assert "the template for IPv4 is there" in text
    assert "scs-0117-test-backup" in text
    assert "PASS  scs-0123-swift-s3" in text


def test_many_failures_of_one_standard_are_folded() -> None:
    ids = samples.standard_testcases()["scs-0103"]
    report = samples.report({c: samples.judgement(c, Verdict.FAIL, reason=f"No flavor {c[16:]}.") for c in ids})
    text = terminal.render([report])
    assert "15 of 32 fail" in text
    assert len(re.findall("^FAIL ", text, re.MULTILINE)) == 5
    assert "      and 10 more: flavor-2v-4, flavor-4v-8," in text
    assert len(re.findall("^FAIL ", terminal.render([report], verbose=True), re.MULTILINE)) == 15


def test_a_selection_is_never_called_conformant() -> None:
    text = terminal.render([samples.report(complete=False)])
    assert "scs-iaas@v5.1 main: PASS: all 32 selected pass" in text
    assert "CONFORMANT" not in text


def test_requirements_alone_have_an_answer_of_their_own() -> None:
    report = samples.failing()
    (scope,) = report.scopes
    report = msgspec.structs.replace(
        report,
        scopes=(msgspec.structs.replace(scope, targets={}, testcases={}, complete=False),),
        judgements=report.judged(Reading.TEXT),
    )
    text = terminal.render([report])
    # they say nothing about the scope version, so that the answer does not name it
    assert re.search(r"^\d standards by the text: FAIL: 2 of 6 selected fail, 1 not run$", text, re.MULTILINE)
    of_one = [one for one in report.judgements if one.standard == "scs-0100"]
    assert "\nscs-0100 by the text: " in terminal.render([msgspec.structs.replace(report, judgements=tuple(of_one))])
    assert "Official testcases" not in text
    nothing = terminal.render([msgspec.structs.replace(report, judgements=())])
    assert "standards by the text: UNDECIDED: nothing that decides\n" in nothing


def test_admin_rights_interruption_and_notes_are_in_the_header() -> None:
    lines = terminal.render([samples.hostile("x")], width=120).splitlines()
    assert lines[0] == "sovran 0.1.0 on x · x · project x · as x · with admin rights"
    assert lines[4] == "Interrupted: what was not read by then is undecided."
    assert lines[5].startswith("Something is left behind in the cloud: run `sovran cleanup`.")
    assert lines[6] == "Note: x"


def test_what_needs_evidence_of_its_own_takes_one_line() -> None:
    ids = ("0100-01", "0103-01", "0103-07")
    changes = {c: samples.judgement(c, Verdict.MISS, reason=f"The page about {c}.") for c in ids}
    text = terminal.render([samples.report(changes)])
    assert "The page" not in text
    assert "not run  4 requirements: each for its own reason, see `sovran explain ID`" in text
    assert "The page about 0103-07. (0103-07)" in terminal.render([samples.report(changes)], verbose=True)


def test_many_roles_are_counted_and_member_is_named() -> None:
    report = samples.conformant()
    cloud = msgspec.structs.replace(report.cloud, roles=("creator", "load-balancer_member", "member", "reader"))
    assert "as member, creator +2\n" in terminal.render([msgspec.structs.replace(report, cloud=cloud)])


def test_several_clouds_start_with_the_answers_of_all() -> None:
    text = terminal.render([samples.report(cloud="north"), samples.first_verdict()])
    first, second = text.splitlines()[:2]
    assert first.split() == ["north", "scs-iaas@v5.1", "main", "CONFORMANT", "all", "32", "pass"]
    assert second.split()[:4] == ["lab", "scs-iaas@v5.1", "main", "UNDECIDED"]
    assert text.count("not a certificate") == 1


def test_a_terminal_gets_colours_and_a_bar(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("NO_COLOR", raising=False)
    monkeypatch.setenv("TERM", "xterm-256color")
    screen = Screen()
    terminal.show([samples.conformant()], screen)
    assert OUR_ANSI.search(screen.getvalue())
    assert OUR_ANSI.sub("", screen.getvalue()).count("■") == 32


@pytest.mark.parametrize(("name", "value"), [("NO_COLOR", "1"), ("TERM", "dumb")])
def test_no_colours_where_they_are_not_wanted(monkeypatch: pytest.MonkeyPatch, name: str, value: str) -> None:
    monkeypatch.setenv(name, value)
    screen = Screen()
    terminal.show([samples.failing()], screen)
    assert "\x1b" not in screen.getvalue()


def test_a_pipe_gets_plain_text_even_when_colours_are_forced(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FORCE_COLOR", "1")
    pipe = io.StringIO()
    terminal.show([samples.failing()], pipe)
    assert "\x1b" not in pipe.getvalue()
    assert "NOT CONFORMANT" in pipe.getvalue()


def test_a_stream_that_cannot_encode_gets_escapes() -> None:
    pipe = AsciiPipe()
    terminal.show([samples.hostile("Zürich 🦊")], pipe)
    assert pipe.getvalue().isascii()
    assert "Z\\xfcrich" in pipe.getvalue()


@given(text=st.text() | st.sampled_from(samples.HOSTILE), colour=st.booleans(), verbose=st.booleans())
def test_nothing_from_the_cloud_reaches_the_terminal_unescaped(text: str, colour: bool, verbose: bool) -> None:
    shown = terminal.render([samples.hostile(text)], colour=colour, verbose=verbose)
    plain = OUR_ANSI.sub("", shown) if colour else shown
    assert all(line.isprintable() for line in plain.split("\n"))
    assert shown.endswith("\n")


def test_thousands_of_findings_stay_short_and_quick() -> None:
    report = samples.many_findings(5000)
    started = time.process_time()
    text = terminal.render([report])
    assert time.process_time() - started < 0.5
    assert "... and 4997 more" in text
    assert len(text.splitlines()) <= 30
