"""What runs beside the learner's code for 2.1 batch_stats."""

from typing import Any

import flax.linen as nn
import jax


class Net(nn.Module):
    """A correct FlaxNet, so that `train_step` and `eval_step` can be checked by
    themselves.
    """

    hidden: int
    output_dim: int

    @nn.compact
    def __call__(self, x: jax.Array, train: bool) -> jax.Array:
        x = nn.Dense(self.hidden, name="fc1")(x)
        x = nn.BatchNorm(use_running_average=not train, momentum=0.9, name="bn")(x)
        return nn.Dense(self.output_dim, name="fc2")(nn.tanh(x))


class Block(nn.Module):
    size: int

    @nn.compact
    def __call__(self, x: jax.Array, train: bool) -> jax.Array:
        x = nn.Dense(self.size, name="fc")(x)
        return nn.BatchNorm(use_running_average=not train, momentum=0.9, name="bn")(x)


class Deep(nn.Module):
    """A network with two BatchNorms, one of them in a block: nothing but its
    call is like Net's.
    """

    hidden: int
    output_dim: int

    @nn.compact
    def __call__(self, x: jax.Array, train: bool) -> jax.Array:
        x = nn.tanh(Block(self.hidden, name="block")(x, train))
        return Block(self.output_dim, name="last")(x, train)


def with_params(variables: Any, params: Any) -> Any:
    """Other params beside the same statistics."""
    return {**variables, "params": params}


def trained(model: nn.Module, variables: Any, x: jax.Array) -> tuple[jax.Array, Any]:
    """(output in train mode, all variables after it)."""
    output, updates = model.apply(variables, x, True, mutable=["batch_stats"])
    return output, {**variables, **updates}


def layers(model: nn.Module, variables: Any, x: jax.Array) -> dict[str, Any]:
    """The outputs of the model's layers in train mode, by name."""
    _, kept = model.apply(variables, x, True, mutable=["batch_stats", "intermediates"], capture_intermediates=True)
    return {name: calls["__call__"][0] for name, calls in kept["intermediates"].items() if "__call__" in calls}


def evaluated(model: nn.Module, variables: Any, x: jax.Array) -> tuple[jax.Array, Any]:
    """(output in eval mode, all variables after it): it may write them, so that
    what it writes is seen.
    """
    output, updates = model.apply(variables, x, False, mutable=["batch_stats"])
    return output, {**variables, **updates}


def apply(model: nn.Module, variables: Any, x: jax.Array) -> jax.Array:
    """The output in eval mode, where nothing may be written."""
    return model.apply(variables, x, False)


def statistics(model: nn.Module, x: jax.Array) -> Any:
    """The statistics that `init` makes in train mode."""
    return model.init(jax.random.key(0), x, True)["batch_stats"]
