"""A limit on what the judge itself does with an answer: an answer may be made
so that comparing it takes longer than anybody waits.
"""

import contextlib
import signal
import threading
from collections.abc import Iterator
from types import FrameType

from flaxkata.judge.errors import Timeout

AGAIN = 1.0  # seconds after which a check that swallowed the first exception gets another
WORDS = "What your code returned could not be compared within the time limit, so the check was stopped."


@contextlib.contextmanager
def within(seconds: float) -> Iterator[None]:
    """Raise Timeout in this block after so many seconds, where a signal can: on
    Linux and macOS, in the main thread, between two steps of Python. Elsewhere,
    and in a long step, a cohort's worker ends the judge.
    """
    if not hasattr(signal, "setitimer") or threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.signal(signal.SIGALRM, _raise)
    try:
        signal.setitimer(signal.ITIMER_REAL, seconds, AGAIN)
        try:
            yield
        finally:
            signal.setitimer(signal.ITIMER_REAL, 0)
    finally:  # again: the first may have been interrupted
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


def _raise(number: int, frame: FrameType | None) -> None:
    raise Timeout(WORDS)
