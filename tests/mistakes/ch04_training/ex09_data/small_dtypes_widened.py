"""uint8, int16, float16 or bool become 32 bits wide. Such a batch takes up to
four times the memory on its way to the device. Convert float64 and int64 alone;
compiled code can do the rest on the device.
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
        if array.dtype == bool:
            return array
        return array.astype(np.float32 if array.dtype.kind == "f" else np.int32)

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
