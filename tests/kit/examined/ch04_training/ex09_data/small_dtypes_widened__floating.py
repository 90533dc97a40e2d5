import collections
from collections.abc import Callable, Iterable, Iterator
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import optax


def order(n: int, seed: int, epoch: int, position: int = 0) -> np.ndarray:
    return np.random.default_rng((seed, epoch)).permutation(n)[position:]


def collate(samples: list[Any]) -> Any:

    def stack(*leaves):
        array = np.stack([np.asarray(leaf) for leaf in leaves])
        if array.dtype == np.int64:
            return array.astype(np.int32)
        if np.issubdtype(array.dtype, np.floating):
            return array.astype(np.float32)
        return array

    return jax.tree.map(stack, *samples)


def pad(batch: Any, size: int) -> tuple[Any, np.ndarray]:
    rows = len(jax.tree.leaves(batch)[0])
    index = np.minimum(np.arange(size), rows - 1)
    return jax.tree.map(lambda array: array[index], batch), np.arange(size) < rows


def make_step(
    loss_fn: Callable[[Any, Any], jax.Array], tx: optax.GradientTransformation
) -> Callable[[Any, Any, Any, Any], tuple[Any, Any, jax.Array]]:

    def mean_loss(params, batch, mask):
        losses = loss_fn(params, batch)
        return jnp.where(mask, losses, 0.0).sum() / mask.sum()

    @jax.jit
    def step(params, state, batch, mask):
        loss, grads = jax.value_and_grad(mean_loss)(params, batch, mask)
        updates, state = tx.update(grads, state, params)
        return optax.apply_updates(params, updates), state, loss

    return step


def prefetch(batches: Iterable[Any], ahead: int) -> Iterator[Any]:
    queue = collections.deque()
    for batch in batches:
        queue.append(jax.tree.map(lambda array: jnp.asarray(np.array(array)), batch))
        if len(queue) > ahead:
            yield queue.popleft()
    while queue:
        yield queue.popleft()
