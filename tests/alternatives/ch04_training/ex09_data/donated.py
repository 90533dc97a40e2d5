"""A step that donates what it takes and masks by a product, `np.pad` with its
edge mode, and transfers by `device_put` of a copy.
"""

import itertools
from functools import partial

import jax
import jax.numpy as jnp
import numpy as np
import optax


def order(n, seed, epoch, position=0):
    generator = np.random.Generator(np.random.PCG64(np.random.SeedSequence([seed, epoch])))
    indices = np.arange(n)
    generator.shuffle(indices)
    return indices[position:].tolist()


def collate(samples):
    leaves, structure = zip(*map(jax.tree.flatten, samples), strict=True)
    arrays = [np.stack(column) for column in zip(*leaves, strict=True)]
    small = [a.astype(a.dtype.kind + "4") if a.dtype.kind in "if" and a.itemsize == 8 else a for a in arrays]
    return jax.tree.unflatten(structure[0], small)


def pad(batch, size):
    rows = jax.tree.leaves(batch)[0].shape[0]

    def longer(leaf):
        return np.pad(leaf, [(0, size - rows)] + [(0, 0)] * (leaf.ndim - 1), mode="edge")

    return jax.tree.map(longer, batch), np.array([True] * rows + [False] * (size - rows))


def make_step(loss_fn, tx):
    def mean_loss(params, batch, mask):
        weights = mask.astype(jnp.float32)
        return jnp.dot(loss_fn(params, batch), weights) / weights.sum()

    @partial(jax.jit, donate_argnums=(0, 1))
    def step(params, state, batch, mask):
        loss, grads = jax.value_and_grad(mean_loss)(params, batch, mask)
        updates, state = tx.update(grads, state, params)
        return optax.apply_updates(params, updates), state, loss

    return step


def prefetch(batches, ahead):
    rest = iter(batches)

    def take(count):
        return [jax.device_put(jax.tree.map(np.copy, batch)) for batch in itertools.islice(rest, count)]

    waiting = take(ahead)
    while waiting := waiting + take(1):
        first, *waiting = waiting
        yield first
