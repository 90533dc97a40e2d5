"""The bias of the Linear is left out."""

from typing import Any

import flax.linen as nn
import jax
import jax.numpy as jnp
import numpy as np


class Features(nn.Module):
    """TorchStem's first line, in evaluation: (batch, height, width, 3) ->
    (batch, height / 2, width / 2, 5).
    """

    @nn.compact
    def __call__(self, x: jax.Array) -> jax.Array:
        x = nn.Conv(5, (7, 7), strides=2, padding=3, use_bias=False, name="conv")(x)
        return nn.relu(nn.BatchNorm(use_running_average=True, epsilon=1e-5, name="bn")(x))


def max_pool(x: jax.Array, window: int, stride: int | None = None, padding: int = 0) -> jax.Array:
    stride = window if stride is None else stride
    pad = (padding, padding)
    return nn.max_pool(x, (window, window), strides=(stride, stride), padding=(pad, pad))


def port_stem(state_dict: dict[str, np.ndarray]) -> Any:
    def get(name):
        return jnp.asarray(state_dict[name])

    return {
        "params": {
            "conv": {"kernel": get("conv.weight").transpose(2, 3, 1, 0)},
            "bn": {"scale": get("bn.weight"), "bias": get("bn.bias")},
        },
        "batch_stats": {"bn": {"mean": get("bn.running_mean"), "var": get("bn.running_var")}},
        "fc": {"kernel": get("fc.weight").T, "bias": get("fc.bias")},
    }


def stem(variables: Any, x: jax.Array) -> jax.Array:
    features = {"params": variables["params"], "batch_stats": variables["batch_stats"]}
    x = Features().apply(features, x)
    x = max_pool(x, 3, stride=2, padding=1)
    x = x.transpose(0, 3, 1, 2).reshape(x.shape[0], -1)
    return x @ variables["fc"]["kernel"]
