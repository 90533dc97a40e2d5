"""What runs beside the learner's code for 7.1 nnx_twin."""

from itertools import pairwise
from typing import Any

import jax
from flax import nnx

runs = []  # one entry for each time that Python ran a Net


class Net(nnx.Module):
    """What MLP should be, so that `load_torch` and `train` can be checked by
    themselves.
    """

    def __init__(self, sizes: tuple, rngs: nnx.Rngs):
        self.layers = nnx.List([nnx.Linear(m, n, rngs=rngs) for m, n in pairwise(sizes)])

    def __call__(self, x: jax.Array) -> jax.Array:
        runs.append(x.shape)
        *hidden, last = self.layers
        for layer in hidden:
            x = nnx.tanh(layer(x))
        return last(x)


def net(sizes: tuple, weights: dict) -> Net:
    """A Net with these weights. Nothing is drawn: drawing would be compiled."""
    model = nnx.eval_shape(lambda: Net(sizes, nnx.Rngs(0)))
    fill(model, weights)
    runs.clear()
    return model


def times_run() -> int:
    """How often Python ran a Net since the last one was made."""
    return len(runs)


def rngs(seed: int) -> nnx.Rngs:
    return nnx.Rngs(seed)


def params(model: nnx.Module) -> dict:
    """All parameters of a module: only an `nnx.Param` is one."""
    return nnx.to_pure_dict(nnx.state(model, nnx.Param))


def specs(model: nnx.Module) -> Any:
    """Shapes and dtypes of the parameters."""
    return jax.tree.map(lambda a: jax.ShapeDtypeStruct(a.shape, a.dtype), params(model))


def count(params: dict) -> int:
    """How many parameters there are."""
    return len(jax.tree.leaves(params))


def fill(model: nnx.Module, weights: dict) -> None:
    """Put weights into a module that has parameters of those names."""
    nnx.update(model, weights)


@nnx.jit
def call(model: nnx.Module, x: jax.Array) -> jax.Array:
    """What the module computes."""
    return model(x)
