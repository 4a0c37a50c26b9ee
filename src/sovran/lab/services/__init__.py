# SPDX-License-Identifier: Apache-2.0
"""What runs inside the lab's own environment: one module per OpenStack project, each served by one process.

These modules import the upstream projects and, of sovran, only each other: the lab's environment has none of sovran's
dependencies.
"""
