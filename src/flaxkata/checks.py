"""What authors of graded checks import. Nothing else in flaxkata is public.

compare    whether a result equals PyTorch's: type, structure, shape, dtype, values
curve      whether a training run gave PyTorch's losses
layers     whether activations are PyTorch's, layer by layer
unchanged  whether a tree still holds what it held; preserving: a function that
           must leave its arguments as they are
separate   whether two results share no dict; same_containers: whether lists are
           lists and tuples are tuples
expect     a statement that compares no two values
each       values that a check tries one after another; when: a circumstance
between    a number drawn with the check's seed; one_of: one of some values
fetch      a handle's object as data; named gives a handle a name for messages,
           reading the call of a function
unless_raised  what a call returns, or None where it raises an error
flatten, show_path, kind, as_numpy      what fetched trees and leaves are
Array, Spec                             fetched arrays and shapes
ExecutionError                          the learner's code gave no answer
"""

from flaxkata.judge.compare import compare, curve, each, expect, layers, unchanged, when
from flaxkata.judge.containers import same_containers, separate
from flaxkata.judge.draws import between, one_of
from flaxkata.judge.errors import ExecutionError
from flaxkata.judge.preserving import preserving
from flaxkata.judge.proxy import fetch, named, reading, unless_raised
from flaxkata.judge.trees import as_numpy, flatten, kind, show_path
from flaxkata.wire import Array, Spec

__all__ = [
    "Array",
    "ExecutionError",
    "Spec",
    "as_numpy",
    "between",
    "compare",
    "curve",
    "each",
    "expect",
    "fetch",
    "flatten",
    "kind",
    "layers",
    "named",
    "one_of",
    "preserving",
    "reading",
    "same_containers",
    "separate",
    "show_path",
    "unchanged",
    "unless_raised",
    "when",
]
