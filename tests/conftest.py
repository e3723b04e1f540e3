"""What holds for all tests: no example is judged by the clock, since the machine may be busy with something else; an interrupt
reaches the processes that tests start, also where this one was started with it ignored."""

import signal

from hypothesis import HealthCheck, settings

settings.register_profile("loglint", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("loglint")
signal.signal(signal.SIGINT, signal.default_int_handler)
