"""`kata port`: a port of the user's own model beside PyTorch, by the course's
own means.

The PyTorch section of the user's file runs here, its JAX section in a process
of its own, which is not confined. `check` is what tests of a port call.
"""

from flaxkata.port.checking import PARTS, check

__all__ = ["PARTS", "check"]
