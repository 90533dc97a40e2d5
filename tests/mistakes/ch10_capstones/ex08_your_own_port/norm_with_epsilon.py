"""Where the maps are very small, GRN's response is not PyTorch's. Usually a
small number is added under the root of the norm, or the norm is 0 below a
bound, so that the root has a gradient at 0. `torch.linalg.vector_norm` does
neither; the only small number in GRN is the 1e-6 beside the mean.
"""

import re

import flax.linen as nn
import jax.numpy as jnp
from flax import traverse_util

FREE = {"EPS": [1e-10, 1e-8]}
EPS = 1e-12


class FlaxPatchEmbed(nn.Module):
    dim: int

    @nn.compact
    def __call__(self, x):
        x = nn.Conv(self.dim, (4, 4), strides=4, padding=0, name="proj")(x)
        return nn.LayerNorm(epsilon=1e-5, use_fast_variance=False, name="norm")(x)


class FlaxGRN(nn.Module):
    @nn.compact
    def __call__(self, x):
        shape = (1, 1, 1, x.shape[-1])
        gamma = self.param("gamma", nn.initializers.zeros, shape)
        beta = self.param("beta", nn.initializers.zeros, shape)
        response = jnp.sqrt((x**2).sum((1, 2), keepdims=True) + EPS)
        response = response / (response.mean(-1, keepdims=True) + 1e-6)
        return gamma * (x * response) + beta + x


class FlaxBlock(nn.Module):
    @nn.compact
    def __call__(self, x):
        dim = x.shape[-1]
        y = nn.Conv(dim, (5, 5), padding=2, feature_group_count=dim, name="dwconv")(x)
        y = nn.LayerNorm(epsilon=1e-6, use_fast_variance=False, name="norm")(y)
        y = nn.gelu(nn.Dense(4 * dim, name="pwconv1")(y), approximate=False)
        return x + nn.Dense(dim, name="pwconv2")(FlaxGRN(name="grn")(y))


class FlaxPatchMerging(nn.Module):
    dim: int

    @nn.compact
    def __call__(self, x):
        parts = [x[:, row::2, column::2] for column in (0, 1) for row in (0, 1)]
        x = jnp.concatenate(parts, axis=-1)
        x = nn.LayerNorm(epsilon=1e-5, use_fast_variance=False, name="norm")(x)
        return nn.Dense(self.dim, use_bias=False, name="reduction")(x)


class FlaxNet(nn.Module):
    @nn.compact
    def __call__(self, x):
        x = FlaxPatchEmbed(6, name="patch_embed")(x)
        x = FlaxBlock(name="stages_0_0")(x)
        x = FlaxBlock(name="stages_0_1")(x)
        x = FlaxPatchMerging(10, name="merge")(x)
        x = FlaxBlock(name="stages_1_0")(x)
        x = nn.LayerNorm(epsilon=1e-6, use_fast_variance=False, name="norm")(x.mean((1, 2)))
        return nn.Dense(10, name="head")(x)


def port(state_dict):
    flat = {}
    for name, array in state_dict.items():
        *path, leaf = re.sub(r"\.(\d+)", r"_\1", name).split(".")
        match leaf, array.ndim:
            case "weight", 4:
                leaf, array = "kernel", array.transpose(2, 3, 1, 0)
            case "weight", 2:
                leaf, array = "kernel", array.T
            case "weight", 1:
                leaf = "scale"
        flat["params", *path, leaf] = jnp.asarray(array)
    return traverse_util.unflatten_dict(flat)


def forward(variables, x):
    y, state = FlaxNet().apply(variables, x, capture_intermediates=True, mutable=["intermediates"])
    activations = {}
    for (*path, _), outputs in traverse_util.flatten_dict(state["intermediates"]).items():
        activations[re.sub(r"_(\d+)", r".\1", ".".join(path))] = outputs[0]
    return y, activations
