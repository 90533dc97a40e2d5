from typing import Any

import flax.linen as nn
import jax


class FlaxNet(nn.Module):
    """TorchNet in Flax: fc1 -> bn -> tanh -> fc2, with layers of these names.

    in_dim is not a field: Flax reads it from the input.
    """

    hidden: int
    output_dim: int

    @nn.compact
    def __call__(self, x: jax.Array, train: bool) -> jax.Array:
        """x: float32 (batch, in_dim). Returns float32 (batch, output_dim).

        train: True as after `model.train()`, False as after `model.eval()`. A
        new batch has weight 0.1 in the running statistics, as in PyTorch. They
        begin with mean 0 and var 1: `init` takes in no batch.
        """
        x = nn.Dense(self.hidden, name="fc1")(x)
        x = nn.BatchNorm(use_running_average=not train, momentum=0.9, name="bn")(x)
        x = nn.tanh(x)
        return nn.Dense(self.output_dim, name="fc2")(x)


def train_step(model: nn.Module, variables: Any, x: jax.Array) -> tuple[jax.Array, Any]:
    """(output in train mode, new variables). `variables` does not change.

    model: its `__call__` takes (x, train), as FlaxNet's does.
    variables: {"params": ..., "batch_stats": ...}; the new ones have the same
    names, in dicts or FrozenDicts, the same params, and updated batch_stats.
    """
    output, updates = model.apply(variables, x, True, mutable=True)
    return output, {**variables, **updates}


def eval_step(model: nn.Module, variables: Any, x: jax.Array) -> jax.Array:
    """The output in eval mode, and nothing else.

    It does not use the batch's own statistics, and updates none; a batch may
    have one row.
    """
    return model.apply(variables, x, False)
