from collections.abc import Sequence
from functools import partial

import jax
import jax.numpy as jnp
import optax
from flax import nnx


class Net(nnx.Module):
    def __init__(self, in_dim: int, hidden: int, output_dim: int, rate: float, rngs: nnx.Rngs):
        self.fc1 = nnx.Linear(in_dim, hidden, rngs=rngs)
        self.bn = nnx.BatchNorm(hidden, momentum=0.9, rngs=rngs)
        self.dropout = nnx.Dropout(rate, rngs=rngs)
        self.gate = nnx.Param(jnp.ones(hidden))
        self.fc10 = nnx.Linear(hidden, output_dim, rngs=rngs)

    def __call__(self, x: jax.Array) -> jax.Array:
        return self.fc10(self.dropout(self.bn(nnx.tanh(self.fc1(x)))) * self.gate)


def mse(model: nnx.Module, x: jax.Array, y: jax.Array) -> jax.Array:
    return jnp.mean((model(x) - y) ** 2)


def make_optimizer(
    model: nnx.Module, lr: float, weight_decay: float, no_decay: Sequence[str], frozen: Sequence[str]
) -> nnx.Optimizer:
    def trained(path, variable):
        return isinstance(variable, nnx.Param) and path[0] not in frozen

    def mask(params):
        return nnx.map_state(lambda path, _: path[-1] not in no_decay, params)

    return nnx.Optimizer(model, optax.adamw(lr, weight_decay=weight_decay, mask=mask), wrt=trained)


def make_average(model: nnx.Module) -> nnx.Module:
    return nnx.clone(model, arrays=True)


def update_average(average: nnx.Module, model: nnx.Module, decay: float) -> None:
    def mean(a, m):
        return (decay * a + (1 - decay) * m).astype(a.dtype)

    params = jax.tree.map(mean, nnx.to_pure_dict(nnx.state(average, nnx.Param)), nnx.to_pure_dict(nnx.state(model, nnx.Param)))
    stats = jax.tree.map(jnp.copy, nnx.to_pure_dict(nnx.state(model, nnx.BatchStat)))
    nnx.update(average, params, stats)


# Room for modules and functions of your own.


@partial(nnx.jit, donate_argnums=(0, 1, 2))
def train_step(
    model: nnx.Module, optimizer: nnx.Optimizer, average: nnx.Module, decay: float, x: jax.Array, y: jax.Array
) -> jax.Array:
    loss, grads = nnx.value_and_grad(mse)(model, x, y)
    optimizer.update(model, grads)
    update_average(average, model, decay)
    return loss


def evaluate(model: nnx.Module, x: jax.Array, y: jax.Array) -> jax.Array:
    view = nnx.view(model, deterministic=True, use_running_average=True, raise_if_not_found=False)
    return mse(view, x, y)
