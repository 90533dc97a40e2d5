"""What Linen's and NNX's modules return while a port runs, by the names of the
modules: what `kata port` compares with PyTorch's hooks.
"""

import contextlib
from collections.abc import Iterator
from typing import Any

import flax.linen as nn
import jax
import jax.numpy as jnp
import numpy as np


@contextlib.contextmanager
def nothing_dropped() -> Iterator[None]:
    """Dropout keeps every value, and still divides by the probability of
    keeping it: its place and its rate show in the values.
    """
    drawn = jax.random.bernoulli

    def all_true(key: Any, p: Any = 0.5, shape: Any = None, *args: Any, **kwargs: Any) -> Any:
        return jnp.ones(np.shape(p) if shape is None else shape, bool)

    jax.random.bernoulli = all_true
    try:
        yield
    finally:
        jax.random.bernoulli = drawn


def is_nnx_module(thing: Any) -> bool:
    """Whether something is a module of NNX."""
    from flax import nnx

    return isinstance(thing, nnx.Module)


def call_module(model: Any, *inputs: Any, train: bool = False, **named: Any) -> Any:
    """The `forward` of an NNX module, where the user wrote none."""
    if not is_nnx_module(model):
        raise AttributeError("there is no `forward`, which can be left out only where `port` returns an NNX module")
    model.train() if train else model.eval()
    return model(*inputs, **named)


def sown(model: Any) -> dict[str, Any]:
    """What an NNX module's `sow` left, taken out of it."""
    from flax import nnx

    flat = jax.tree_util.tree_flatten_with_path(nnx.pop(model, nnx.Intermediate))[0]
    found = {}
    for path, leaf in flat:
        parts = [str(next((getattr(p, n) for n in ("key", "name", "idx") if hasattr(p, n)), p)) for p in path]
        found[".".join(p for p in parts if p != "value")] = leaf
    return found


def named(tree: Any) -> dict[str, Any]:
    """The arrays of what a user's `activations` returned, by name: Linen's
    "intermediates", or any nested dicts. Of a layer that was called several
    times, each call.
    """
    found: dict[str, Any] = {}
    for path, leaf in jax.tree_util.tree_flatten_with_path(tree)[0]:
        parts = [str(next((getattr(p, n) for n in ("key", "name", "idx") if hasattr(p, n)), p)) for p in path]
        if parts and parts[0] == "intermediates":
            parts = parts[1:]
        call = 0
        if "__call__" in parts:
            at = parts.index("__call__")
            call = int(parts[at + 1]) if len(parts) > at + 1 and parts[at + 1].isdigit() else 0
            parts = parts[:at]
        name = again(".".join(parts), call)
        found.setdefault(name, leaf)
    return found


def again(name: str, call: int) -> str:
    """The name of a layer's output at its first call, second call, ..."""
    return f"{name} (call {call + 1})" if call else name


class Recorder:
    """Outputs in the order in which modules finish; `hidden` is whether some
    were computed where their values cannot be seen.
    """

    def __init__(self) -> None:
        self.sown: dict[str, Any] = {}
        self.hidden = False
        self._found: dict[str, list[Any]] = {}
        self._names: dict[int, str] = {}

    def name(self, variables: Any) -> None:
        """Learn the names of an NNX module's modules."""
        if is_nnx_module(variables):
            from flax import nnx

            self._names = {id(module): ".".join(map(str, path)) for path, module in nnx.iter_modules(variables)}

    def of(self, module: Any, output: Any) -> None:
        """An NNX module returned this."""
        if name := self._names.get(id(module)):
            self.add(name, output)

    def add(self, name: str, output: Any) -> None:
        """A module returned this."""
        leaf = next((x for x in jax.tree.leaves(output) if isinstance(x, jax.Array)), None)
        if isinstance(leaf, jax.core.Tracer):
            self.hidden = True
        elif leaf is not None:
            self._found.setdefault(name, []).append(leaf)

    def named(self) -> dict[str, Any]:
        """The arrays by name, and what the modules themselves have sown."""
        found = {again(name, i): leaf for name, calls in self._found.items() for i, leaf in enumerate(calls)}
        return found | {name: leaf for name, leaf in self.sown.items() if name not in found}


@contextlib.contextmanager
def modules() -> Iterator[Recorder]:
    """Record what modules return in this block."""
    seen = Recorder()

    def intercept(function: Any, args: Any, kwargs: Any, context: Any) -> Any:
        output = function(*args, **kwargs)
        if context.method_name == "__call__" and context.module.path:
            seen.add(".".join(context.module.path), output)
        return output

    with nn.intercept_methods(intercept), _nnx_calls(seen):
        yield seen


@contextlib.contextmanager
def _nnx_calls(seen: Recorder) -> Iterator[None]:
    """Record what NNX modules return: every class of them that is called."""
    from flax import nnx

    patched: list[tuple[type, Any]] = []

    def wrapped(call: Any) -> Any:
        def __call__(self: Any, *args: Any, **kwargs: Any) -> Any:
            output = call(self, *args, **kwargs)
            seen.of(self, output)
            return output

        return __call__

    for kind in _subclasses(nnx.Module):
        if "__call__" in vars(kind):
            patched.append((kind, vars(kind)["__call__"]))
            kind.__call__ = wrapped(vars(kind)["__call__"])  # type: ignore[method-assign]
    try:
        yield
    finally:
        for kind, call in patched:
            kind.__call__ = call  # type: ignore[method-assign]


def _subclasses(kind: type) -> set[type]:
    found: list[type] = kind.__subclasses__()
    return {kind}.union(*map(_subclasses, found))
