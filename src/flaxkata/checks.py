"""What graded checks import. Everything else in flaxkata is internal."""

from flaxkata.compare import as_numpy, compare, curve, expect, flatten, kind, layers, show_path, unchanged
from flaxkata.remote import ExecutionError, fetch, named
from flaxkata.wire import Array, Spec

__all__ = [
    "Array",
    "ExecutionError",
    "Spec",
    "as_numpy",
    "compare",
    "curve",
    "expect",
    "fetch",
    "flatten",
    "kind",
    "layers",
    "named",
    "show_path",
    "unchanged",
]
