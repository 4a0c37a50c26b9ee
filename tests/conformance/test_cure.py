# SPDX-License-Identifier: Apache-2.0
"""Commands of a cure are made out for the resource of a finding, and never for what a shell would obey."""

import shlex

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sovran.conformance.cure import commands
from sovran.model.finding import Finding, Resource
from sovran.standards.load import load_standards
from tests.reports.samples import HOSTILE


def about(kind: str, name: str = "", number: str = "", *, field: str = "", expected: str = "") -> Finding:
    return Finding(message="bad", resource=Resource(kind, name, number), field=field, expected=expected)


@pytest.mark.parametrize(
    ("cure", "finding", "made"),
    [
        ("Run `openstack flavor delete NAME`.", about("flavor", "SCS-1V-4", "7"), ["openstack flavor delete SCS-1V-4"]),
        (
            "`openstack image set --hidden IMAGE`",
            about("image", "Debian 12", "4f"),
            ["openstack image set --hidden 4f"],
        ),
        (
            "`openstack image set --hidden IMAGE`",
            about("image", "Debian 12"),
            ["openstack image set --hidden 'Debian 12'"],
        ),
        (
            "`openstack service set --type TYPE SERVICE_ID`",
            about("service", "volumev3", "ab"),
            ["openstack service set --type TYPE ab"],
        ),
        (
            "`openstack flavor set --property KEY=VALUE NAME`, or `openstack flavor unset --property KEY NAME`",
            about("flavor", "f", field="scs:cpu-type", expected="shared-core"),
            [
                "openstack flavor set --property scs:cpu-type=shared-core f",
                "openstack flavor unset --property scs:cpu-type f",
            ],
        ),
        (
            "`openstack flavor set --property KEY=VALUE NAME`",
            about("flavor", "f", field="scs:cpu-type", expected="shared-core or dedicated-core"),
            ["openstack flavor set --property scs:cpu-type=VALUE f"],
        ),
        (
            "`openstack subnet pool set --default POOL`",
            about("subnet pool", "p", "9"),
            ["openstack subnet pool set --default 9"],
        ),
        (
            "`openstack volume type set --property a=b TYPE`",
            about("volume type", "t", "9"),
            ["openstack volume type set --property a=b t"],
        ),
        # nothing to fill in, nothing known, or the name of something new
        ("`openstack flavor create --vcpus N NAME`", about("flavor", "f"), []),
        ("`openstack flavor delete NAME`", Finding(message="x"), []),
        ("Turn on `s3api` for NAME.", about("flavor", "f"), []),
        (
            "`openstack image set --property image_source=URL IMAGE`",
            about("image", "", "4f"),
            ["openstack image set --property image_source=URL 4f"],
        ),
        (
            "`openstack image set --name 'NAME YYYYMMDD' IMAGE`",
            about("image", "n", "4f"),
            ["openstack image set --name 'NAME YYYYMMDD' 4f"],
        ),
    ],
)
def test_placeholders_become_what_the_finding_tells(cure: str, finding: Finding, made: list[str]) -> None:
    assert list(commands(cure, finding)) == made


@given(name=st.text() | st.sampled_from(HOSTILE) | st.sampled_from(["--help", "$(reboot)", "a;b", "'", "`id`", "*"]))
def test_no_name_adds_words_options_or_lines(name: str) -> None:
    for command in commands("`openstack flavor delete NAME`", about("flavor", name)):
        assert command.isprintable()
        assert shlex.split(command) == ["openstack", "flavor", "delete", name]
        assert not name.startswith("-")


def test_a_name_like_an_option_is_not_filled_in() -> None:
    assert commands("`openstack flavor delete NAME`", about("flavor", "--all")) == ()


def test_every_cure_of_the_standards_can_be_made_out() -> None:
    finding = about("image", "Debian 12", "4f", field="os_distro", expected="debian")
    for claim in load_standards(environ={}).claims.values():
        for command in commands(claim.cure, finding):
            assert "4f" in command or "os_distro" in command or "Debian 12" in command
