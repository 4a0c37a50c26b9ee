# SPDX-License-Identifier: Apache-2.0
"""What openstackclient asks every plugin for; it loads this module whatever its command is, so nothing is imported."""

import argparse

DEFAULT_API_VERSION = "1"
API_VERSION_OPTION = "os_sovereignty_api_version"
API_NAME = "sovereignty"
API_VERSIONS = ("1",)
"""There is no API: the number only chooses the group of commands, `openstack.sovereignty.v1`."""


def make_client(_instance: object) -> None:
    """There is no client: the commands read with openstackclient's own session."""


def build_option_parser(parser: argparse.ArgumentParser) -> argparse.ArgumentParser:
    """No global options are added."""
    return parser
