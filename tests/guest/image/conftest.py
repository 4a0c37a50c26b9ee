# SPDX-License-Identifier: Apache-2.0
"""Debian's packages as apt gives them, and one image for all boots, whose built-in program only tells that it ran."""

from pathlib import Path

import pytest

from sovran.guest.image import Built, Packages, build, fetched

BUILT_IN = b'#!/bin/sh\necho "built in: $SOVRAN_PROGRAM $SOVRAN_OWN_IMAGE"\ncat /run/sovran/*.error\n'


@pytest.fixture(scope="session")
def packages() -> Packages:
    """Of x86_64."""
    return fetched("amd64")


@pytest.fixture(scope="session")
def built(packages: Packages, tmp_path_factory: pytest.TempPathFactory) -> Built:
    """The image and what is said of it."""
    return build(packages, tmp_path_factory.mktemp("image") / "probe.qcow2", BUILT_IN)


@pytest.fixture(scope="session")
def image(built: Built) -> Path:
    """The image's file."""
    return Path(built.path)
