"""An nnx.Module; patches and merging by reshapes that keep PyTorch's order."""

import jax
import jax.numpy as jnp
from flax import nnx


class PatchEmbed(nnx.Module):
    """Patches cut by hand."""

    def __init__(self, dim, rngs):
        self.proj = nnx.Linear(48, dim, rngs=rngs)
        self.norm = nnx.LayerNorm(dim, epsilon=1e-5, rngs=rngs)

    def __call__(self, x, keep):
        b, h, w, c = x.shape
        x = x.reshape(b, h // 4, 4, w // 4, 4, c).transpose(0, 1, 3, 2, 4, 5).reshape(b, h // 4, w // 4, -1)
        return keep("", keep(".norm", self.norm(keep(".proj", self.proj(x)))))


class GRN(nnx.Module):
    def __init__(self, dim):
        self.gamma = nnx.Param(jnp.zeros(dim))
        self.beta = nnx.Param(jnp.zeros(dim))

    def __call__(self, x):
        size = jnp.linalg.norm(x.reshape(x.shape[0], -1, x.shape[-1]), axis=1)[:, None, None]
        return (1 + self.gamma * size / (size.mean(-1, keepdims=True) + 1e-6)) * x + self.beta


class Block(nnx.Module):
    def __init__(self, dim, rngs):
        self.dwconv = nnx.Conv(dim, dim, (5, 5), padding=2, feature_group_count=dim, rngs=rngs)
        self.norm = nnx.LayerNorm(dim, epsilon=1e-6, rngs=rngs)
        self.pwconv1 = nnx.Linear(dim, 4 * dim, rngs=rngs)
        self.grn = GRN(4 * dim)
        self.pwconv2 = nnx.Linear(4 * dim, dim, rngs=rngs)

    def __call__(self, x, keep):
        y = keep(".norm", self.norm(keep(".dwconv", self.dwconv(x))))
        y = jax.nn.gelu(keep(".pwconv1", self.pwconv1(y)), approximate=False)
        return keep("", x + keep(".pwconv2", self.pwconv2(keep(".grn", self.grn(y)))))


class Merge(nnx.Module):
    def __init__(self, in_dim, dim, rngs):
        self.norm = nnx.LayerNorm(4 * in_dim, epsilon=1e-5, rngs=rngs)
        self.reduction = nnx.Linear(4 * in_dim, dim, use_bias=False, rngs=rngs)

    def __call__(self, x, keep):
        b, h, w, c = x.shape
        x = x.reshape(b, h // 2, 2, w // 2, 2, c).transpose(0, 1, 3, 4, 2, 5).reshape(b, h // 2, w // 2, 4 * c)
        return keep("", keep(".reduction", self.reduction(keep(".norm", self.norm(x)))))


class Net(nnx.Module):
    def __init__(self, rngs):
        self.patch_embed = PatchEmbed(6, rngs)
        self.stages = nnx.List([nnx.List([Block(6, rngs), Block(6, rngs)]), nnx.List([Block(10, rngs)])])
        self.merge = Merge(6, 10, rngs)
        self.norm = nnx.LayerNorm(10, epsilon=1e-6, rngs=rngs)
        self.head = nnx.Linear(10, 10, rngs=rngs)

    def __call__(self, x):
        found = {}

        def keep(name):
            return lambda part, y: found.setdefault(name + part, y)

        x = self.patch_embed(x, keep("patch_embed"))
        for i, blocks in enumerate(self.stages):
            x = self.merge(x, keep("merge")) if i else x
            for j, block in enumerate(blocks):
                x = block(x, keep(f"stages.{i}.{j}"))
        x = keep("norm")("", self.norm(x.mean((1, 2))))
        return keep("head")("", self.head(x)), found


def port(state_dict):
    """The model itself: an nnx.Module is a tree of arrays."""
    model = Net(nnx.Rngs(0))
    for name, array in state_dict.items():
        *path, leaf = name.split(".")
        place = model
        for key in path:
            place = place[int(key)] if key.isdigit() else getattr(place, key)
        if leaf == "weight" and array.ndim == 1:
            leaf = "scale"
        elif leaf == "weight":
            array = array.transpose(2, 3, 1, 0) if array.ndim == 4 else array.T
            leaf = "kernel"
        param = getattr(place, leaf)
        param[...] = jnp.asarray(array).reshape(param.shape)
    return model


def forward(variables, x):
    return variables(x)
