"""What all tests share: an interrupt that reaches the processes they start, no clock that judges examples, and no cache.

The machine may be busy with something else, and this process may have been started with interrupts ignored. Tests about the cache
name a folder of their own.
"""

import os
import signal

from hypothesis import HealthCheck, settings

settings.register_profile("loglint", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("loglint")
os.environ["LOGLINT_CACHE_DIR"] = ""
signal.signal(signal.SIGINT, signal.default_int_handler)
