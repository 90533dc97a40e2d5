"""When the caller sorts or shuffles the order in place, the next call with the
same arguments returns what the caller made of it. Usually the order is kept,
with `functools.lru_cache` or in a dict, and all callers get the same array.
Return a copy, or draw it in each call.
"""

import collections
import functools

import jax
import jax.numpy as jnp
import numpy as np
import optax


@functools.lru_cache
def whole(n, seed, epoch):
    return np.random.default_rng((seed, epoch)).permutation(n)


def order(n, seed, epoch, position=0):
    return whole(n, seed, epoch)[position:]


def collate(samples):
    def stack(*leaves):
        array = np.stack(leaves)
        narrow = {"int64": np.int32, "float64": np.float32}
        return array.astype(narrow.get(array.dtype.name, array.dtype))

    return jax.tree.map(stack, *samples)


def pad(batch, size):
    rows = len(jax.tree.leaves(batch)[0])
    taken = np.minimum(np.arange(size), rows - 1)
    return jax.tree.map(lambda leaf: leaf[taken], batch), np.arange(size) < rows


def make_step(loss_fn, tx):
    def mean_loss(params, batch, mask):
        return jnp.mean(loss_fn(params, batch), where=mask)

    @jax.jit
    def step(params, state, batch, mask):
        loss, grads = jax.value_and_grad(mean_loss)(params, batch, mask)
        updates, state = tx.update(grads, state, params)
        return optax.apply_updates(params, updates), state, loss

    return step


def prefetch(batches, ahead):
    waiting = collections.deque()
    for batch in batches:
        waiting.append(jax.tree.map(jnp.array, batch))
        if len(waiting) > ahead:
            yield waiting.popleft()
    yield from waiting
