from typing import Any

import flax.linen as nn
import jax
import jax.numpy as jnp
import numpy as np


class Features(nn.Module):
    """The first line of TorchStem's forward, in evaluation.

    Takes images (batch, height, width, 3); returns (batch, height / 2, width /
    2, 5), both rounded up.
    """

    @nn.compact
    def __call__(self, x: jax.Array) -> jax.Array:
        x = nn.Conv(5, (7, 7), strides=2, padding=3, use_bias=False, name="conv")(x)
        return nn.relu(nn.BatchNorm(use_running_average=True, epsilon=1e-5, name="bn")(x))


def max_pool(x: jax.Array, window: int, stride: int | None = None, padding: int = 0) -> jax.Array:
    """`F.max_pool2d(x, window, stride, padding)` for images with their channels
    last. x: float32 (batch, height, width, channels).
    """
    step = window if stride is None else stride
    return nn.max_pool(x, (window, window), strides=(step, step), padding=((padding, padding), (padding, padding)))


def port_stem(state_dict: dict[str, np.ndarray]) -> Any:
    """TorchStem's weights and running statistics, as a pytree of `jax.Array`s
    for `stem`.

    state_dict: "conv.weight" (5, 3, 7, 7); "bn.weight", "bn.bias",
    "bn.running_mean", "bn.running_var", each (5,); "fc.weight" (classes, 5 *
    height * width of the last map), "fc.bias" (classes,). The entry
    "bn.num_batches_tracked" is not needed and may be missing. The dict stays as
    it is.
    """
    w = {name: jnp.array(value) for name, value in state_dict.items() if name != "bn.num_batches_tracked"}
    scale = w["bn.weight"] / jnp.sqrt(w["bn.running_var"])
    return {
        "conv": {
            "kernel": w["conv.weight"].transpose(2, 3, 1, 0) * scale,
            "bias": w["bn.bias"] - w["bn.running_mean"] * scale,
        },
        "fc": {"kernel": w["fc.weight"].T, "bias": w["fc.bias"]},
    }


def stem(variables: Any, x: jax.Array) -> jax.Array:
    """What TorchStem computes in evaluation.

    variables: from any call of `port_stem`; x: float32 (batch, height, width,
    3). Returns float32 (batch, classes).
    """
    conv = nn.Conv(5, (7, 7), strides=2, padding=3)
    feats = nn.relu(conv.apply({"params": variables["conv"]}, x))
    pooled = max_pool(feats, 3, stride=2, padding=1)
    flat = pooled.transpose(0, 3, 1, 2).reshape(len(x), -1)
    return flat @ variables["fc"]["kernel"] + variables["fc"]["bias"]
