"""The mathematics of one curve: noise, smoothing, trend, change points, periodicity. Knows no rule and no run."""
