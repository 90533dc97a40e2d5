"""Recursion instead of `jax.tree`, rows repeated in turn, the jitted gradient
alone, and a class that iterates.
"""

import collections
import itertools
import random

import jax
import jax.numpy as jnp
import numpy as np
import optax


def order(n, seed, epoch, position=0):
    indices = list(range(n))
    random.Random(f"{seed} {epoch}").shuffle(indices)
    return indices[position:]


def collate(samples):
    first = samples[0]
    if isinstance(first, dict):
        return {name: collate([sample[name] for sample in samples]) for name in first}
    if isinstance(first, (tuple, list)):
        return type(first)(collate(list(leaves)) for leaves in zip(*samples, strict=True))
    array = np.array(samples)
    if array.dtype == np.float64:
        return array.astype(np.float32)
    return array.astype(np.int32) if array.dtype == np.int64 else array


def pad(batch, size):
    mask = np.zeros(size, dtype=bool)

    def longer(tree):
        if isinstance(tree, dict):
            return {name: longer(leaf) for name, leaf in tree.items()}
        if isinstance(tree, (tuple, list)):
            return type(tree)(map(longer, tree))
        mask[: len(tree)] = True
        return np.resize(tree, (size, *tree.shape[1:]))

    return longer(batch), mask


def make_step(loss_fn, tx):
    def mean_loss(params, batch, mask):
        return jnp.average(loss_fn(params, batch), weights=mask)

    value_and_grad = jax.jit(jax.value_and_grad(mean_loss))

    def step(params, state, batch, mask):
        loss, grads = value_and_grad(params, batch, mask)
        updates, state = tx.update(grads, state, params)
        return optax.apply_updates(params, updates), state, loss

    return step


class prefetch:
    def __init__(self, batches, ahead):
        self.rest, self.ahead, self.waiting = iter(batches), ahead, collections.deque()

    def __iter__(self):
        return self

    def __next__(self):
        for batch in itertools.islice(self.rest, self.ahead + 1 - len(self.waiting)):
            self.waiting.append(jax.tree.map(jnp.array, batch))
        if not self.waiting:
            raise StopIteration
        return self.waiting.popleft()
