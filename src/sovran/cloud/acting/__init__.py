# SPDX-License-Identifier: Apache-2.0
"""Changing a cloud and leaving nothing behind: the marker, the ledger, the actor, the cleanup."""
