# SPDX-License-Identifier: Apache-2.0
"""What a workload needs of a cloud: the profile as its author writes it, and how each need is answered."""
