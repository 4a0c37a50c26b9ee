# SPDX-License-Identifier: Apache-2.0
"""Which services a lab runs, and who its users are."""

import pytest

from sovran.lab import topology
from sovran.model.errors import UsageError


@pytest.mark.parametrize(
    ("asked", "run"),
    [
        ([], {"keystone"}),
        (["swift"], {"keystone", "swift"}),
        (["octavia"], {"keystone", "neutron", "octavia"}),
        (["nova"], {"keystone", "placement", "neutron", "glance", "nova"}),
        (list(topology.BY_NAME), set(topology.BY_NAME)),
    ],
)
def test_a_service_brings_what_it_needs(asked: list[str], run: set[str]) -> None:
    assert set(topology.with_needs(asked)) == run


def test_keystone_starts_first() -> None:
    assert topology.with_needs(["swift", "nova"])[0] == "keystone"


def test_an_unknown_service_is_named_with_those_that_exist() -> None:
    with pytest.raises(UsageError, match=r"no service 'heat'.*barbican, cinder, .*swift"):
        topology.with_needs(["heat"])


def test_the_ordinary_user_is_no_admin() -> None:
    roles = {role for person in topology.PEOPLE for role in person.project_roles + person.domain_roles}
    assert not roles & {"admin", "service", "load-balancer_admin"}
