"""The rows that `pad` adds are all the same number, such as 0. The mask keeps
them out of the loss, but not out of the model: where it divides by a row's
norm, the gradient is NaN. Repeat a real row, such as the last:
`leaf[np.minimum(np.arange(size), rows - 1)]`.
"""

import collections

import jax
import jax.numpy as jnp
import numpy as np
import optax

FREE = {"FILL": [-1]}
FILL = 0


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

    def longer(leaf):
        new = np.full((size, *leaf.shape[1:]), FILL).astype(leaf.dtype)
        new[:rows] = leaf
        return new

    return jax.tree.map(longer, batch), np.arange(size) < rows


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
