"""What runs beside the learner's code for 5.7 recurrent."""

from typing import Any

import flax.linen as nn
import jax


def gru_outputs(params: Any, hidden: int, x: jax.Array) -> jax.Array:
    """What Flax's GRU gives for x (batch, time, features)."""
    return jax.jit(nn.RNN(nn.GRUCell(hidden)).apply)({"params": {"cell": params}}, x)


def jitted(run_lstm: Any, params: Any, x: jax.Array, reverse: bool) -> Any:
    """`run_lstm(params, x, reverse)` under jax.jit, where only the arrays are
    traced.
    """
    return jax.jit(lambda params, x: run_lstm(params, x, reverse))(params, x)


def kept(tree: Any) -> Any:
    """The tree itself, to be fetched later."""
    return tree
