"""What runs beside the learner's code for 5.2 torch_batchnorm."""

from functools import partial
from typing import Any

import flax.linen as nn
import jax


def fresh(model: Any, x: jax.Array, train: bool) -> Any:
    """What `init` returns, under jax.jit."""
    return jax.jit(lambda x: model.init(jax.random.key(0), x, train=train))(x)


class Twice(nn.Module):
    """A model that calls one layer twice, in training."""

    layer: nn.Module

    def __call__(self, x: jax.Array) -> jax.Array:
        return self.layer(self.layer(x, train=True), train=True)


def fresh_shared(model: Any, x: jax.Array) -> Any:
    """What `init` returns for a layer that it calls twice, under jax.jit."""
    variables = jax.jit(lambda x: Twice(model).init(jax.random.key(0), x))(x)
    return {collection: own["layer"] for collection, own in variables.items()}


def first_output(model: Any, x: jax.Array, train: bool) -> jax.Array:
    """The output of `init_with_output`, under jax.jit."""
    return jax.jit(lambda x: model.init_with_output(jax.random.key(0), x, train=train)[0])(x)


@partial(jax.jit, static_argnums=(0, 3))
def step(model: Any, variables: Any, x: jax.Array, mutable: Any) -> tuple[jax.Array, Any]:
    """The output and the new values of what is mutable in a training step."""
    return model.apply(variables, x, train=True, mutable=mutable)


def train(model: Any, variables: Any, batches: list[jax.Array], mutable: Any = ("batch_stats",)) -> tuple[jax.Array, Any]:
    """The last output and the variables after one training step per batch."""
    for x in batches:
        y, updates = step(model, variables, x, mutable)
        variables = {**variables, **updates}
    return y, variables


@partial(jax.jit, static_argnums=0)
def evaluate(model: Any, variables: Any, x: jax.Array) -> tuple[jax.Array, Any]:
    """The output of evaluation and the mutable collections after it."""
    return model.apply(variables, x, train=False, mutable=["batch_stats"])


@partial(jax.jit, static_argnums=0)
def applied(model: Any, variables: Any, x: jax.Array) -> jax.Array:
    """The output of evaluation by a plain `apply`."""
    return model.apply(variables, x, train=False)


def gradients(model: Any, variables: Any, x: jax.Array, cotangent: jax.Array) -> tuple[Any, jax.Array]:
    """The gradients of sum(training output * cotangent) with respect to the
    parameters and x, under jax.jit.
    """

    def loss(params: Any, x: jax.Array, variables: Any, cotangent: jax.Array) -> jax.Array:
        y, _ = model.apply({**variables, "params": params}, x, train=True, mutable=["batch_stats"])
        return (y * cotangent).sum()

    return jax.jit(jax.grad(loss, argnums=(0, 1)))(variables["params"], x, variables, cotangent)
