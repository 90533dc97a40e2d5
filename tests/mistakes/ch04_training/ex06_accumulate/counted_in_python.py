"""Under `jax.jit` tx never steps, and the params stay as they are. Usually the
calls are counted in Python, with an attribute, a variable or a list. Python
runs once, while JAX traces the function: from then on the count stands still.
Keep it in the state, as an array that `update` returns.
"""

import jax
import jax.numpy as jnp


def accumulate(grad_fn, params, batches):
    total = sum(len(x) for x, _ in batches)
    result = jax.tree.map(jnp.zeros_like, params)
    for x, y in batches:
        share = len(x) / total
        result = jax.tree.map(lambda r, g: r + share * g, result, grad_fn(params, x, y))
    return result


class Waiting:
    def __init__(self, tx, k):
        self.tx, self.k, self.count = tx, k, 0

    def init(self, params):
        return self.tx.init(params), jax.tree.map(jnp.zeros_like, params)

    def update(self, grads, state, params=None):
        inner, mean = state
        mean = jax.tree.map(lambda m, g: m + g / self.k, mean, grads)
        zeros = jax.tree.map(jnp.zeros_like, grads)
        self.count += 1
        if self.count < self.k:
            return zeros, (inner, mean)
        self.count = 0
        updates, inner = self.tx.update(mean, inner, params)
        return updates, (inner, zeros)


def step_every(tx, k):
    return Waiting(tx, k)
