"""What runs beside the learner's code for 4.6 accumulate."""

from typing import Any

import jax
import jax.numpy as jnp
import optax


@jax.jit
@jax.value_and_grad
def _mlp(params: Any, x: jax.Array, y: jax.Array) -> jax.Array:
    hidden = jnp.tanh(x @ params["fc1"]["kernel"] + params["fc1"]["bias"])
    return jnp.mean((hidden @ params["fc2"]["kernel"] + params["fc2"]["bias"] - y) ** 2)


@jax.jit
@jax.value_and_grad
def _linear(params: Any, x: jax.Array, y: jax.Array) -> jax.Array:
    bias, kernel = jax.tree.leaves(params)
    return jnp.mean((x @ kernel + bias - y) ** 2)


def kept(tree: Any) -> Any:
    """The tree itself, to be fetched later."""
    return tree


def mlp_gradients(params: Any, x: jax.Array, y: jax.Array) -> Any:
    """The gradients of TorchMLP's mean squared error."""
    return _mlp(params, x, y)[1]


class WatchingLinear:
    """The gradients of a linear layer's mean squared error, for a tree whose
    leaves are bias and kernel; `most` is the largest number of samples in a
    call, all calls of one vmap together.
    """

    def __init__(self) -> None:
        self.most = 0

        @jax.custom_batching.custom_vmap
        def watched(x: jax.Array) -> jax.Array:
            return x

        @watched.def_vmap
        def together(calls: int, batched: list[bool], x: jax.Array) -> tuple[jax.Array, bool]:
            self.most = max(self.most, calls * x.shape[1])
            return x, batched[0]

        self._watched = watched

    def __call__(self, params: Any, x: jax.Array, y: jax.Array) -> Any:
        self.most = max(self.most, len(x))
        return _linear(params, self._watched(x), y)[1]


def sgd() -> optax.GradientTransformation:
    """An optimizer that remembers earlier gradients."""
    return optax.sgd(0.1, momentum=0.9)


def adamw() -> optax.GradientTransformation:
    """An optimizer that counts its steps and needs the params."""
    return optax.adamw(0.05, weight_decay=0.1)


def pulled() -> optax.GradientTransformation:
    """An optimizer that keeps the params of `init`, and pulls back to them,
    from any distance up to one that it keeps too: inf.
    """

    def update(grads: Any, state: tuple[Any, jax.Array], params: Any) -> tuple[Any, Any]:
        start, most = state
        return jax.tree.map(lambda g, s, p: -0.1 * (g + 0.5 * jnp.clip(p - s, -most, most)), grads, start, params), state

    return optax.GradientTransformation(lambda params: (params, jnp.array(jnp.inf)), update)


def losses(tx: Any, params: Any, batches: list, others: tuple = ()) -> list[jax.Array]:
    """The losses of training one linear layer with tx; it begins with others
    too, before and after.
    """

    @jax.jit
    def step(grads: Any, state: Any, params: Any) -> tuple[Any, Any]:
        updates, state = tx.update(grads, state, params)
        return optax.apply_updates(params, updates), state

    state, found = [tx.init(each) for each in (*others, params, *others)][len(others)], []
    for x, y in batches:
        loss, grads = _linear(params, x, y)
        params, state = step(grads, state, params)
        found.append(loss)
    return found
