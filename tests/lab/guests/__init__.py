# SPDX-License-Identifier: Apache-2.0
"""Tests of what a lab with guests has beside its services."""
