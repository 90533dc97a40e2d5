"""Every reach into parts of pytest that are not its public interface, each with
what is lost without it.
"""

import contextlib

import pytest


def plain_tracebacks(config: pytest.Config) -> None:
    """Under `kata`, which runs without pytest's terminal plugin, nobody sees
    tracebacks, and pytest's own style takes 8 ms for each.

    Lost without it: that time.
    """
    if not hasattr(config.option, "tbstyle"):
        config.option.tbstyle = "native"


def tear_down(session: pytest.Session) -> None:
    """Leave nothing set up after pytest.exit: pytest leaves that to the end,
    and a grading session goes on.

    Lost without it: the next check may find the fixtures of the one that was
    cut off.
    """
    with contextlib.suppress(AttributeError, TypeError):
        session._setupstate.teardown_exact(None)
