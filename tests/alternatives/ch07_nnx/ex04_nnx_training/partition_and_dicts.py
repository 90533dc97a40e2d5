"""optax.partition for frozen layers and for decay, the average as dicts of
arrays, and jax.jit over what nnx.split gives.
"""

import jax
import jax.numpy as jnp
import optax
from flax import nnx


def mse(model, x, y):
    return jnp.mean((model(x) - y) ** 2)


def make_optimizer(model, lr, weight_decay, no_decay, frozen):
    def label(path):
        if path[0] in frozen:
            return "frozen"
        return "plain" if path[-1] in no_decay else "decayed"

    kinds = {
        "frozen": optax.set_to_zero(),
        "plain": optax.adam(lr),
        "decayed": optax.adamw(lr, weight_decay=weight_decay),
    }
    tx = optax.partition(kinds, lambda params: nnx.map_state(lambda path, _: label(path), params))
    return nnx.Optimizer(model, tx, wrt=nnx.Param)


def make_average(model):
    graphdef, state = nnx.split(model)
    return nnx.merge(graphdef, jax.tree.map(jnp.copy, state))


def update_average(average, model, decay):
    mine, theirs = (dict(nnx.to_flat_state(nnx.state(m, (nnx.Param, nnx.BatchStat)))) for m in (average, model))
    for path, variable in mine.items():
        new = theirs[path].get_value()
        variable[...] = variable[...] * decay + new * (1 - decay) if isinstance(variable, nnx.Param) else new.copy()


@nnx.jit(donate_argnames=("model", "optimizer", "average"))
def train_step(model, optimizer, average, decay, x, y):
    loss, grads = nnx.value_and_grad(mse)(model, x, y)
    optimizer.update(model, grads)
    update_average(average, model, decay)
    return loss


def evaluate(model, x, y):
    other = nnx.clone(model)
    other.eval()
    return mse(other, x, y)
