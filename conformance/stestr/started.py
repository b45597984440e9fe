"""The time when a process began to load the suite."""

from __future__ import annotations

import time

STARTED = time.monotonic()
"""Seconds on the monotonic clock."""
