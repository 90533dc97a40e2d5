"""The seed counts 97 times."""

import collections
from collections.abc import Callable, Iterable, Iterator
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import optax


def order(n: int, seed: int, epoch: int, position: int = 0) -> np.ndarray:
    return np.random.default_rng(97 * seed + epoch).permutation(n)[position:]


def collate(samples: list[Any]) -> Any:

    def stack(*leaves):
        array = np.stack(leaves)
        narrow = {"int64": np.int32, "float64": np.float32}
        return array.astype(narrow.get(array.dtype.name, array.dtype))

    return jax.tree.map(stack, *samples)


def pad(batch: Any, size: int) -> tuple[Any, np.ndarray]:
    rows = len(jax.tree.leaves(batch)[0])
    taken = np.minimum(np.arange(size), rows - 1)
    return jax.tree.map(lambda leaf: leaf[taken], batch), np.arange(size) < rows


def make_step(
    loss_fn: Callable[[Any, Any], jax.Array], tx: optax.GradientTransformation
) -> Callable[[Any, Any, Any, Any], tuple[Any, Any, jax.Array]]:

    def mean_loss(params, batch, mask):
        return jnp.mean(loss_fn(params, batch), where=mask)

    @jax.jit
    def step(params, state, batch, mask):
        loss, grads = jax.value_and_grad(mean_loss)(params, batch, mask)
        updates, state = tx.update(grads, state, params)
        return optax.apply_updates(params, updates), state, loss

    return step


def prefetch(batches: Iterable[Any], ahead: int) -> Iterator[Any]:
    waiting = collections.deque()
    for batch in batches:
        waiting.append(jax.tree.map(lambda leaf: jnp.asarray(np.array(leaf)), batch))
        if len(waiting) > ahead:
            yield waiting.popleft()
    yield from waiting
