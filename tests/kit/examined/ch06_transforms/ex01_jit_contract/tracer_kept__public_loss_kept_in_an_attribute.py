"""The loss is put into an attribute inside the compiled step and read after it:
a tracer that has leaked. After "JAX jit and object state" at pytroubles.com.
"""

from functools import partial

import jax
import jax.numpy as jnp
import optax


class Step:
    def __init__(self, loss_fn, tx, log):
        self.loss_fn, self.tx, self.log = loss_fn, tx, log
        self.last = None

    @partial(jax.jit, static_argnums=0, donate_argnums=(1, 2))
    def run(self, params, state, x, y):
        loss, grads = jax.value_and_grad(self.loss_fn)(params, x, y)
        self.last = loss
        updates, state = self.tx.update(grads, state, params)
        return optax.apply_updates(params, updates), state

    def __call__(self, params, state, x, y):
        params, state = self.run(params, state, x, y)
        self.log(self.last)
        return params, state


def make_step(loss_fn, tx, log):
    return Step(loss_fn, tx, log)


def history(step, params, state, batches):
    def copy(tree):
        return jax.tree.map(jnp.copy, tree)

    out = [copy(params)]
    params, state = copy(params), copy(state)
    for x, y in batches:
        params, state = step(params, state, x, y)
        out.append(copy(params))
    return out


def make_predict(forward):
    return jax.jit(forward, static_argnums=2)
