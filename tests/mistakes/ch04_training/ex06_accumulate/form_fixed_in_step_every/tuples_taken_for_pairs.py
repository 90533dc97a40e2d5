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
        return jnp.int32(0), jax.tree.map(jnp.zeros_like, params), tx.init(params)

    def update(grads, state, params=None):
        count, total, inner = state
        now = (count + 1) % k == 0
        pairs = jax.tree.map(lambda t, g: (t + g / k, jnp.where(now, 0.0, t + g / k)), total, grads)
        mean, total = (jax.tree.map(lambda pair, i=i: pair[i], pairs, is_leaf=lambda x: isinstance(x, tuple)) for i in (0, 1))
        updates, stepped = tx.update(mean, inner, params)
        waiting = jax.tree.map(jnp.zeros_like, updates)
        updates, inner = jax.tree.map(lambda a, b: jnp.where(now, a, b), (updates, stepped), (waiting, inner))
        return updates, (count + 1, total, inner)

    return optax.GradientTransformation(init, update)
