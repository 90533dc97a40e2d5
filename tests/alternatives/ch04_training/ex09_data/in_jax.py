"""The order drawn by `jax.random`, copies of the first row, a weighted mean,
and a queue filled by `next`.
"""

import jax
import jax.numpy as jnp
import numpy as np
import optax


def order(n, seed, epoch, position=0):
    key = jax.random.fold_in(jax.random.key(seed), epoch)
    return jax.random.permutation(key, n)[position:]


def collate(samples):
    def stack(*leaves):
        array = np.asarray(leaves)
        return array.astype(jax.dtypes.canonicalize_dtype(array.dtype))

    return jax.tree.map(stack, *samples)


def pad(batch, size):
    rows = len(jax.tree.leaves(batch)[0])
    taken = np.where(np.arange(size) < rows, np.arange(size), 0)
    return jax.tree.map(lambda leaf: leaf.take(taken, axis=0), batch), np.arange(size) < rows


def make_step(loss_fn, tx):
    @jax.jit
    def step(params, state, batch, mask):
        def mean_loss(params):
            return jnp.where(mask, loss_fn(params, batch), 0.0).sum() / mask.sum()

        loss, grads = jax.value_and_grad(mean_loss)(params)
        updates, state = tx.update(grads, state, params)
        return optax.apply_updates(params, updates), state, loss

    return step


def prefetch(batches, ahead):
    rest, waiting, end = iter(batches), [], object()
    while True:
        while len(waiting) <= ahead and (batch := next(rest, end)) is not end:
            waiting.append(jax.tree.map(lambda leaf: jnp.asarray(leaf.copy()), batch))
        if not waiting:
            return
        yield waiting.pop(0)
