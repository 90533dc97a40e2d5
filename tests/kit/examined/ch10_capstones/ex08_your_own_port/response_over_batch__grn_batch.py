"""GRN takes its norm over all axes but the channels, so over the batch too,
like a BatchNorm; right for a batch of one only.
"""

import re
from typing import Any

import flax.linen as nn
import jax
import jax.numpy as jnp
import numpy as np
from flax import traverse_util


class GRN(nn.Module):
    @nn.compact
    def __call__(self, x):
        shape = (1, 1, 1, x.shape[-1])
        gamma = self.param("gamma", nn.initializers.zeros, shape)
        beta = self.param("beta", nn.initializers.zeros, shape)
        square = jnp.sum(x * x, axis=tuple(range(x.ndim - 1)), keepdims=True)
        response = jnp.where(square > 0, jnp.sqrt(jnp.where(square > 0, square, 1.0)), 0.0)
        response = response / (response.mean(axis=-1, keepdims=True) + 1e-6)
        return gamma * (x * response) + beta + x


class Block(nn.Module):
    @nn.compact
    def __call__(self, x):
        dim = x.shape[-1]
        y = nn.Conv(dim, (5, 5), padding=2, feature_group_count=dim, name="dwconv")(x)
        y = nn.LayerNorm(name="norm")(y)
        y = nn.gelu(nn.Dense(4 * dim, name="pwconv1")(y), approximate=False)
        y = GRN(name="grn")(y)
        return x + nn.Dense(dim, name="pwconv2")(y)


class PatchEmbed(nn.Module):
    dim: int

    @nn.compact
    def __call__(self, x):
        x = nn.Conv(self.dim, (4, 4), strides=4, padding="VALID", name="proj")(x)
        return nn.LayerNorm(epsilon=1e-5, name="norm")(x)


class PatchMerging(nn.Module):
    dim: int

    @nn.compact
    def __call__(self, x):
        x0, x1 = x[:, 0::2, 0::2], x[:, 1::2, 0::2]
        x2, x3 = x[:, 0::2, 1::2], x[:, 1::2, 1::2]
        x = nn.LayerNorm(epsilon=1e-5, name="norm")(jnp.concatenate([x0, x1, x2, x3], -1))
        return nn.Dense(self.dim, use_bias=False, name="reduction")(x)


class Net(nn.Module):
    @nn.compact
    def __call__(self, x):
        x = PatchEmbed(6, name="patch_embed")(x)
        x = Block(name="stages_0_0")(x)
        x = Block(name="stages_0_1")(x)
        x = PatchMerging(10, name="merge")(x)
        x = Block(name="stages_1_0")(x)
        x = nn.LayerNorm(name="norm")(x.mean((1, 2)))
        return nn.Dense(10, name="head")(x)


def port(state_dict: dict[str, np.ndarray]) -> Any:
    flat = {}
    for name, value in state_dict.items():
        path = re.sub(r"stages\.(\d)\.(\d)", r"stages_\1_\2", name).split(".")
        if path[-1] == "weight":
            if value.ndim == 4:
                path[-1], value = "kernel", value.transpose(2, 3, 1, 0)
            elif value.ndim == 2:
                path[-1], value = "kernel", value.T
            else:
                path[-1] = "scale"
        flat[tuple(path)] = jnp.array(value)
    return {"params": traverse_util.unflatten_dict(flat)}


def forward(variables: Any, x: jax.Array) -> tuple[jax.Array, dict[str, jax.Array]]:
    y, state = Net().apply(variables, x, capture_intermediates=True, mutable=["intermediates"])
    flat = traverse_util.flatten_dict(state["intermediates"])
    acts = {}
    for path, (value,) in flat.items():
        name = ".".join(path[:-1])
        acts[re.sub(r"stages_(\d)_(\d)", r"stages.\1.\2", name)] = value
    return y, acts
