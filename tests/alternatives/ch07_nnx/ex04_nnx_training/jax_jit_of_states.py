"""A mask of names, and jax.jit over the states that nnx.split
returns.
"""

import functools

import jax
import jax.numpy as jnp
import optax
from flax import nnx


def mse(model, x, y):
    return jnp.mean(jnp.square(model(x) - y))


def make_optimizer(model, lr, weight_decay, no_decay, frozen):
    def decayed(params):
        def of_leaf(path, _):
            names = [str(part.key) for part in path if isinstance(part, jax.tree_util.DictKey)]
            return names[-1] not in set(no_decay)

        return jax.tree_util.tree_map_with_path(of_leaf, params)

    tx = optax.chain(
        optax.scale_by_adam(),
        optax.add_decayed_weights(weight_decay, decayed),
        optax.scale_by_learning_rate(lr),
    )
    trained = nnx.All(nnx.Param, *[lambda path, _, name=name: path[0] != name for name in frozen])
    return nnx.Optimizer(model, tx, wrt=trained)


def make_average(model):
    return nnx.clone(model, arrays=True)


def update_average(average, model, decay):
    _, params, stats, _ = nnx.split(model, nnx.Param, nnx.BatchStat, ...)
    new = optax.incremental_update(params, nnx.state(average, nnx.Param), 1 - decay)
    nnx.update(average, new, jax.tree.map(lambda array: array + 0, stats))


@functools.partial(jax.jit, static_argnums=0, donate_argnums=1)
def pure_step(graphdef, state, decay, x, y):
    model, optimizer, average = nnx.merge(graphdef, state)
    loss, grads = nnx.value_and_grad(mse, argnums=nnx.DiffState(0, optimizer.wrt))(model, x, y)
    optimizer.update(model, grads)
    update_average(average, model, decay)
    return loss, nnx.state((model, optimizer, average))


def train_step(model, optimizer, average, decay, x, y):
    graphdef, state = nnx.split((model, optimizer, average))
    loss, state = pure_step(graphdef, state, decay, x, y)
    nnx.update((model, optimizer, average), state)
    return loss


@nnx.jit
def compiled(model, x, y):
    return mse(model, x, y)


def evaluate(model, x, y):
    try:
        view = nnx.view(model, deterministic=True, use_running_average=True)
    except ValueError:
        modes = {}
        for name in ("deterministic", "use_running_average"):
            if any(hasattr(module, name) for _, module in nnx.iter_modules(model)):
                modes[name] = True
        view = nnx.view(model, **modes) if modes else model
    return compiled(view, x, y)
