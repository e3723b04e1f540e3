"""What all tests share: an interrupt that reaches the processes they start, also where this one was started with it ignored."""

import signal

signal.signal(signal.SIGINT, signal.default_int_handler)
