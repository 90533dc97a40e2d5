"""The board's clock: it begins with the machine's, and never goes back or
jumps, whatever becomes of the machine's.
"""

import time


class Clock:
    """Seconds since 1970, at the latest event or after it."""

    def __init__(self, last: float = 0.0) -> None:
        self._start, self._base = _elapsed(), max(time.time(), last)

    def now(self) -> float:
        """Seconds that passed count, also while the machine slept."""
        return self._base + _elapsed() - self._start


def _elapsed() -> float:
    boot = getattr(time, "CLOCK_BOOTTIME", None)
    return time.monotonic() if boot is None else time.clock_gettime(boot)
