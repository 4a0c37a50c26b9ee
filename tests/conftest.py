# SPDX-License-Identifier: Apache-2.0
"""What every test shares: property tests without a clock, since these machines are slow at times."""

from hypothesis import settings

settings.register_profile("sovran", deadline=None)
settings.load_profile("sovran")
