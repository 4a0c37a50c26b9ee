# SPDX-License-Identifier: Apache-2.0
"""The plugin of openstackclient: `openstack sovereignty ...`; loaded by that program alone."""
