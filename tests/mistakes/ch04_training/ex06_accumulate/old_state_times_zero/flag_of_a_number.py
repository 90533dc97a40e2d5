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
        count, mean, inner = state
        mean = jax.tree.map(lambda m, g: m + g / k, mean, grads)
        updates, stepped = tx.update(mean, inner, params)
        now = ((count + 1) % k == 0).astype(jnp.int32)
        updates = jax.tree.map(lambda u: jnp.where(now, u, 0.0), updates)
        inner = jax.tree.map(lambda a, b: (now * a + (1 - now) * b).astype(b.dtype), stepped, inner)
        mean = jax.tree.map(lambda m: jnp.where(now, 0, m), mean)
        return updates, (count + 1, mean, inner)

    return optax.GradientTransformation(init, update)
