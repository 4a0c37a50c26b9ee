# SPDX-License-Identifier: Apache-2.0
"""What users are told before probes make anything."""

from sovran.probes.preview import Planned, preview
from sovran.probes.probe import Need


def test_what_is_made_stands_in_one_column_also_below_short_names() -> None:
    planned = (Planned("roles", (Need("volume", 2, 2),)), Planned("x", (Need("network", 1),)))
    _, *lines = preview("cloud lab", "project p", planned, {"volume": 10}).splitlines()
    assert [line.split()[0] for line in lines] == ["roles", "x", "together", "quota"]
    assert {line.index(line.split()[1], 3) for line in lines} == {12}


def test_one_probe_has_no_sum() -> None:
    assert preview("cloud lab", "project p", [Planned("x", (Need("network", 1),))], {}).splitlines() == [
        "probes make for a short time, in cloud lab, project p:",
        "  x      1 network",
    ]


def test_what_is_made_elsewhere_says_where_and_the_project_is_named_only_where_something_is_made_in_it() -> None:
    users = Planned("domain-manager", (Need("user", 2),), where="the domains a and b")
    head, line = preview("cloud lab", "project p", [users], {}).splitlines()
    assert head == "probes make for a short time, in cloud lab:"
    assert line.endswith("2 users, in the domains a and b")
    head, *_ = preview("cloud lab", "project p", [users, Planned("x", (Need("network", 1),))], {}).splitlines()
    assert head == "probes make for a short time, in cloud lab, project p:"
    lacking = Planned("x", (Need("user", 2),), "needs 2 users", where="the domain a")
    assert preview("cloud lab", "project p", [lacking], {}).splitlines()[1].endswith("is not begun: it needs 2 users")
