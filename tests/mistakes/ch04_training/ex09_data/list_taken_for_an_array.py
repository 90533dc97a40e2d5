"""A list of numbers in a sample becomes one array, as if it were a row of
numbers. A list is a node of the tree, like a tuple or a dict, and each of its
numbers is a leaf: `jax.tree.map(stack, *samples)` makes a list of arrays.
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

    def is_row(node):
        return isinstance(node, list) and all(isinstance(item, bool | int | float) for item in node)

    return jax.tree.map(stack, *samples, is_leaf=is_row)


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
