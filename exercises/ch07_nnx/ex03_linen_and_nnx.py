"""7.3 linen_and_nnx: How Linen becomes NNX, and NNX Linen

LinenNet and NNXNet below are TorchNet in Flax's two APIs. What corresponds:

    Linen                              NNX
    nn.Dense(6), sees 4 inputs in x    nnx.Linear(4, 6, rngs=rngs)
    variables = model.init(key, x)     model = NNXNet(4, 6, 3, rngs)
    model.apply(variables, x)          model(x)
    variables["params"]                the model's `nnx.Param`s
    variables["batch_stats"]           the model's `nnx.BatchStat`s
    mutable=["batch_stats"]            nothing: they change in place
    rngs={"dropout": key}              nothing: Dropout has its generator

Here the layers have the same names and the kernels the same layout, so the
numbers can go from one to the other as they are. `nnx.split` takes a model
apart, into its structure and a State for each kind of Variable; `...` stands
for the remaining kinds, such as generators. `nnx.merge` puts them together:

    kinds = nnx.Param, nnx.BatchStat, ...
    graphdef, params, stats, rest = nnx.split(model, *kinds)
    model = nnx.merge(graphdef, params, stats, rest)

A State is a tree of Variables; Linen's variables are dicts of arrays.
`nnx.to_pure_dict(state)` makes such dicts. The other direction needs no
conversion: `nnx.merge` and `nnx.update` accept dicts of arrays in place of
States, and more than one of them. Do not put "params" and "batch_stats" into
one dict yourself: both have an entry "bn", and {**params, **batch_stats} keeps
only one of the two.

Where you would rather not rewrite a model, `nnx.bridge` wraps it:

  * `nnx.bridge.ToNNX(model, rngs=nnx.Rngs(0))` is an NNX module that runs a
    Linen model. As in Linen, it has no weights until it has seen an input:
    `nnx.bridge.lazy_init(wrapped, x)`. Each layer is then a dict of Variables.
    You call it like the Linen model, and the call sets the mode (its eval()
    does nothing): wrapped(x, train=True, mutable=["batch_stats"]) updates the
    statistics, and without `mutable` it raises an error.
  * `nnx.bridge.to_linen(NNXNet, 4, 6, 3)` is a Linen model that makes an
    NNXNet in each call. It takes the class and the arguments of the class. Its
    init needs a key for Dropout, {"params": key, "dropout": key}. Two cases
    raise no error, unlike in Linen: whatever the variables lack is initialized
    again, and new statistics that are not `mutable` are dropped.

Write the four functions, one to four lines each. The two nets are given; the
functions also accept other nets, with other layers and sizes, with layers in
layers, with a Param that is in no layer, and without the argument `train`. Each
has a BatchNorm. Besides generators, its Variables are of exactly the two kinds
nnx.Param and nnx.BatchStat.

After 2.1, 3.2, 7.1 and 7.2. About 20 minutes.

https://flax.readthedocs.io/en/latest/guides/bridge_guide.html
"""

# --- PyTorch ---
import torch


class TorchNet(torch.nn.Module):
    def __init__(self, in_dim: int, hidden: int, output_dim: int):
        super().__init__()
        self.fc1 = torch.nn.Linear(in_dim, hidden)
        self.bn = torch.nn.BatchNorm1d(hidden)
        self.dropout = torch.nn.Dropout(0.5)
        self.fc2 = torch.nn.Linear(hidden, output_dim)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.fc2(self.dropout(torch.tanh(self.bn(self.fc1(x)))))


# --- JAX ---
from typing import Any

import flax.linen as nn
import jax
from flax import nnx


class LinenNet(nn.Module):
    """TorchNet in Linen; its variables: {"params": ..., "batch_stats": ...}."""

    hidden: int
    output_dim: int

    @nn.compact
    def __call__(self, x: jax.Array, train: bool = False) -> jax.Array:
        x = nn.Dense(self.hidden, name="fc1")(x)
        x = nn.BatchNorm(use_running_average=not train, momentum=0.9, name="bn")(x)
        x = nn.Dropout(0.5, deterministic=not train)(nn.tanh(x))
        return nn.Dense(self.output_dim, name="fc2")(x)


class NNXNet(nnx.Module):
    """TorchNet in NNX; it takes its mode as an argument, as LinenNet does."""

    def __init__(self, in_dim: int, hidden: int, output_dim: int, rngs: nnx.Rngs):
        self.fc1 = nnx.Linear(in_dim, hidden, rngs=rngs)
        self.bn = nnx.BatchNorm(hidden, momentum=0.9, rngs=rngs)
        self.dropout = nnx.Dropout(0.5, rngs=rngs)
        self.fc2 = nnx.Linear(hidden, output_dim, rngs=rngs)

    def __call__(self, x: jax.Array, train: bool = False) -> jax.Array:
        x = self.bn(self.fc1(x), use_running_average=not train)
        return self.fc2(self.dropout(nnx.tanh(x), deterministic=not train))


def from_linen(model: nnx.Module, variables: Any) -> nnx.Module:
    """A model like `model`, with the numbers of a Linen model.

    variables: {"params": ..., "batch_stats": ...}, as LinenNet's for NNXNet.
        They are not changed.
    `model` keeps its own numbers and its mode. The two may share Dropout's
    generator, unlike the copies of 7.2: then a draw of one moves the other's
    next mask.
    """
    raise NotImplementedError("7.3 linen_and_nnx: your code here")


def linen_variables(model: nnx.Module) -> dict[str, Any]:
    """The model's numbers as Linen's variables.

    {"params": ..., "batch_stats": ...}: dicts by the names in the model, which
    hold `jax.Array`s. The model stays as it is, in its mode too.
    """
    raise NotImplementedError("7.3 linen_and_nnx: your code here")


def wrap_linen(model: nn.Module, variables: Any, x: jax.Array, rngs: nnx.Rngs) -> nnx.Module:
    """An NNX module that runs the Linen `model` and holds `variables`.

    x: an input of the right shape; its batch may have another size later.
    rngs: nnx.Rngs(seed), which Dropout draws from, other masks in each call.
    `nnx.grad` and `nnx.Optimizer` see its parameters like those of any NNX
    module. A call without `mutable` changes nothing in it except generators.
    `variables` are not changed.
    """
    raise NotImplementedError("7.3 linen_and_nnx: your code here")


def wrap_nnx(module: type[nnx.Module], *sizes: int) -> nn.Module:
    """A Linen model that runs the NNX module `module(*sizes, rngs=...)`.

    Its variables have the module's names: {"params": {"fc1": ...}, ...}. Its
    `init` draws with the key that it is given.
    """
    raise NotImplementedError("7.3 linen_and_nnx: your code here")
