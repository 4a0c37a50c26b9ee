# SPDX-License-Identifier: Apache-2.0
"""Profiles: what a lab's cloud offers, as data, and how the lab is brought to offer it."""
