# SPDX-License-Identifier: Apache-2.0
"""Lines on a console: whatever happens to them, what is read is what was written, or nothing."""

import time

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from sovran.guest import records
from sovran.guest.console import MOST_CHARACTERS, read_console
from sovran.guest.frames import find_frames, join
from sovran.guest.report import GuestReport
from tests.guest.writer import console, lines

RUN = "abcdefgh12"
WRITTEN: tuple[records.Record, ...] = (
    records.System(kernel="6.1.0", machine="x86_64", distribution='a "quoted" name\\', tools=("nc", "bash")),
    records.Cpu(count=1, flags=tuple(f"flag{i}" for i in range(80))),
    records.Names(resolvers=(records.Resolver(address="192.0.2.1", queries=(records.Query(name="a", type="A"),)),)),
    records.End(records=("system", "cpu", "names"), seconds=4.5),
)
TAGS = ("system", "cpu", "names", "end")
noise = st.text(alphabet=st.sampled_from(":sovranabcdefgh12/=+ \r\n\x1b[0m123\u00e9"), max_size=60) | st.sampled_from(
    ["[   12.3] random: crng init done\r\n", "login: ", "\x1b[2J", ":sovran:", f":sovran:{RUN}:1:1/4:", "\x00\x00"]
)


def agrees(report: GuestReport) -> bool:
    """Whether every record that was read is one that was written."""
    return all(getattr(report, tag) in (None, one) for tag, one in zip(TAGS, WRITTEN, strict=True))


def test_whole() -> None:
    """Nothing happens: all is read, and the report is complete."""
    report = read_console(console(WRITTEN, RUN), RUN)
    assert tuple(getattr(report, tag) for tag in TAGS) == WRITTEN
    assert report.complete
    assert report.problems == ()


@given(st.lists(noise, min_size=1, max_size=20))
def test_noise_between_lines(pieces: list[str]) -> None:
    """Noise before, between and after lines does no harm."""
    text = "".join(f"{pieces[i % len(pieces)]}\n{line}\r\n" for i, line in enumerate(lines(WRITTEN, RUN)))
    report = read_console(text, RUN)
    assert report.complete
    assert agrees(report)


@given(st.data())
def test_noise_within_lines(data: st.DataObject) -> None:
    """Where noise breaks into lines of one copy only, the other makes up for it; in both, nothing is made up."""
    text = console(WRITTEN, RUN)
    half = len(text) // 2
    for _ in range(data.draw(st.integers(1, 6))):
        at = data.draw(st.integers(0, half))
        text = text[:at] + data.draw(noise) + text[at:]
    assert agrees(read_console(text, RUN))


@given(st.integers(0, 10_000), st.integers(0, 10_000))
def test_cut_at_both_ends(start: int, end: int) -> None:
    """A console keeps its last part only, or ends early: what is whole is read."""
    text = console(WRITTEN, RUN)
    report = read_console(text[start % len(text) : len(text) - end % len(text)], RUN)
    assert agrees(report)
    if not report.complete:
        assert report.problems


def test_second_copy_alone() -> None:
    """The second copy is whole in itself."""
    text = console(WRITTEN, RUN)
    assert read_console(text[text.rindex(lines(WRITTEN, RUN)[0]) :], RUN).complete


@given(st.text(max_size=400), st.text(max_size=20), st.text(max_size=20))
def test_any_text(text: str, run: str, uuid: str) -> None:
    """No text, no run and no uuid makes it raise, or finds a record where none was written."""
    report = read_console(text, run, uuid)
    assert report.system is None
    assert report.end is None
    assert not report.complete


@given(st.data())
def test_flipped_characters(data: st.DataObject) -> None:
    """Changed characters never change a record."""
    text = list("\n".join(lines(WRITTEN, RUN)))
    for _ in range(data.draw(st.integers(1, 8))):
        text[data.draw(st.integers(0, len(text) - 1))] = data.draw(st.sampled_from("abcXYZ019+/:=\n "))
    assert agrees(read_console("".join(text), RUN))


def test_parts_of_two_boots() -> None:
    """Parts of two boots, each whole as a line, make no record."""
    one = lines((records.Cpu(model="a" * 300),), RUN)
    other = lines((records.Cpu(model="b" * 300),), RUN)
    report = read_console("\n".join([one[0], *other[1:]]), RUN)
    assert report.cpu is None
    assert "not of one record" in report.problems[0]


def test_the_last_boot_counts() -> None:
    """A guest that ran twice is read as it was the last time."""
    first = console((records.Cpu(model="a" * 300), records.End(records=("cpu",))), RUN)
    second = console((records.Cpu(model="b" * 300), records.End(records=("cpu",))), RUN)
    report = read_console(first + second, RUN)
    assert report.cpu == records.Cpu(model="b" * 300)
    assert report.complete
    # and where the second was cut off, the first is whole
    assert read_console(first + second[:300], RUN).cpu == records.Cpu(model="a" * 300)


def test_other_runs_are_left_out() -> None:
    """Lines of another run are told, not read."""
    report = read_console(console(WRITTEN, "otherrun"), RUN)
    assert report.system is None
    assert "otherrun" in report.problems[0]


def test_run_of_the_machine() -> None:
    """A guest to which no user-data came names its machine."""
    text = console(WRITTEN, "uuid-0123456789ab")
    uuid = "01234567-89AB-4000-8000-000000000000"
    assert read_console(text, RUN, uuid).complete
    assert read_console(text, RUN).system is None
    assert read_console(text, RUN, "11" + uuid[2:]).system is None


def test_panic() -> None:
    """The kernel's last words are told."""
    report = read_console("x\r\n[    1.2] Kernel panic - not syncing: VFS: Unable to mount root fs\r\nmore", RUN)
    assert report.panic == "Kernel panic - not syncing: VFS: Unable to mount root fs"
    assert not report.complete


def test_a_record_that_is_not_known() -> None:
    """A record of another form is told, and the others are read."""
    bad = msgspec.json.decode(b'{"record": "cpu", "count": "many"}')
    text = "\n".join([*lines((WRITTEN[0], bad), RUN)])
    report = read_console(text, RUN)
    assert report.system == WRITTEN[0]
    assert report.cpu is None
    assert any("Record 2 is not of the form" in problem for problem in report.problems)


def test_deep_and_large() -> None:
    """Hostile sizes cost little: no line is read beyond its length, no text beyond its end, no depth followed."""
    deep = lines((msgspec.Raw(b'{"record":"system","kernel":' + b"[" * 20_000 + b"]" * 20_000 + b"}"),), RUN)
    began = time.process_time()
    assert read_console("\n".join(deep), RUN).system is None
    for hostile in (":sovran:" * 500_000, f":sovran:{RUN}:1:1/1:" + "A" * MOST_CHARACTERS, ":" * MOST_CHARACTERS):
        report = read_console(hostile + console(WRITTEN, RUN), RUN)
        assert report.complete
        assert any("Only the last" in one for one in report.problems) == (len(hostile) >= MOST_CHARACTERS)
    assert time.process_time() - began < 20


def test_frames_alone() -> None:
    """A line tells where it belongs; join refuses what has no check of its own."""
    (frame,) = find_frames(f"noise{lines((records.System(),), RUN)[0]}")
    assert (frame.run, frame.number, frame.part, frame.parts) == (RUN, 1, 1, 1)
    assert join([b'{"record":"system"}']) is None
    assert join([b"\xff 12"]) is None
