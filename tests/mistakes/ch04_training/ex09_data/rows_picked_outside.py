"""The step is traced again when the mask has another number of real rows.
Usually the rows are picked before the compiled function, so that its
argument has another shape. Pass all rows and the mask into it:
`jnp.mean(losses, where=mask)`.
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
    @jax.jit
    def update(params, state, batch):
        loss, grads = jax.value_and_grad(lambda p: loss_fn(p, batch).mean())(params)
        updates, state = tx.update(grads, state, params)
        return optax.apply_updates(params, updates), state, loss

    def step(params, state, batch, mask):
        return update(params, state, jax.tree.map(lambda leaf: leaf[mask], batch))

    return step


def prefetch(batches, ahead):
    waiting = collections.deque()
    for batch in batches:
        waiting.append(jax.tree.map(jnp.array, batch))
        if len(waiting) > ahead:
            yield waiting.popleft()
    yield from waiting
