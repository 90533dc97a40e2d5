"""Sends exceptions with a name, a message and lines of 2 million letters each,
past what cuts them in this process.
"""

# told: raised E{200}: M+ \.\.\. M+
from flaxkata.sandbox import interpreter


def failure(error):
    frame = [__file__, 1, "f" * 2_000_000, "raise " + "l" * 2_000_000]
    return {"kind": "E" * 2_000_000, "message": "M" * 2_000_000, "frames": [frame] * 1, "innermost": ""}


interpreter.failure = failure


def set_bias(variables, layer, value):
    raise ValueError
