# SPDX-License-Identifier: Apache-2.0
"""`sovran flavor` as its users see it: output, errors, exit codes."""

import io
import json
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from sovran.cli.main import main
from sovran.naming.flavor_name import check, parse


@dataclass
class Outcome:
    """What a command left behind."""

    code: int
    out: str
    err: str


@pytest.fixture
def sovran(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Any:
    """Run `sovran flavor ...`, with bytes for stdin when given."""

    def run(*words: str, stdin: bytes = b"") -> Outcome:
        monkeypatch.setattr(sys, "argv", ["sovran", "flavor", *words])
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(stdin)))
        with pytest.raises(SystemExit) as ended:
            main()
        printed = capsys.readouterr()
        return Outcome(int(ended.value.code or 0), printed.out, printed.err)

    return run


def test_describe_tells_each_name_in_words(sovran: Any) -> None:
    ended = sovran("describe", "SCS-2C-4-10n", "SCS-4V:16:50")
    assert ended.code == 0
    first, second = ended.out.splitlines()
    assert first == "SCS-2C-4-10n: 2 dedicated cores (x86-64 of any make), 4 GiB RAM, 10 GB network disk."
    assert second.startswith("SCS-4V:16:50: 4 shared vCPUs")
    assert ended.err == (
        "sovran: SCS-4V:16:50: a name of the deprecated naming v1; "
        "with the delimiters of v2 and v3 it is SCS-4V-16-50\n"
    )  # fmt: skip


def test_describe_goes_on_behind_a_wrong_name(sovran: Any) -> None:
    ended = sovran("describe", "SCS-02V-4", "SCS-1V-4")
    assert ended.code == 2
    assert ended.out.startswith("SCS-1V-4: ")
    assert ended.err == (
        "sovran: SCS-02V-4 is not a flavor name: position 4: the number of vCPUs has a leading zero; write SCS-2V-4\n"
    )


def test_describe_as_json_holds_everything(sovran: Any) -> None:
    ended = sovran("describe", "--json", "SCS-2V-4_i0", "SCS-2D-4\x1b")
    assert ended.code == 2
    right, wrong = json.loads(ended.out)
    assert (right["name"], right["valid"], right["version"]) == ("SCS-2V-4_i0", True, "v3")
    assert right["says"]["cpu"] == {"vendor": "i", "generation": 0, "frequency": None}
    assert right["description"].startswith("2 shared vCPUs (Intel")
    assert right["warnings"] == ["CPU generation 0 is better left out: SCS-2V-4_i"]
    assert wrong == {
        "name": "SCS-2D-4\x1b",
        "valid": False,
        "version": None,
        "error": {"position": 5, "reason": "expected CPU type C, T, V or L, found 'D'", "suggestion": None},
        "warnings": [],
    }


@pytest.mark.parametrize(
    ("options", "name"),
    [
        ("--cpus 4 --ram 16", "SCS-4V-16"),
        ("--cpus 1 --ram 0.5 --cpu-type L --insecure --no-ecc --ram-oversubscribed", "SCS-1Li-0.5uo"),
        ("--cpus 2 --ram 4 --disk 20 --disk-type s", "SCS-2V-4-20s"),
        ("--cpus 2 --ram 4 --disk 20 --disk-count 3", "SCS-2V-4-3x20"),
        ("--cpus 2 --ram 4 --disk auto", "SCS-2V-4-"),
        ("--cpus 2 --ram 4 --disk-type n", "SCS-2V-4-n"),
        ("--cpus 2 --ram 4 --disk-type s --disk-count 3 --naming v2", "SCS-2V-4-3xs"),
        (
            "--cpus 2 --ram 4 --hypervisor kvm --nested-virt --cpu-vendor z --cpu-generation 3 --cpu-frequency hh "
            "--infiniband",
            "SCS-2V-4_kvm_hwv_z3hh_ib",
        ),
        ("--cpus 2 --ram 4 --hypervisor kvm --cpu-vendor a --cpu-generation 3 --short", "SCS-2V-4_a"),
        ("--cpus 2 --ram 4 --cpu-vendor z --cpu-generation 0", "SCS-2V-4_z"),
        (
            "--cpus 2 --ram 4 --gpu N --gpu-generation a --gpu-units 7 --gpu-frequency h --gpu-vram 8 "
            "--gpu-bandwidth hh --gpu-virtual --naming v1",
            "SCS-2V:4-gNa:7h:8hh",
        ),
    ],
)
def test_name_writes_the_canonical_name(sovran: Any, options: str, name: str) -> None:
    ended = sovran("name", *options.split())
    assert (ended.code, ended.out, ended.err) == (0, f"{name}\n", "")
    assert check(name).error is None


