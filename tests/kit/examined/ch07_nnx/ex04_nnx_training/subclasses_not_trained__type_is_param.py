from collections.abc import Sequence
from functools import partial

import jax
import jax.numpy as jnp
import optax
from flax import nnx


class Net(nnx.Module):
    """TorchNet in NNX. Only read it: the checks use a copy."""

    def __init__(self, in_dim: int, hidden: int, output_dim: int, rate: float, rngs: nnx.Rngs):
        self.fc1 = nnx.Linear(in_dim, hidden, rngs=rngs)
        self.bn = nnx.BatchNorm(hidden, momentum=0.9, rngs=rngs)
        self.dropout = nnx.Dropout(rate, rngs=rngs)
        self.gate = nnx.Param(jnp.ones(hidden))
        self.fc10 = nnx.Linear(hidden, output_dim, rngs=rngs)

    def __call__(self, x: jax.Array) -> jax.Array:
        return self.fc10(self.dropout(self.bn(nnx.tanh(self.fc1(x)))) * self.gate)


def mse(model: nnx.Module, x: jax.Array, y: jax.Array) -> jax.Array:
    """The loss of one batch: float32 ()."""
    return jnp.mean((model(x) - y) ** 2)


def make_optimizer(
    model: nnx.Module, lr: float, weight_decay: float, no_decay: Sequence[str], frozen: Sequence[str]
) -> nnx.Optimizer:
    """AdamW for the Params of `model`, those of a subclass, such as
    nnx.LoRAParam, too.

    no_decay: names such as "bias" and "scale". Params with such a name, the
        last of their path, get no weight decay, and all others do.
    frozen: names of attributes of `model`, such as "fc1" or "gate". Such a
        Param, and the Params that such a layer holds, stay the same to the last
        bit. All others train, even in a layer with such a name deeper in the
        model. The running statistics of a frozen layer move on, as in PyTorch.
    The tuples or lists may be empty. The checks give the optimizer gradients of
    the Variables that its `wrt` selects.
    """

    def trained(path, variable):
        return type(variable) is nnx.Param and path[0] not in frozen

    def mask(params):
        return nnx.map_state(lambda path, leaf: path[-1] not in no_decay, params)

    return nnx.Optimizer(model, optax.adamw(lr, weight_decay=weight_decay, mask=mask), wrt=trained)


def make_average(model: nnx.Module) -> nnx.Module:
    """A model with the numbers of `model`, and boxes and arrays of its own."""
    return nnx.clone(model, arrays=True)


def update_average(average: nnx.Module, model: nnx.Module, decay: float) -> None:
    """Change `average` in place, and nothing in `model`: each Param becomes
    decay * average + (1 - decay) * model, and each BatchStat the model's. What
    else is in `average`, such as Dropout's RngState, stays.

    The boxes and arrays of `average` are its own afterwards too: it stays as it
    is when `model` is called, trained or donated. Called with and without
    `nnx.jit`.
    """
    params = jax.tree.map(lambda a, m: decay * a + (1 - decay) * m, nnx.state(average, nnx.Param), nnx.state(model, nnx.Param))
    stats = jax.tree.map(jnp.copy, nnx.state(model, nnx.BatchStat))
    nnx.update(average, params, stats)


# Room for modules and functions of your own.


@partial(nnx.jit, donate_argnums=(0, 1, 2))
def _train_step(model, optimizer, average, decay, x, y):
    loss, grads = nnx.value_and_grad(mse, argnums=nnx.DiffState(0, optimizer.wrt))(model, x, y)
    optimizer.update(model, grads)
    update_average(average, model, decay)
    return loss


def train_step(
    model: nnx.Module, optimizer: nnx.Optimizer, average: nnx.Module, decay: float, x: jax.Array, y: jax.Array
) -> jax.Array:
    """One step, in place: the optimizer changes `model` by the gradient of
    `mse`, and then `average` follows. Dropout draws other masks in each step.

    Returns the loss before the step, float32 (). Compiled: the model is traced
    once for each shape of x, not in each step, even if decay changes. The
    arrays that model, optimizer and average held before are donated, those of x
    and y are not.
    """
    return _train_step(model, optimizer, average, decay, x, y)


def evaluate(model: nnx.Module, x: jax.Array, y: jax.Array) -> jax.Array:
    """The `mse` of one batch in eval mode, float32 ().

    Changes nothing in `model`: no number, no draw of Dropout, and not the mode
    of any layer, whichever it is: one may be in eval mode and another in train
    mode. A model may have no layer with a mode.
    """
    copy = nnx.clone(model)
    copy.eval()
    return mse(copy, x, y)
