"""What runs beside the learner's code for 5.7 recurrent."""

from typing import Any

import flax.linen as nn
import jax


def gru_outputs(params: Any, hidden: int, x: jax.Array) -> jax.Array:
    """What Flax's GRU gives for x (batch, time, features)."""
    return jax.jit(nn.RNN(nn.GRUCell(hidden)).apply)({"params": {"cell": params}}, x)


def jitted(run_lstm: Any, params: Any, x: jax.Array) -> Any:
    """`run_lstm(params, x)` under jax.jit."""
    return jax.jit(run_lstm)(params, x)
