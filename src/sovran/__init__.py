# SPDX-License-Identifier: Apache-2.0
"""sovran states, proves and keeps what a sovereign OpenStack cloud must offer."""

__version__ = "0.1.0"
