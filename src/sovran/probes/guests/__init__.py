# SPDX-License-Identifier: Apache-2.0
"""The probe that boots guests: what it chooses, makes, sends and reads."""
