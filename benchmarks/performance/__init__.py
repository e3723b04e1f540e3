"""How fast loglint reads and judges, beside what people use to read the same files."""
