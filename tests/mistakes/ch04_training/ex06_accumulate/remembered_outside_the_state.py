"""The optimizer stops with an error when its `init` is called for a second
model and then the first one is trained. Usually `init` leaves something of the
model, such as zeros of its shapes, in a variable or an attribute, as PyTorch's
optimizers do. Make it from the arguments of `update`, or return it in the
state.
"""

import jax
import jax.numpy as jnp
import optax


def accumulate(grad_fn, params, batches):
    total = sum(len(x) for x, _ in batches)
    result = jax.tree.map(jnp.zeros_like, params)
    for x, y in batches:
        share = len(x) / total
        result = jax.tree.map(lambda r, g: r + share * g, result, grad_fn(params, x, y))
    return result


def step_every(tx, k):
    zeros = None

    def init(params):
        nonlocal zeros
        zeros = jax.tree.map(jnp.zeros_like, params)
        return jnp.int32(0), zeros, tx.init(params)

    def update(grads, state, params=None):
        count, mean, inner = state
        mean = jax.tree.map(lambda m, g: m + g / k, mean, grads)
        updates, stepped = tx.update(mean, inner, params)
        now = (count + 1) % k == 0
        updates = jax.tree.map(lambda u, z: jnp.where(now, u, z), updates, zeros)
        inner = jax.tree.map(lambda a, b: jnp.where(now, a, b), stepped, inner)
        mean = jax.tree.map(lambda m, z: jnp.where(now, z, m), mean, zeros)
        return updates, (count + 1, mean, inner)

    return optax.GradientTransformation(init, update)
