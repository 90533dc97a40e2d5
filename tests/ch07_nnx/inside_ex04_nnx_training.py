"""What runs beside the learner's code for 7.4 nnx_training."""

import functools
import math
import warnings
from typing import Any

import jax
import jax.numpy as jnp
from flax import nnx

_traces: list[int] = []  # one for each time that a model's Python code ran


class Net(nnx.Module):
    """TorchNet in NNX; it counts how often it is traced."""

    def __init__(self, in_dim: int, hidden: int, output_dim: int, rate: float, rngs: nnx.Rngs):
        self.fc1 = nnx.Linear(in_dim, hidden, rngs=rngs)
        self.bn = nnx.BatchNorm(hidden, momentum=0.9, rngs=rngs)
        self.dropout = nnx.Dropout(rate, rngs=rngs)
        self.gate = nnx.Param(jnp.ones(hidden))
        self.fc10 = nnx.Linear(hidden, output_dim, rngs=rngs)

    def __call__(self, x: jax.Array) -> jax.Array:
        _traces.append(1)
        return self.fc10(self.dropout(self.bn(nnx.tanh(self.fc1(x)))) * self.gate)


class Seen(nnx.Variable):
    """A kind of its own."""


class Body(nnx.Module):
    """Two layers, one with a name that the network has too, a Param of a
    subclass, and a Variable of another kind.
    """

    def __init__(self, in_dim: int, hidden: int, rngs: nnx.Rngs):
        self.head = nnx.Linear(in_dim, hidden, rngs=rngs)
        self.norm = nnx.LayerNorm(hidden, epsilon=1e-5, rngs=rngs)
        self.bias_scale = nnx.LoRAParam(jnp.ones(hidden))
        self.seen = Seen(jnp.zeros(3))

    def __call__(self, x: jax.Array) -> jax.Array:
        return nnx.tanh(self.norm(self.head(x))) * self.bias_scale


class Nested(nnx.Module):
    """A network in which no layer has a mode; one is in a list."""

    def __init__(self, in_dim: int, hidden: int, output_dim: int, rate: float, rngs: nnx.Rngs):
        self.body = nnx.List([Body(in_dim, hidden, rngs)])
        self.head = nnx.Linear(hidden, output_dim, rngs=rngs)

    def __call__(self, x: jax.Array) -> jax.Array:
        _traces.append(1)
        return self.head(self.body[0](x))


class Outer(nnx.Module):
    """A model whose only layer is a network."""

    def __init__(self, net: nnx.Module):
        self.net = net

    def __call__(self, x: jax.Array) -> jax.Array:
        return self.net(x)


def _identity(key: jax.Array, shape: tuple, dtype: Any, **_: Any) -> jax.Array:
    """An identity matrix of as many elements."""
    return jnp.eye(math.isqrt(math.prod(shape)), dtype=dtype).reshape(shape)


class Attending(Outer):
    """A network behind an attention that drops weights itself, and projects
    nothing.
    """

    def __init__(self, net: nnx.Module, in_dim: int, deterministic: bool | None):
        super().__init__(net)
        self.attention = nnx.MultiHeadAttention(
            1,
            in_dim,
            dropout_rate=0.5,
            kernel_init=_identity,
            decode=False,
            deterministic=deterministic,
            rngs=nnx.Rngs(0),
        )

    def __call__(self, x: jax.Array) -> jax.Array:
        return self.net(self.attention(x))


def attending(model: nnx.Module, in_dim: int, deterministic: bool | None) -> nnx.Module:
    """This model behind an attention in one of its modes; None is that of a new
    one.
    """
    return Attending(model, in_dim, deterministic)


def within(model: nnx.Module) -> nnx.Module:
    """A model whose only layer is this one: what changes in there is seen
    here.
    """
    return Outer(model)


def net(sizes: tuple, rate: float, numbers: dict) -> nnx.Module:
    """A Net or a Nested with these numbers, in train mode."""
    model = nnx.clone(_made(Nested if "body" in numbers else Net, tuple(sizes), rate), arrays=True)
    fill(model, numbers)
    return model


