"""What runs beside the learner's code for 6.1 jit_contract."""

import warnings
from functools import partial
from typing import Any

import jax
import jax.numpy as jnp
import optax


def _loss(params: Any, x: jax.Array, y: jax.Array) -> jax.Array:
    layers = params["net"]["layers"] if "net" in params else params
    fc1, fc2 = layers["fc1"], layers["fc2"]
    hidden = jnp.tanh(x @ fc1["kernel"] + fc1["bias"])
    return jnp.mean((hidden @ fc2["kernel"] + fc2["bias"] - y) ** 2)


class Counting:
    """How often Python has run a function."""

    def __init__(self) -> None:
        self.traced, self.run = 0, 0  # with tracers, with arrays

    def count(self, x: jax.Array) -> None:
        if isinstance(x, jax.core.Tracer):
            self.traced += 1
        else:
            self.run += 1


class Loss(Counting):
    """TorchMLP's mean squared error."""

    def __init__(self) -> None:
        super().__init__()
        self._dtypes: dict[int, list[str]] = {}

    def __call__(self, params: Any, x: jax.Array, y: jax.Array) -> jax.Array:
        self.count(x)
        self._dtypes[len(x)] = [str(x.dtype), str(y.dtype)]
        return _loss(params, x, y)

    def dtypes(self, rows: int) -> list[str]:
        """Those of the last x and y that had so many rows."""
        return self._dtypes.get(rows, [])


class Forward(Counting):
    """TorchNet. With `pair`, training also returns the mean that it
    subtracted.
    """

    def __init__(self, pair: bool = False) -> None:
        super().__init__()
        self.pair = pair

    def __call__(self, params: Any, x: jax.Array, train: bool) -> Any:
        self.count(x)
        if train:
            mean, var = x.mean(0), x.var(0)
        else:
            mean, var = params["bn"]["mean"], params["bn"]["var"]
        x = (x - mean) * jax.lax.rsqrt(var + 1e-5) * params["bn"]["scale"] + params["bn"]["bias"]
        y = x @ params["fc"]["kernel"] + params["fc"]["bias"]
        return (y, mean) if self.pair and train else y


def other_names(weights: Any, images: jax.Array, training: bool) -> jax.Array:
    """TorchNet as `Forward` computes it, with other names."""
    return Forward()(weights, images, training)


def gradient(predict: Any, params: Any, x: jax.Array, train: bool, cotangent: jax.Array) -> tuple[Any, jax.Array]:
    """In the layers' weights and in x, of the sum of what `predict` returns,
    times the cotangent.
    """
    statistics = {name: params["bn"][name] for name in ("mean", "var")}

    def loss(weights: Any, x: jax.Array) -> jax.Array:
        return jnp.sum(predict(weights | {"bn": weights["bn"] | statistics}, x, train) * cotangent)

    bn = {name: params["bn"][name] for name in ("scale", "bias")}
    return jax.grad(loss, argnums=(0, 1))(params | {"bn": bn}, x)


class Log:
    """The losses that were logged, and how many were tracers."""

    def __init__(self) -> None:
        self._losses: list = []
        self.tracers = 0

    def __call__(self, loss: Any) -> None:
        if isinstance(loss, jax.core.Tracer):
            self.tracers += 1
        else:
            self._losses.append(loss)

    def losses(self) -> list:
        jax.effects_barrier()  # waits for calls through `jax.debug.callback`
        return self._losses


def sgd(lr: float = 0.1, decay: float = 0.01) -> optax.GradientTransformation:
    """An optimizer whose state has arrays of float32 and, with the schedule, a
    count of int32, and whose update needs the params.
    """
    return optax.chain(optax.add_decayed_weights(decay), optax.sgd(optax.constant_schedule(lr), momentum=0.9))


def train(step: Any, tx: optax.GradientTransformation, params: Any, batches: list) -> tuple[Any, list[int]]:
    """The params after training with `step`, and how many values each step
    returned (0: no tuple).
    """
    state, counts = tx.init(params), []
    for x, y in batches:
        returned = step(params, state, x, y)
        counts.append(len(returned) if isinstance(returned, tuple | list) else 0)
        params, state = returned[:2]
    return params, counts


@partial(jax.jit, donate_argnums=(0, 1))
def donating_step(params: Any, state: Any, x: jax.Array, y: jax.Array) -> tuple[Any, Any]:
    """The step that `make_step` should return, without its log."""
    updates, state = sgd().update(jax.grad(_loss)(params, x, y), state, params)
    return optax.apply_updates(params, updates), state


@partial(jax.jit, donate_argnums=(0, 1))
def doubling_step(params: Any, state: Any, x: jax.Array, y: jax.Array) -> tuple[Any, Any]:
    """A step that doubles what `state`, which is of bool, has as True, and
    counts; `frozen` stays.
    """
    weight = jax.lax.select(state, 2 * params["weight"], params["weight"])
    return {"weight": weight, "steps": params["steps"] + 1, "frozen": params["frozen"]}, state


def kept(tree: Any) -> Any:
    """The tree itself, to be fetched later."""
    return tree


def gone(tree: Any) -> list[bool]:
    """For each array of a tree, whether it has been deleted."""
    return [leaf.is_deleted() for leaf in jax.tree.leaves(tree) if isinstance(leaf, jax.Array)]


def lost(tree: Any) -> list[str]:
    """The dtypes of those that have been."""
    leaves = [leaf for leaf in jax.tree.leaves(tree) if isinstance(leaf, jax.Array)]
    return [str(leaf.dtype) for leaf in leaves if leaf.is_deleted()]


def unusable(step: Any, *given: Any) -> list[str]:
    """One step; what JAX warned of: on a CPU, too, arrays that are donated and
    have the shape of no result.
    """
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        step(*given)
    return [str(warning.message) for warning in caught if "donated" in str(warning.message)]


def entries_gone(history: Any) -> list[bool]:
    """For each entry, whether arrays in it have been deleted."""
    return [any(gone(entry)) for entry in history] if isinstance(history, list | tuple) else gone(history)
