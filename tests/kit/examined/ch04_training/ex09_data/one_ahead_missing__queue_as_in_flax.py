"""The queue counts the batch that is yielded."""

import collections
import itertools
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
        out = np.stack([np.asarray(leaf) for leaf in leaves])
        if out.dtype == np.int64:
            return out.astype(np.int32)
        if out.dtype == np.float64:
            return out.astype(np.float32)
        return out

    return jax.tree.map(stack, *samples)


def pad(batch: Any, size: int) -> tuple[Any, np.ndarray]:
    rows = jax.tree.leaves(batch)[0].shape[0]
    padded = jax.tree.map(lambda a: np.concatenate([a, np.repeat(a[:1], size - rows, axis=0)]), batch)
    return padded, np.arange(size) < rows


def make_step(
    loss_fn: Callable[[Any, Any], jax.Array], tx: optax.GradientTransformation
) -> Callable[[Any, Any, Any, Any], tuple[Any, Any, jax.Array]]:
    @jax.jit
    def step(params, state, batch, mask):
        def mean_loss(params):
            losses = loss_fn(params, batch)
            return jnp.sum(jnp.where(mask, losses, 0.0)) / jnp.sum(mask)

        loss, grads = jax.value_and_grad(mean_loss)(params)
        updates, state = tx.update(grads, state, params)
        return optax.apply_updates(params, updates), state, loss

    return step


def prefetch(batches: Iterable[Any], ahead: int) -> Iterator[Any]:
    queue = collections.deque()
    iterator = iter(batches)

    def enqueue(count):
        for batch in itertools.islice(iterator, count):
            queue.append(jax.tree.map(lambda a: jnp.asarray(np.array(a)), batch))

    enqueue(ahead)
    while queue:
        yield queue.popleft()
        enqueue(1)
