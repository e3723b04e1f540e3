"""How often loglint is right: null curves, injected faults, bundled logs and labelled real logs, in one command.

`python -m benchmarks.accuracy` runs everything and writes `docs/accuracy.md`; `--quick --nulls` is the calibration loop.
"""