def test_name_prints_extra_specs_for_the_openstack_client(sovran: Any) -> None:
    ended = sovran("name", "--cpus", "2", "--ram", "4", "--disk", "20", "--disk-type", "s", "--extra-specs")
    assert ended.out.splitlines() == [
        "scs:cpu-type=shared-core",
        "scs:disk0-type=ssd",
        "scs:name-v1=SCS-2V:4:20s",
        "scs:name-v2=SCS-2V-4-20s",
    ]


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        ("--ram nan", "no flavor name in v3 can say this: the RAM must be a positive multiple of 0.5 GiB, not nan"),
        ("--ram 4 --cpu-type X", "no flavor name in v3 can say this: unknown CPU type 'X' (known: C, T, V, L)"),
        ("--ram 4 --cpu-generation 3", "a CPU generation or frequency can only be named together with --cpu-vendor"),
        ("--ram 4 --gpu-units 3", "details of a GPU can only be named together with its vendor: --gpu N, A or I"),
        ("--ram 4 --disk 1.5", "the disk size is a whole number of GB or auto, not '1.5'"),
        ("--ram 4 --disk-count 2", "several disks need a size: --disk GB"),
        ("--ram 4 --disk auto --disk-count 2", "no flavor name in v3 can say this: a disk count needs a disk size in"),
    ],
)
def test_name_refuses_what_no_name_can_say(sovran: Any, options: str, sentence: str) -> None:
    ended = sovran("name", "--cpus", "2", *options.split())
    assert (ended.code, ended.out) == (2, "")
    assert ended.err.startswith(f"sovran: {sentence}")
    assert ended.err.count("\n") == 1


def test_check_of_right_names_is_silent_but_for_the_summary(sovran: Any) -> None:
    ended = sovran("check", "-", stdin=b"SCS-2V-4\nm1.small\nSCS-4V-16-50\n")
    assert (ended.code, ended.out) == (0, "")
    assert ended.err == "2 names that start with SCS-: 2 valid, 0 wrong, 0 claiming too much; 1 other ignored\n"


def test_check_points_at_what_is_wrong(sovran: Any, tmp_path: Path) -> None:
    names = tmp_path / "names.txt"
    names.write_text("SCS-1D-1.5-8s\nSCS-2V-04\nSCS-16V-10.5\nSCS-2V-4\u202e\n", encoding="utf-8")
    ended = sovran("check", str(names))
    assert ended.code == 4
    assert ended.out.splitlines() == [
        "SCS-1D-1.5-8s",
        "     ^ position 5: expected CPU type C, T, V or L, found 'D'",
        "SCS-2V-04",
        "       ^ position 7: the RAM has a leading zero; write SCS-2V-4",
        "SCS-2V-4\\u202e",
        "        ^ position 8: expected '-' and a disk, '_' and an extension, or the end of the name, found '\\u202e'",
    ]
    assert ended.err.splitlines() == [
        "sovran: SCS-16V-10.5: half GiB should not be used from 10 GiB RAM on",
        "4 names that start with SCS-: 1 valid, 3 wrong, 0 claiming too much; 0 others ignored",
    ]


def test_check_compares_the_figures_that_openstack_lists(sovran: Any, tmp_path: Path) -> None:
    flavors = tmp_path / "flavors.json"
    listed = [
        {"Name": "SCS-4V-16", "RAM": 16000, "Disk": 0, "VCPUs": 2},
        {"Name": "SCS-2V-4-20s", "RAM": 4096, "Disk": 20, "VCPUs": 2},
    ]
    flavors.write_text(json.dumps(listed), encoding="utf-8")
    ended = sovran("check", str(flavors))
    assert ended.code == 4
    assert ended.out.splitlines() == [
        "SCS-4V-16: vcpus: the name claims 4, the flavor has 2",
        "SCS-4V-16: ram: the name claims 16384 MiB, the flavor has 16000 MiB",
    ]
    assert "1 valid, 0 wrong, 1 claiming too much" in ended.err


def test_check_survives_hostile_names(sovran: Any) -> None:
    names = ["SCS-" + "9" * 10**6, "SCS-2V-4" + "\x1b[2J" * 10_000, "SCS-😀", "[bold]SCS-2V-4", "x" * 10**6]
    ended = sovran("check", "-", stdin="\n".join(["first", *names]).encode())
    assert ended.code == 4
    assert len(ended.out) < 2_000
    assert ended.out.replace("\n", "").isprintable()
    assert "0 valid, 3 wrong, 0 claiming too much; 3 others ignored" in ended.err


@pytest.mark.parametrize(
    ("content", "words"),
    [(b"\xff", "is not UTF-8 text"), (b"[1,", "is broken JSON"), (b"[1]", "neither a name nor a record")],
)
def test_check_refuses_unreadable_input(sovran: Any, content: bytes, words: str) -> None:
    ended = sovran("check", "-", stdin=content)
    assert (ended.code, ended.out) == (2, "")
    assert ended.err.startswith("sovran: ")
    assert words in ended.err
    assert ended.err.count("\n") == 1


@pytest.mark.parametrize("file", ["absent\x1b.txt", ".", "a\0b"])
def test_check_names_a_file_that_it_cannot_read(sovran: Any, file: str) -> None:
    ended = sovran("check", file)
    assert (ended.code, ended.out) == (2, "")
    assert ended.err.startswith("sovran: cannot read ")
    assert ended.err.rstrip("\n").isprintable()


def test_what_name_writes_describe_reads(sovran: Any) -> None:
    written = sovran("name", "--cpus", "8", "--ram", "32", "--disk", "100").out.strip()
    assert parse(written).cpus == 8
    assert sovran("describe", written).code == 0


def test_the_examples_of_the_documentation_are_true(sovran: Any) -> None:
    lines = (Path(__file__).parents[2] / "docs" / "flavor.md").read_text(encoding="utf-8").splitlines()
    shown = [(line, lines[number + 1]) for number, line in enumerate(lines) if line.startswith("    $ sovran flavor ")]
    assert len(shown) == 2
    for command, output in shown:
        assert sovran(*command.split()[3:]).out == f"{output.strip()}\n"
