# SPDX-License-Identifier: Apache-2.0
"""What users are told before probes make anything."""

from sovran.probes.preview import Planned, preview
from sovran.probes.probe import Need


def test_what_is_made_stands_in_one_column_also_below_short_names() -> None:
    planned = (Planned("roles", (Need("volume", 2, 2),)), Planned("x", (Need("network", 1),)))
    _, *lines = preview("cloud lab", planned, {"volume": 10}).splitlines()
    assert [line.split()[0] for line in lines] == ["roles", "x", "together", "quota"]
    assert {line.index(line.split()[1], 3) for line in lines} == {12}


def test_one_probe_has_no_sum() -> None:
    assert preview("cloud lab", [Planned("x", (Need("network", 1),))], {}).splitlines() == [
        "probes make for a short time, in cloud lab:",
        "  x      1 network",
    ]
