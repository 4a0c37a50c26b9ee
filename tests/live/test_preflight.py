# SPDX-License-Identifier: Apache-2.0
"""Each of the lab's clouds against a real Keystone: who may judge, and why the others may not."""

import os
from collections.abc import Iterator
from unittest import mock

import pytest

from sovran.cloud.config.clouds_yaml import read_cloud
from sovran.cloud.preflight import preflight
from sovran.cloud.session import Connection, CredentialsRefused, IdentityUnreachable, NotAnIdentityApi, connect
from sovran.model.errors import UsageError
from tests.live.live_lab import LiveLab

pytestmark = pytest.mark.live


@pytest.fixture
def environment(lab: LiveLab) -> Iterator[None]:
    """The variables that `sovran lab env` prints."""
    with mock.patch.dict(os.environ, lab.environment(), clear=True):
        yield


def to(name: str | None) -> Connection:
    """A connection to one of the lab's clouds."""
    return connect(read_cloud(name), concurrency=8, timeout=20)


@pytest.mark.usefixtures("environment")
@pytest.mark.parametrize(("name", "requests"), [(None, 2), ("lab", 2), ("lab-appcred", 1), ("lab-domain-a-member", 2)])
def test_a_member_may_judge(name: str | None, requests: int) -> None:
    with to(name) as connection:
        seen = preflight(connection, allow_admin=False)
        assert "member" in seen.roles
        assert not seen.admin
        assert seen.notes == ()
        assert connection.requests_sent == requests
        assert (connection.access.service_catalog.url_for(service_type="compute") or "").startswith("http://127.0.0.1:")


@pytest.mark.usefixtures("environment")
@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        ("lab-admin", "private flavors"),
        ("lab-reader", "lacks the role 'member' in this project and has: reader"),
        ("lab-domain-a", "is scoped to the domain 'lab-domain-a' and to no project"),
        ("lab-system", "is scoped to the whole system"),
    ],
)
def test_others_may_not(name: str, sentence: str) -> None:
    with to(name) as connection, pytest.raises(UsageError, match=sentence):
        preflight(connection, allow_admin=False)


@pytest.mark.usefixtures("environment")
def test_an_admin_may_when_allowed_and_is_marked() -> None:
    with to("lab-admin") as connection:
        assert preflight(connection, allow_admin=True).admin


@pytest.mark.usefixtures("environment")
def test_an_unknown_cloud_names_near_ones() -> None:
    with pytest.raises(UsageError, match=r"has no cloud 'lab-admn'; did you mean 'lab-admin'"):
        read_cloud("lab-admn")


def described(lab: LiveLab, **changes: str) -> Connection:
    """A connection by OS_ variables: the lab's member, with changes."""
    with mock.patch.dict(os.environ, lab.environment(), clear=True):
        auth = read_cloud("lab").auth
    variables = {f"OS_{key.upper()}": str(value) for key, value in {**auth, **changes}.items()}
    plain = {key: value for key, value in os.environ.items() if not key.startswith("OS_")}
    with mock.patch.dict(os.environ, plain | variables, clear=True):
        return connect(read_cloud("envvars"), concurrency=1, timeout=20)


def test_a_wrong_password_is_refused(lab: LiveLab) -> None:
    with described(lab, password="not-the-password") as connection, pytest.raises(CredentialsRefused) as caught:
        preflight(connection, allow_admin=False)
    assert "not-the-password" not in str(caught.value)


def test_a_region_that_is_not_there(lab: LiveLab) -> None:
    with described(lab, region_name="RegionTwo") as connection, pytest.raises(UsageError, match="did you mean 'Region"):
        preflight(connection, allow_admin=False)


def test_a_service_that_is_no_identity_api(lab: LiveLab) -> None:
    with described(lab) as connection:
        glance = connection.access.service_catalog.url_for(service_type="image")
    # Glance answers with versions of its own
    with described(lab, auth_url=f"{glance}/v3") as connection, pytest.raises(NotAnIdentityApi, match="no version"):
        preflight(connection, allow_admin=False)


def test_nothing_listens(lab: LiveLab) -> None:
    with described(lab, auth_url="http://127.0.0.1:1/v3") as connection, pytest.raises(IdentityUnreachable):
        preflight(connection, allow_admin=False)
