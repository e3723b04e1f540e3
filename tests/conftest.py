"""What holds for all tests: no example is judged by the clock, since the machine may be busy with something else."""

from hypothesis import HealthCheck, settings

settings.register_profile("loglint", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("loglint")
