# SPDX-License-Identifier: Apache-2.0
"""Probes: facts that can only be had by doing, one module each. What they make is gone when they end."""
