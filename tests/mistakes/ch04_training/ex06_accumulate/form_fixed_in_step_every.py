"""`step_every` raises an error for params of another form. Usually the mean of
the gradients is built for a dict of arrays, or a tuple of params is taken for a
pair that the code has made. Params can be lists, tuples and
dicts of dicts: `jax.tree.map` goes over all arrays, whatever the form.
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
    def init(params):
        return jnp.int32(0), {name: jnp.zeros_like(p) for name, p in params.items()}, tx.init(params)

    def update(grads, state, params=None):
        count, total, inner = state
        total = {name: t + grads[name] / k for name, t in total.items()}
        updates, stepped = tx.update(total, inner, params)
        now = (count + 1) % k == 0
        waiting = jax.tree.map(jnp.zeros_like, updates)
        updates, inner = jax.tree.map(lambda a, b: jnp.where(now, a, b), (updates, stepped), (waiting, inner))
        total = {name: jnp.where(now, 0.0, t) for name, t in total.items()}
        return updates, (count + 1, total, inner)

    return optax.GradientTransformation(init, update)
