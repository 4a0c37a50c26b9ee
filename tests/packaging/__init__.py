# SPDX-License-Identifier: Apache-2.0
"""Tests of what is shipped beside the code."""
