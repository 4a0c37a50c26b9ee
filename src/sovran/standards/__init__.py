# SPDX-License-Identifier: Apache-2.0
"""Standards and scopes as data: loading them, and resolving what a scope version demands."""
