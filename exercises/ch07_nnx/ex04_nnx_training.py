"""7.4 nnx_training: What stands in TrainState's place

In PyTorch a training run is some objects that change in place: the model, an
optimizer over groups of parameters, an average of the weights. In Linen it is
one value, a TrainState with params, batch_stats and opt_state, and each step
returns the next. NNX is PyTorch's way again, with Flax's pieces:

    Linen                                    NNX
    TrainState.create(..., params, tx)       nnx.Optimizer(model, tx, wrt=filter)
    state.apply_gradients(grads=grads)       optimizer.update(model, grads)
    batch_stats, a field of your own         nnx.BatchStat in the model
    optax.partition, set_to_zero (4.7)       wrt: a filter
    an average of state.params               a second model
    jax.jit(step, donate_argnums=0)          nnx.jit(step, donate_argnums=(0, 1, 2))

PyTorch freezes a layer with `requires_grad_(False)`. In NNX the filter `wrt` of
the optimizer says what is trained: `nnx.Param`, or any function of a path, such
as ("fc1", "kernel"), and a Variable. `update` takes what it selects, even if
`grads` has more. To compute no gradient of the rest:

    nnx.value_and_grad(mse, argnums=nnx.DiffState(0, optimizer.wrt))(model, x, y)

PyTorch keeps weight decay from biases and norms by a second group of
parameters. In optax it is `mask`, a function of the params that returns a tree
of bools. It is called twice: as the optimizer is made, with a State of
Variables, in which the paths of `jax.tree_util.tree_map_with_path` end in
`.value`, and in `update`, with a State of arrays, in which they do not.
`nnx.map_state(f, params)` calls f(path, leaf) with the same paths both times,
those that a filter sees.

The average is a model of its own, as in PyTorch's AveragedModel: it begins with
the numbers of the model, its Params are averaged, and its running statistics
are the model's latest. `nnx.clone(model)` has boxes of its own, with the same
arrays in them. A compiled step that donates both would give one array away
twice, which raises an error. `nnx.clone(model, arrays=True)` copies the arrays.
`nnx.update` shares arrays as well: it puts those that it is given into the
boxes.

Dropout and BatchNorm have a mode, as in PyTorch. The loss on other data is
computed in eval mode, beside a run that goes on in train mode (7.2).

Flax's BatchNorm keeps the biased variance (2.1). So the checks compare running
variances after training with those of the model, and not with PyTorch's.

Write the five functions.

After 4.7, 7.1 and 7.2. About 30 minutes.

https://flax.readthedocs.io/en/latest/api_reference/flax.nnx/training/optimizer.html
"""

# --- PyTorch ---
from collections.abc import Sequence

import torch


class TorchNet(torch.nn.Module):
    def __init__(self, in_dim: int, hidden: int, output_dim: int, rate: float):
        super().__init__()
        self.fc1 = torch.nn.Linear(in_dim, hidden)
        self.bn = torch.nn.BatchNorm1d(hidden)
        self.dropout = torch.nn.Dropout(rate)
        self.gate = torch.nn.Parameter(torch.ones(hidden))
        self.fc10 = torch.nn.Linear(hidden, output_dim)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.fc10(self.dropout(self.bn(torch.tanh(self.fc1(x)))) * self.gate)


def torch_optimizer(
    model: torch.nn.Module, lr: float, weight_decay: float, no_decay: Sequence[str], frozen: Sequence[str]
) -> torch.optim.AdamW:
    """no_decay: names of parameters in Flax: a norm's weight is "scale" there,
    any other "kernel".
    """
    groups: dict[float, list] = {weight_decay: [], 0.0: []}
    for path, parameter in model.named_parameters():
        parameter.requires_grad_(path.split(".")[0] not in frozen)
        module, _, name = path.rpartition(".")
        if name == "weight":
            norm = isinstance(model.get_submodule(module), torch.nn.BatchNorm1d | torch.nn.LayerNorm)
            name = "scale" if norm else "kernel"
        groups[0.0 if name in no_decay else weight_decay].append(parameter)
    return torch.optim.AdamW([{"params": group, "weight_decay": decay} for decay, group in groups.items()], lr)


def torch_average(model: torch.nn.Module, decay: float) -> torch.optim.swa_utils.AveragedModel:
    """The first `update_parameters(model)` copies: what `make_average` does."""
    average = torch.optim.swa_utils.get_ema_multi_avg_fn(decay)
    return torch.optim.swa_utils.AveragedModel(model, multi_avg_fn=average)


def torch_step(model: torch.nn.Module, optimizer: torch.optim.Optimizer, x: torch.Tensor, y: torch.Tensor) -> float:
    loss = torch.nn.functional.mse_loss(model(x), y)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    return loss.item()


def torch_evaluate(model: torch.nn.Module, x: torch.Tensor, y: torch.Tensor) -> torch.Tensor:
    was_training = model.training
    model.eval()
    with torch.no_grad():
        loss = torch.nn.functional.mse_loss(model(x), y)
    model.train(was_training)
    return loss


# --- JAX ---
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

    raise NotImplementedError("7.4 nnx_training: your code here")


def make_average(model: nnx.Module) -> nnx.Module:
    """A model with the numbers of `model`, and boxes and arrays of its own for
    Variables of every kind.
    """
    raise NotImplementedError("7.4 nnx_training: your code here")


def update_average(average: nnx.Module, model: nnx.Module, decay: float) -> None:
    """Change `average` in place, and nothing in `model`: each Param becomes
    decay * average + (1 - decay) * model, and each BatchStat the model's. What
    else is in `average`, such as Dropout's RngState, stays.

    The boxes and arrays of `average` are its own afterwards too: it stays as it
    is when `model` is called, trained or donated. Called with and without
    `nnx.jit`.
    """
    raise NotImplementedError("7.4 nnx_training: your code here")


# Room for modules and functions of your own.


def train_step(
    model: nnx.Module, optimizer: nnx.Optimizer, average: nnx.Module, decay: float, x: jax.Array, y: jax.Array
) -> jax.Array:
    """One step, in place: the optimizer, which `make_optimizer` made, changes
    `model` by the gradient of `mse`, and then `average` follows, whatever its
    numbers are. Dropout draws other masks in each step.

    x, y: float32 or int32. Returns the loss before the step, float32 ().
    Compiled: the model is traced once for each shape and dtype of x, not in
    each step, even if decay changes. The arrays that model, optimizer and
    average held before are donated, those of x and y are not. Each layer stays
    in its mode, even one in eval mode.
    """
    raise NotImplementedError("7.4 nnx_training: your code here")


def evaluate(model: nnx.Module, x: jax.Array, y: jax.Array) -> jax.Array:
    """The `mse` of one batch in eval mode, float32 ().

    Changes nothing in `model`: no number, no draw of Dropout, and not the mode
    of any layer, whichever it is: one may be in eval mode and another in train
    mode. A model may have no layer with a mode.
    """
    raise NotImplementedError("7.4 nnx_training: your code here")
