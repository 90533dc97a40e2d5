"""FlaxNet's fc1 has no bias (use_bias=False, because a BatchNorm follows), so
its params differ from TorchNet's.
"""

from typing import Any

import flax.linen as nn
import jax


class FlaxNet(nn.Module):
    hidden: int
    output_dim: int

    @nn.compact
    def __call__(self, x: jax.Array, train: bool) -> jax.Array:
        x = nn.Dense(self.hidden, use_bias=False, name="fc1")(x)
        x = nn.BatchNorm(use_running_average=not train, momentum=0.9, name="bn")(x)
        x = nn.tanh(x)
        return nn.Dense(self.output_dim, name="fc2")(x)


def train_step(model: nn.Module, variables: Any, x: jax.Array) -> tuple[jax.Array, Any]:
    output, updates = model.apply(variables, x, True, mutable=["batch_stats"])
    return output, {**variables, **updates}


def eval_step(model: nn.Module, variables: Any, x: jax.Array) -> jax.Array:
    return model.apply(variables, x, False)
