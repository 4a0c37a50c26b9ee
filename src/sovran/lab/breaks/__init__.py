# SPDX-License-Identifier: Apache-2.0
"""Faults that a lab can be given and healed of, as data, each with the verdicts that it must flip."""
