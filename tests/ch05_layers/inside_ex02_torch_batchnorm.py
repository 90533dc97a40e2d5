"""What runs beside the learner's code for 5.2 torch_batchnorm."""

from typing import Any

import jax


def fresh(model: Any, x: jax.Array, train: bool) -> Any:
    """What `init` makes, under jax.jit."""
    return jax.jit(lambda x: model.init(jax.random.key(0), x, train=train))(x)


def train(model: Any, variables: Any, batches: list[jax.Array]) -> tuple[jax.Array, Any]:
    """One training step a batch, under jax.jit: the last output, and the
    variables afterwards.
    """

    @jax.jit
    def step(variables: Any, x: jax.Array) -> tuple[jax.Array, Any]:
        return model.apply(variables, x, train=True, mutable=["batch_stats"])

    for x in batches:
        y, updates = step(variables, x)
        variables = {**variables, **updates}
    return y, variables


def evaluate(model: Any, variables: Any, x: jax.Array) -> tuple[jax.Array, Any]:
    """The output of evaluation, and what it leaves in the collections that it
    could write to.
    """
    return jax.jit(lambda v, x: model.apply(v, x, train=False, mutable=["batch_stats"]))(variables, x)


def gradients(model: Any, variables: Any, x: jax.Array, cotangent: jax.Array) -> tuple[Any, jax.Array]:
    """The gradients of sum(training output * cotangent) in the parameters and
    in x.
    """

    def loss(params: Any, x: jax.Array, variables: Any, cotangent: jax.Array) -> jax.Array:
        y, _ = model.apply({**variables, "params": params}, x, train=True, mutable=["batch_stats"])
        return (y * cotangent).sum()

    return jax.jit(jax.grad(loss, argnums=(0, 1)))(variables["params"], x, variables, cotangent)
