"""PatchMerging's reshape takes the width to be equal to the height; images that
are not square raise an error.
"""

from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from flax import traverse_util


def port(state_dict: dict[str, np.ndarray]) -> Any:
    tree = {}
    for name, value in state_dict.items():
        *path, last = name.split(".")
        if last == "weight" and value.ndim == 4:
            last, value = "kernel", value.transpose(2, 3, 1, 0)
        elif last == "weight":
            last, value = ("kernel" if value.ndim == 2 else "scale"), value.T
        tree[(*path, last)] = jnp.array(value)
    return traverse_util.unflatten_dict(tree)


def forward(variables: Any, x: jax.Array) -> tuple[jax.Array, dict[str, jax.Array]]:
    acts = {}

    def keep(name, y):
        acts[name] = y
        return y

    def conv(name, p, x, stride, pad, groups=1):
        y = jax.lax.conv_general_dilated(
            x,
            p["kernel"],
            (stride, stride),
            [(pad, pad)] * 2,
            dimension_numbers=("NHWC", "HWIO", "NHWC"),
            feature_group_count=groups,
        )
        return keep(name, y + p["bias"])

    def dense(name, p, x):
        return keep(name, x @ p["kernel"] + p.get("bias", 0.0))

    def norm(name, p, x, eps):
        mean = x.mean(-1, keepdims=True)
        var = ((x - mean) ** 2).mean(-1, keepdims=True)
        return keep(name, (x - mean) / jnp.sqrt(var + eps) * p["scale"] + p["bias"])

    def block(name, p, x):
        y = conv(f"{name}.dwconv", p["dwconv"], x, 1, 2, x.shape[-1])
        y = norm(f"{name}.norm", p["norm"], y, 1e-6)
        y = jax.nn.gelu(dense(f"{name}.pwconv1", p["pwconv1"], y), approximate=False)
        r = (y**2).sum((1, 2), keepdims=True)
        r = jnp.where(r > 0, jnp.sqrt(jnp.where(r > 0, r, 1.0)), 0.0)
        r = r / (r.mean(-1, keepdims=True) + 1e-6)
        y = keep(f"{name}.grn", p["grn"]["gamma"] * (y * r) + p["grn"]["beta"] + y)
        return keep(name, x + dense(f"{name}.pwconv2", p["pwconv2"], y))

    v = variables
    x = conv("patch_embed.proj", v["patch_embed"]["proj"], x, 4, 0)
    x = keep("patch_embed", norm("patch_embed.norm", v["patch_embed"]["norm"], x, 1e-5))
    x = block("stages.0.0", v["stages"]["0"]["0"], x)
    x = block("stages.0.1", v["stages"]["0"]["1"], x)
    b, size, _, c = x.shape
    x = x.reshape(b, size // 2, 2, size // 2, 2, c).transpose(0, 1, 3, 4, 2, 5)
    x = x.reshape(b, size // 2, size // 2, 4 * c)
    x = norm("merge.norm", v["merge"]["norm"], x, 1e-5)
    x = keep("merge", dense("merge.reduction", v["merge"]["reduction"], x))
    x = block("stages.1.0", v["stages"]["1"]["0"], x)
    x = norm("norm", v["norm"], x.mean((1, 2)), 1e-6)
    return dense("head", v["head"], x), acts
