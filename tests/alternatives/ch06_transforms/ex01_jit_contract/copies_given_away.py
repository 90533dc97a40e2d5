"""Each step is given copies; each mode has a program of its own, and Python
chooses.
"""

import jax
import jax.numpy as jnp
import optax


class Step:
    def __init__(self, loss_fn, tx, log):
        self.grad, self.tx, self.log = jax.value_and_grad(loss_fn), tx, log
        self.compiled = jax.jit(self.update, donate_argnums=0)

    def update(self, params_and_state, x, y):
        params, state = params_and_state
        loss, grads = self.grad(params, x, y)
        updates, state = self.tx.update(grads, state, params)
        return (optax.apply_updates(params, updates), state), loss

    def __call__(self, params, state, x, y):
        result, loss = self.compiled((params, state), x, y)
        self.log(float(loss))
        return result


def make_step(loss_fn, tx, log):
    return Step(loss_fn, tx, log)


def history(step, params, state, batches):
    kept = [params]
    for x, y in batches:
        params, state = step(*jax.tree.map(jnp.copy, (params, state)), x, y)
        kept.append(params)
    return kept


def make_predict(forward):
    training = jax.jit(lambda params, x: forward(params, x, True))
    evaluation = jax.jit(lambda params, x: forward(params, x, False))

    def predict(params, x, train):
        return training(params, x) if train else evaluation(params, x)

    return predict
