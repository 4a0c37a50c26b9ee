# SPDX-License-Identifier: Apache-2.0
"""What every test shares: property tests without a clock, since these machines are slow at times; Ctrl-C."""

import signal

from hypothesis import settings

settings.register_profile("sovran", deadline=None)
settings.load_profile("sovran")

# a shell starts what it runs in the background with Ctrl-C ignored, and so would be what tests start and interrupt
signal.signal(signal.SIGINT, signal.default_int_handler)
