import collections
import functools
from collections.abc import Callable, Iterable, Iterator
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import optax


@functools.lru_cache(maxsize=4)
def _shuffled(n: int, seed: int, epoch: int) -> np.ndarray:
    return np.random.default_rng((seed, epoch)).permutation(n)


def order(n: int, seed: int, epoch: int, position: int = 0) -> np.ndarray:
    return _shuffled(n, seed, epoch)[position:]


def collate(samples: list[Any]) -> Any:

    def stack(*leaves):
        array = np.stack([np.asarray(leaf) for leaf in leaves])
        if array.dtype == np.int64:
            return array.astype(np.int32)
        if array.dtype == np.float64:
            return array.astype(np.float32)
        return array

    return jax.tree.map(stack, *samples)


def pad(batch: Any, size: int) -> tuple[Any, np.ndarray]:
    rows = len(jax.tree.leaves(batch)[0])
    index = np.minimum(np.arange(size), rows - 1)
    return jax.tree.map(lambda leaf: leaf[index], batch), np.arange(size) < rows


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
    iterator = iter(batches)
    queue = collections.deque()

    def take(count):
        for _ in range(count):
            try:
                batch = next(iterator)
            except StopIteration:
                return
            queue.append(jax.tree.map(lambda leaf: jnp.asarray(np.array(leaf)), batch))

    take(ahead)
    while True:
        take(1)
        if not queue:
            return
        yield queue.popleft()
