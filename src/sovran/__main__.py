# SPDX-License-Identifier: Apache-2.0
"""`python -m sovran` is the same as `sovran`."""

from sovran.cli.main import main

main()
