# SPDX-License-Identifier: Apache-2.0
"""Runs the real `openstack` command."""

import subprocess
import sys
from collections.abc import Mapping


def openstack(*words: str, environment: Mapping[str, str]) -> subprocess.CompletedProcess[str]:
    """What `openstack WORDS` leaves behind, with these variables alone."""
    command = [sys.executable, "-m", "openstackclient.shell", *words]
    return subprocess.run(command, capture_output=True, text=True, env=dict(environment), timeout=120, check=False)
