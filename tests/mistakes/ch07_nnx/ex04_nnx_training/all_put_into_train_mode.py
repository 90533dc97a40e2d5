"""`train_step` puts a layer into train mode that was in eval mode, such as a
BatchNorm in fine-tuning. Usually it calls `model.train()` first. PyTorch's step
calls neither train() nor eval(): leave the modes to the caller.
"""

from functools import partial

import jax
import jax.numpy as jnp
import optax
from flax import nnx


class Net(nnx.Module):
    def __init__(self, in_dim, hidden, output_dim, rate, rngs):
        self.fc1 = nnx.Linear(in_dim, hidden, rngs=rngs)
        self.bn = nnx.BatchNorm(hidden, momentum=0.9, rngs=rngs)
        self.dropout = nnx.Dropout(rate, rngs=rngs)
        self.gate = nnx.Param(jnp.ones(hidden))
        self.fc10 = nnx.Linear(hidden, output_dim, rngs=rngs)

    def __call__(self, x):
        return self.fc10(self.dropout(self.bn(nnx.tanh(self.fc1(x)))) * self.gate)


def mse(model, x, y):
    return jnp.mean((model(x) - y) ** 2)


def make_optimizer(model, lr, weight_decay, no_decay, frozen):
    no_decay, frozen = (set(no_decay), set(frozen))
    wrt = nnx.All(nnx.Param, lambda path, _: path[0] not in frozen)
    tx = optax.adamw(
        lr, weight_decay=weight_decay, mask=lambda params: nnx.map_state(lambda path, _: path[-1] not in no_decay, params)
    )
    return nnx.Optimizer(model, tx, wrt=wrt)


def make_average(model):
    return nnx.clone(model, arrays=True)


def update_average(average, model, decay):
    new = jax.tree.map(lambda a, m: decay * a + (1 - decay) * m, nnx.state(average, nnx.Param), nnx.state(model, nnx.Param))
    nnx.update(average, new)
    nnx.update(average, jax.tree.map(jnp.copy, nnx.state(model, nnx.BatchStat)))


@partial(nnx.jit, donate_argnums=(0, 1, 2))
def train_step(model, optimizer, average, decay, x, y):
    model.train()
    loss, grads = nnx.value_and_grad(mse, argnums=nnx.DiffState(0, optimizer.wrt))(model, x, y)
    optimizer.update(model, grads)
    update_average(average, model, decay)
    return loss


def evaluate(model, x, y):
    model = nnx.clone(model, arrays=True)
    model.eval()
    return mse(model, x, y)
