"""Where the loss of a real row is NaN, the mean leaves this row out, and
training goes on as if nothing were wrong. Usually rows that do not count are
set to NaN for `jnp.nanmean`, or NaNs are replaced. Take the mean where the mask
is True: `jnp.mean(losses, where=mask)`.
"""

import collections

import jax
import jax.numpy as jnp
import numpy as np
import optax


def order(n, seed, epoch, position=0):
    return np.random.default_rng((seed, epoch)).permutation(n)[position:]


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
        return jnp.nanmean(jnp.where(mask, loss_fn(params, batch), jnp.nan))

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
