"""Optimizers written as their two functions; copied params, then donated
ones.
"""

import jax
import jax.numpy as jnp
import optax


def zeros(params):
    return jax.tree.map(jnp.zeros_like, params)


def make(name, lr, weight_decay=None, momentum=0.0, nesterov=False):
    decay = (0.01 if name == "AdamW" else 0.0) if weight_decay is None else weight_decay

    def init(params):
        return jnp.zeros(()), zeros(params), zeros(params)

    def update(grads, state, params):
        t, m, v = state
        t = t + 1
        if name != "AdamW":
            grads = jax.tree.map(lambda g, p: g + decay * p, grads, params)
        if name == "SGD":
            m = jax.tree.map(lambda m, g: momentum * m + g, m, grads)
            step = jax.tree.map(lambda m, g: g + momentum * m if nesterov else m, m, grads)
        elif name == "RMSprop":
            v = jax.tree.map(lambda v, g: 0.99 * v + 0.01 * g**2, v, grads)
            step = jax.tree.map(lambda v, g: g / (jnp.sqrt(v) + 1e-8), v, grads)
        else:
            m = jax.tree.map(lambda m, g: 0.9 * m + 0.1 * g, m, grads)
            v = jax.tree.map(lambda v, g: 0.999 * v + 0.001 * g**2, v, grads)
            step = jax.tree.map(lambda m, v: m / (1 - 0.9**t) / (jnp.sqrt(v / (1 - 0.999**t)) + 1e-8), m, v)
        if name == "AdamW":
            step = jax.tree.map(lambda s, p: s + decay * p, step, params)
        return jax.tree.map(lambda s: -lr * s, step), (t, m, v)

    return optax.GradientTransformation(init, update)


def train(loss_fn, params, tx, batches):
    def step(params, state, x, y):
        grads, loss = jax.grad(lambda p: (loss_fn(p, x, y),) * 2, has_aux=True)(params)
        updates, state = tx.update(grads, state, params)
        return jax.tree.map(jnp.add, params, updates), state, loss

    step = jax.jit(step, donate_argnums=(0, 1))
    params = jax.tree.map(jnp.copy, params)
    state, losses = tx.init(params), []
    for x, y in batches:
        params, state, loss = step(params, state, x, y)
        losses += [loss]
    return params, losses
