"""5.7 recurrent: LSTM and GRU with PyTorch's weights

PyTorch stacks the gates of a recurrent layer: an LSTM's weight has the rows of
i, then those of f, g and o, and a GRU's has those of r, z and n. Each gate has
two biases. Flax has one kernel per gate and side (i for the input, h for the
hidden units), and one bias where PyTorch adds its two anyway. With hidden units
H and input features F:

    PyTorch, LSTM               Flax, nn.OptimizedLSTMCell(H)
    weight_ih_l0  (4 * H, F)    "ii", "if", "ig", "io": {"kernel" (F, H)}
    weight_hh_l0  (4 * H, H)    "hi", "hf", "hg", "ho": {"kernel" (H, H),
    bias_ih_l0    (4 * H,)                               "bias" (H,)}
    bias_hh_l0    (4 * H,)

    PyTorch, GRU                Flax, nn.GRUCell(H)
    weight_ih_l0  (3 * H, F)    "ir", "iz", "in": {"kernel" (F, H), "bias" (H,)}
    weight_hh_l0  (3 * H, H)    "hr", "hz": {"kernel" (H, H)}
    bias_ih_l0    (3 * H,)      "hn": {"kernel" (H, H), "bias" (H,)}
    bias_hh_l0    (3 * H,)

The GRU's n has its two biases in different places, n = tanh(W_in x + b_in + r *
(W_hn h + b_hn)), so they must stay separate. (The GRUCell of NNX, Flax's newer
API, has no bias on the h side: it matches PyTorch's GRU only where b_hn is
zero.)

A cell computes one step. `nn.RNN(cell)` runs it along axis 1 of x, and its
parameters are {"cell": the cell's}. With `return_carry=True` it returns (carry,
outputs). An LSTM's carry is (c, h), where PyTorch returns (h, c). With
`reverse=True` it reads x from the end and returns the outputs in the order of
reading. `keep_order=True` puts them back in the order of x, as the second
direction of PyTorch's bidirectional LSTM has them.

Write the three functions. `run_lstm` must work under `jax.jit`, where `reverse`
remains a Python bool.

After 1.3. About 20 minutes.

https://flax-linen.readthedocs.io/en/latest/api_reference/flax.linen/layers.html#flax.linen.RNN
"""

# --- PyTorch ---
import torch


def torch_lstm(features: int, hidden: int) -> torch.nn.LSTM:
    """For x (batch, time, features)."""
    return torch.nn.LSTM(features, hidden, batch_first=True)


def torch_gru(features: int, hidden: int) -> torch.nn.GRU:
    """For x (batch, time, features)."""
    return torch.nn.GRU(features, hidden, batch_first=True)


def torch_run_lstm(
    lstm: torch.nn.LSTM, x: torch.Tensor, reverse: bool = False
) -> tuple[torch.Tensor, tuple[torch.Tensor, torch.Tensor]]:
    """Returns outputs (batch, time, hidden) and the last h and c, each (batch,
    hidden).

    With `reverse`, computes what the second direction of a bidirectional LSTM
    does with these weights.
    """
    outputs, (h, c) = lstm(x.flip(1) if reverse else x)
    return outputs.flip(1) if reverse else outputs, (h[0], c[0])


# --- JAX ---
from typing import Any

import flax.linen as nn
import jax
import jax.numpy as jnp
import numpy as np


def port_lstm(state_dict: dict[str, np.ndarray]) -> Any:
    """The weights of `torch_lstm` as the parameters of `nn.OptimizedLSTMCell`,
    float32 `jax.Array`s.

    state_dict: "weight_ih_l0" (4 * hidden, features), "weight_hh_l0" (4 *
    hidden, hidden), "bias_ih_l0" and "bias_hh_l0" (4 * hidden,), in any order.
    Returns {"ii": {"kernel"}, ..., "hi": {"kernel", "bias"}, ...}, eight
    layers.
    """
    raise NotImplementedError("5.7 recurrent: your code here")


def port_gru(state_dict: dict[str, np.ndarray]) -> Any:
    """The weights of `torch_gru` as the parameters of `nn.GRUCell`, float32
    `jax.Array`s.

    state_dict: as for `port_lstm`, with 3 * hidden instead of 4 * hidden.
    Returns six layers: "ir", "iz", "in" and "hn" with a "kernel" and a "bias",
    "hr" and "hz" with a "kernel".
    """
    raise NotImplementedError("5.7 recurrent: your code here")


def run_lstm(params: Any, x: jax.Array, reverse: bool = False) -> tuple[jax.Array, tuple[jax.Array, jax.Array]]:
    """What `torch_run_lstm` computes.

    params: those of an `nn.OptimizedLSTMCell`; they stay as they are. x:
    float32 (batch, time, features). Returns outputs (batch, time, hidden) and
    (h, c), each (batch, hidden), in PyTorch's order. With `reverse`, reads x
    from its end; outputs[:, t] still belongs to x[:, t].
    """
    raise NotImplementedError("5.7 recurrent: your code here")
