# SPDX-License-Identifier: Apache-2.0
"""Proof of who stands behind a file: signing what a run wrote, verifying it later, handing it to the SCS monitor."""
