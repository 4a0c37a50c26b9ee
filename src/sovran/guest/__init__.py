# SPDX-License-Identifier: Apache-2.0
"""The guest that sovran boots: its image, the program that it runs, and what it reports."""
