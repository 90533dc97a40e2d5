"""Modes set on the model and back, layer by layer; a chain that ends in zeros
for what is frozen.
"""

import copy
from functools import partial

import jax
import jax.numpy as jnp
import optax
from flax import nnx

MODES = ("deterministic", "use_running_average")


def mse(model, x, y):
    return jnp.mean((model(x) - y) ** 2)


def make_optimizer(model, lr, weight_decay, no_decay, frozen):
    def by_path(test):
        return lambda params: nnx.map_state(lambda path, _: test(path), params)

    tx = optax.chain(
        optax.adamw(lr, weight_decay=weight_decay, mask=by_path(lambda path: path[-1] not in no_decay)),
        optax.masked(optax.set_to_zero(), by_path(lambda path: path[0] in frozen)),
    )
    return nnx.Optimizer(model, tx, wrt=nnx.Param)


def make_average(model):
    average = copy.deepcopy(model)
    nnx.update(average, jax.tree.map(lambda array: array.copy(), nnx.state(average)))
    return average


def update_average(average, model, decay):
    for (_, mine), (_, theirs) in zip(nnx.iter_graph(average), nnx.iter_graph(model), strict=True):
        if isinstance(mine, nnx.Param):
            mine[...] = mine[...] + (1 - decay) * (theirs[...] - mine[...])
        elif isinstance(mine, nnx.BatchStat):
            mine[...] = jnp.copy(theirs[...])


@partial(nnx.jit, donate_argnums=(0, 1, 2))
def step(model, optimizer, average, decay, x, y):
    def loss_fn(model):
        return mse(model, x, y)

    loss, grads = nnx.value_and_grad(loss_fn)(model)
    optimizer.update(model, grads)
    update_average(average, model, decay)
    return loss


def train_step(model, optimizer, average, decay, x, y):
    return step(model, optimizer, average, jnp.float32(decay), x, y)


def evaluate(model, x, y):
    before = [(m, name, getattr(m, name)) for _, m in nnx.iter_modules(model) for name in MODES if hasattr(m, name)]
    for module, name, _ in before:
        setattr(module, name, True)
    try:
        return mse(model, x, y)
    finally:
        for module, name, mode in before:
            setattr(module, name, mode)
