"""Measurements of loglint itself: accuracy, peers, speed. Not shipped in the wheel."""
