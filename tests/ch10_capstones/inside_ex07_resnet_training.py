"""What runs beside the learner's code for 10.7 resnet_training."""

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

import flax.linen as nn
import jax
import jax.numpy as jnp
import optax


class Norm(nn.Module):
    """What TorchBN must be, for the network below."""

    @nn.compact
    def __call__(self, x: jax.Array, train: bool) -> jax.Array:
        shape = x.shape[-1:]
        scale, bias = self.param("scale", nn.initializers.ones, shape), self.param("bias", nn.initializers.zeros, shape)
        running_mean = self.variable("batch_stats", "mean", jnp.zeros, shape)
        running_var = self.variable("batch_stats", "var", jnp.ones, shape)
        mean, var = running_mean.value, running_var.value
        if train:
            mean, var = x.mean((0, 1, 2)), x.var((0, 1, 2))
            n = x.size // x.shape[-1]
            running_mean.value += 0.1 * (mean - running_mean.value)
            running_var.value += 0.1 * (var * n / (n - 1) - running_var.value)
        return (x - mean) * jax.lax.rsqrt(var + 1e-5) * scale + bias


class Small(nn.Module):
    """A network with few layers, so that `train_step` and `eval_step` can be
    checked by themselves; with other names than ResNet's, and with something
    that it sows.
    """

    outputs: int

    @nn.compact
    def __call__(self, x: jax.Array, train: bool) -> jax.Array:
        x = nn.Conv(4, (3, 3), padding="VALID", name="conv")(x)
        x = nn.tanh(Norm(name="bn")(x, train))
        self.sow("intermediates", "maps", x)
        return nn.Dense(self.outputs, name="head")(x.mean((1, 2)))


def optimizer(lr: float, momentum: float, decay: float) -> optax.GradientTransformation:
    """`torch_optimizer` in optax. Its updates need its state and the
    parameters.
    """
    return optax.chain(optax.add_decayed_weights(decay), optax.sgd(lr, momentum=momentum))


def forward(model: nn.Module, variables: Any, images: jax.Array, mutable: Any = ("batch_stats",)) -> list:
    """The logits in train mode and the statistics after it; the same in eval
    mode, with the variables given.
    """

    @jax.jit
    def both(variables: Any, images: jax.Array) -> list:
        logits, updates = model.apply(variables, images, True, mutable=mutable)
        evaluated, kept = model.apply(variables, images, False, mutable=mutable)
        return [logits, updates["batch_stats"], evaluated, kept["batch_stats"]]

    return both(variables, images)


@partial(jax.jit, static_argnums=0)
def applied(model: nn.Module, variables: Any, images: jax.Array) -> jax.Array:
    """The output in eval mode by a plain `apply`."""
    return model.apply(variables, images, False)


@partial(jax.jit, static_argnums=0)
def gradients(norm: nn.Module, variables: Any, x: jax.Array, cotangent: jax.Array) -> list:
    """The gradients of sum(output * cotangent) in train mode, with respect to
    the params and x.
    """

    def total(params: Any, x: jax.Array) -> jax.Array:
        return (norm.apply({**variables, "params": params}, x, True, mutable=["batch_stats"])[0] * cotangent).sum()

    return jax.grad(total, argnums=(0, 1))(variables["params"], x)


def begun(norm: nn.Module, x: jax.Array, train: bool) -> Any:
    """The variables that `init` makes for one norm."""
    return jax.jit(norm.init, static_argnums=2)(jax.random.key(0), x, train)


def training(train_step: Any, model: nn.Module, settings: dict) -> Callable:
    """A function that takes variables and batches, and returns the losses of
    one step per batch under one jax.jit, and the variables after all steps.
    """
    tx = optimizer(**settings)

    @jax.jit
    def step(variables: Any, opt_state: Any, images: jax.Array, labels: jax.Array) -> tuple:
        return train_step(model, tx, variables, opt_state, images, labels)

    def train(variables: Any, batches: list) -> list:
        opt_state = tx.init(variables["params"])
        losses = []
        for images, labels in batches:
            variables, opt_state, loss = step(variables, opt_state, images, labels)
            losses.append(loss)
        return [losses, variables]

    return train


def one_step(train_step: Any, model: nn.Module, variables: Any, settings: dict, batch: list) -> list:
    """[variables, opt_state] as a call of train_step without jax.jit leaves
    them.
    """
    tx = optimizer(**settings)
    given = jax.tree.map(jnp.asarray, [variables, tx.init(variables["params"])])
    train_step(model, tx, *given, *batch)
    return given


def evaluation(eval_step: Any, model: nn.Module) -> Callable:
    """eval_step(model, variables, images) under jax.jit."""
    return jax.jit(lambda variables, images: eval_step(model, variables, images))


def begin(variables: Any, settings: dict) -> list:
    """The variables, and the state of `optimizer` before the first step."""
    return [variables, optimizer(**settings).init(variables["params"])]


def containers(tree: Any) -> list[str]:
    """The names of the types that hold a tree's arrays."""
    if not isinstance(tree, Mapping):
        return []
    return sorted({type(tree).__name__}.union(*map(containers, tree.values())))
