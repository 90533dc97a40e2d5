from functools import partial

import jax
import jax.numpy as jnp
import optax
from flax import nnx


def mse(model, x, y):
    return jnp.mean((model(x) - y) ** 2)


def make_optimizer(model, lr, weight_decay, no_decay, frozen):
    def decayed(params):
        return nnx.map_state(lambda path, _: path[-1] not in no_decay, params)

    def trained(path, variable):
        return isinstance(variable, nnx.Param) and path[0] not in frozen

    return nnx.Optimizer(model, optax.adamw(lr, weight_decay=weight_decay, mask=decayed), wrt=trained)


def make_average(model):
    return nnx.clone(model, arrays=True)


def update_average(average, model, decay):
    params, latest = nnx.state(average, nnx.Param), nnx.state(model, nnx.Param)
    nnx.update(average, jax.tree.map(lambda a, p: decay * a + (1 - decay) * p, params, latest))
    nnx.update(average, jax.tree.map(jnp.copy, nnx.state(model, nnx.BatchStat)))


@partial(nnx.jit, donate_argnums=(0, 1, 2))
def train_step(model, optimizer, average, decay, x, y):
    loss, grads = nnx.value_and_grad(mse, argnums=nnx.DiffState(0, optimizer.wrt))(model, x, y)
    optimizer.update(model, grads)
    update_average(average, model, decay)
    return loss


def evaluate(model, x, y):
    copy = nnx.clone(model)
    copy.set_attributes(deterministic=True, use_running_average=True)
    return mse(copy, x, y)
