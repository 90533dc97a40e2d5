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


def run(model: nn.Module, variables: Any, x: jax.Array) -> tuple[jax.Array, Any, jax.Array]:
    """(output in train mode, all variables after it, output in eval mode from
    the variables that were passed in).
    """
    output, updates = model.apply(variables, x, True, mutable=["batch_stats"])
    evaluated, _ = model.apply(variables, x, False, mutable=["batch_stats"])  # with the flag inverted it writes in eval mode
    return output, {**variables, **updates}, evaluated
