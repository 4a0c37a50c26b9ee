# SPDX-License-Identifier: Apache-2.0
"""What a lab with guests has beside its services: namespaces, Open vSwitch, OVN, and an internet of its own."""
