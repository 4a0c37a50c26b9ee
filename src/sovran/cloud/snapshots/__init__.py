# SPDX-License-Identifier: Apache-2.0
"""Snapshots: recordings of a run without secrets, and the reader that answers from them."""
