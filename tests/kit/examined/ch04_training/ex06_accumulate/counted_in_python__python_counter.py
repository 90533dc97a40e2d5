"""step_every counts the calls in a Python attribute, which under jax.jit
changes only while tracing, so the compiled update never steps (k > 1) although
every k-th call should.
"""

from typing import Any

import jax
import jax.numpy as jnp
import optax


def accumulate(grad_fn, params, batches):
    total = sum(len(x) for x, _ in batches)
    acc = jax.tree.map(jnp.zeros_like, params)
    for x, y in batches:
        weight = len(x) / total
        acc = jax.tree.map(lambda a, g, weight=weight: a + weight * g, acc, grad_fn(params, x, y))
    return acc


class _Every:
    def __init__(self, tx, k):
        self.tx = tx
        self.k = k
        self.calls = 0

    def init(self, params):
        self.calls = 0
        return self.tx.init(params), jax.tree.map(jnp.zeros_like, params)

    def update(self, grads, state, params=None):
        inner, acc = state
        acc = jax.tree.map(lambda a, g: a + g / self.k, acc, grads)
        self.calls += 1
        zeros = jax.tree.map(jnp.zeros_like, grads)
        if self.calls % self.k == 0:
            updates, inner = self.tx.update(acc, inner, params)
            return updates, (inner, zeros)
        return zeros, (inner, acc)


def step_every(tx: optax.GradientTransformation, k: int) -> Any:
    return _Every(tx, k)
