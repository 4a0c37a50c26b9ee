# SPDX-License-Identifier: Apache-2.0
"""Parts of the HTML report: markup that escapes by construction, then one module per part of the page."""