@functools.cache
def _made(kind: type, sizes: tuple, rate: float) -> nnx.Module:
    """What each model is a copy of: to draw weights takes longer."""
    return kind(*sizes, rate, nnx.Rngs(0))


def fill(model: nnx.Module, numbers: dict) -> None:
    """Write numbers into the model's Variables, as training does."""
    nnx.update(model, jax.tree.map(jnp.copy, numbers))


def params(model: nnx.Module) -> dict:
    """The parameters."""
    return nnx.to_pure_dict(nnx.state(model, nnx.Param))


def numbers(model: nnx.Module) -> dict:
    """The parameters and the running statistics."""
    return nnx.to_pure_dict(nnx.state(model, (nnx.Param, nnx.BatchStat)))


def without_var(model: nnx.Module) -> dict:
    """The numbers without BatchNorm's running variance, where PyTorch and Flax
    differ.
    """
    found = numbers(model)
    found.get("bn", {}).pop("var", None)
    return found


def held(given: Any) -> Any:
    """An object that stays here, to see what calls do to it."""
    return given


def everything(model: nnx.Module) -> dict:
    """The numbers of every kind, and how often Dropout's generator has been
    drawn from.
    """
    return nnx.to_pure_dict(nnx.state(model, (nnx.Param, nnx.BatchStat, Seen, nnx.RngCount)))


def rest(model: nnx.Module) -> dict:
    """How often Dropout's generator has been drawn from, and Variables of
    another kind.
    """
    return nnx.to_pure_dict(nnx.state(model, (nnx.RngCount, Seen)))


def modes(model: nnx.Module) -> dict:
    """Whether the layers that have a mode are in eval mode."""
    return {"bn": bool(model.bn.use_running_average), "dropout": bool(model.dropout.deterministic)}


def deterministic(model: nnx.Module) -> str:
    """The setting of an attention, as text."""
    return str(model.attention.deterministic)


def set_modes(model: nnx.Module, bn: bool, dropout: bool) -> None:
    """Put each of the layers that have a mode into eval mode, or not."""
    model.bn.use_running_average, model.dropout.deterministic = bn, dropout


def draw(model: nnx.Module) -> None:
    """Draw from Dropout's generator, as a call in train mode does; or write
    into a Variable of another kind.
    """
    if hasattr(model, "dropout"):
        model.dropout.rngs()
    else:
        model.body[0].seen[...] += 1


def optimizer_steps(optimizer: Any, model: nnx.Module, all_grads: list) -> None:
    """One step with each of these gradients, of what the optimizer trains. To
    compile it would take longer.
    """
    grads = nnx.clone(model)
    for numbers in all_grads:
        nnx.update(grads, numbers)
        optimizer.update(model, nnx.state(grads, optimizer.wrt))


def donated(model: nnx.Module) -> None:
    """A compiled step that gives the model's arrays away."""
    _doubled(model)


@functools.partial(nnx.jit, donate_argnums=0)
def _doubled(model: nnx.Module) -> None:
    state = nnx.state(model, (nnx.Param, nnx.BatchStat))
    nnx.update(model, jax.tree.map(lambda p: 2 * p, state))


def jitted_average(update: Any, average: nnx.Module, model: nnx.Module, decay: float) -> None:
    """`update` under `nnx.jit`, with decay as a traced argument."""
    nnx.jit(lambda average, model, decay: update(average, model, decay))(average, model, decay)


def arrays(*modules: Any) -> list:
    """The arrays that these hold now: Params, and moments of an optimizer.
    Others may be unused, and JAX drops unused arguments.
    """
    states = [nnx.state(module, nnx.Any(nnx.Param, nnx.OptState)) for module in modules]
    return [[array for array in jax.tree.leaves(state) if jnp.ndim(array)] for state in states]


def unusable(step: Any, *given: Any) -> list:
    """One step; what JAX warned of: on a CPU, too, arrays that are donated and
    have the shape of no result.
    """
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        step(*given)
    return [str(warning.message) for warning in caught if "donated" in str(warning.message)]


def deleted(held: list) -> list:
    """For each module, whether all of its arrays have been given away."""
    return [all(array.is_deleted() for array in arrays) for arrays in held]


def traces() -> int:
    """How often a model's Python code has run."""
    return len(_traces)
