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
    def init(params):
        return jnp.int32(0), tx.init(params)

    def update(grads, state, params=None):
        count, inner = state
        updates, inner = tx.update(grads, inner, params)
        now = (count + 1) % k == 0
        return jax.tree.map(lambda u: jnp.where(now, u, 0.0), updates), (count + 1, inner)

    return optax.GradientTransformation(init, update)
