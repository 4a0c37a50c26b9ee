# SPDX-License-Identifier: Apache-2.0
"""Names of all clouds: from the files and the environment, usable or not."""

import pytest

from sovran.cloud.config.clouds_yaml import list_clouds
from sovran.model.errors import UsageError
from tests.cloud.conftest import Clouds


def test_names_in_the_order_of_the_file_even_of_unusable_entries(clouds: Clouds) -> None:
    clouds.write("here/clouds.yaml", "clouds:\n  b: {}\n  a: nonsense\n  7: {}\n")
    assert list_clouds() == ("b", "a", "7")


def test_the_environment_describes_one_more(clouds: Clouds, monkeypatch: pytest.MonkeyPatch) -> None:
    clouds.write("here/clouds.yaml", "clouds: {a: {}}")
    monkeypatch.setenv("OS_AUTH_URL", "http://127.0.0.1:1/v3")
    assert list_clouds() == ("a", "envvars")


def test_without_any_that_is_said(clouds: Clouds) -> None:
    with pytest.raises(UsageError, match=r"No clouds.yaml found"):
        list_clouds()
    clouds.write("here/clouds.yaml", "clouds: {}")
    with pytest.raises(UsageError, match="defines no clouds"):
        list_clouds()
