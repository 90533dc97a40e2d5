from typing import Any

import flax.linen as nn
import jax
import jax.numpy as jnp
import numpy as np
from flax import traverse_util


def _norm(p, x, eps):
    mean = x.mean(-1, keepdims=True)
    var = ((x - mean) ** 2).mean(-1, keepdims=True)
    return (x - mean) * jax.lax.rsqrt(var + eps) * p["weight"] + p["bias"]


def _dense(p, x):
    return x @ p["weight"] + p.get("bias", 0.0)


def _conv(p, x, stride, padding, groups=1):
    y = jax.lax.conv_general_dilated(
        x,
        p["weight"],
        (stride, stride),
        [(padding, padding)] * 2,
        dimension_numbers=("NHWC", "HWIO", "NHWC"),
        feature_group_count=groups,
    )
    return y + p["bias"]


def _grn(p, x):
    response = jnp.sqrt((x**2).sum((1, 2), keepdims=True))
    response = response / (response.mean(-1, keepdims=True) + 1e-6)
    return p["gamma"] * (x * response) + p["beta"] + x


def _merge(x):
    return jnp.concatenate([x[:, 0::2, 0::2], x[:, 1::2, 0::2], x[:, 0::2, 1::2], x[:, 1::2, 1::2]], axis=-1)


_ported = {}  # converting takes time: once per state_dict


def port(state_dict: dict[str, np.ndarray]) -> Any:
    """Return TorchNet's weights, as a tree of `jax.Array`s that `forward`
    accepts.

    state_dict: of a TorchNet, as NumPy arrays; leave it unchanged.
    """
    if id(state_dict) in _ported:
        return _ported[id(state_dict)]
    flat = {}
    for name, value in state_dict.items():
        if value.ndim == 4 and name.endswith(".weight"):
            value = value.transpose(2, 3, 1, 0)
        elif value.ndim == 2:
            value = value.T
        elif value.ndim == 4:
            value = value.reshape(-1)
        module, leaf = name.rsplit(".", 1)
        flat[module, leaf] = jnp.array(value, jnp.float32)
    _ported[id(state_dict)] = traverse_util.unflatten_dict(flat)
    return _ported[id(state_dict)]


def forward(variables: Any, x: jax.Array) -> tuple[jax.Array, dict[str, jax.Array]]:
    """Return (what TorchNet computes, the activations on the way there).

    variables: from `port`; x: float32 (batch, height, width, 3), where 8
        divides height and width.
    Returns the logits, (batch, 10), and what `torch_activations` returns: a
        new dict with the same names and, channels last, the same arrays. Extra
        entries do no harm.
    """
    found = {}

    def keep(name, y):
        found[name] = y
        return y

    def block(name, x):
        def p(part):
            return variables[f"{name}.{part}"]

        y = keep(f"{name}.dwconv", _conv(p("dwconv"), x, 1, 2, groups=x.shape[-1]))
        y = keep(f"{name}.norm", _norm(p("norm"), y, 1e-6))
        y = keep(f"{name}.pwconv1", _dense(p("pwconv1"), y))
        y = keep(f"{name}.grn", _grn(p("grn"), nn.gelu(y, approximate=False)))
        y = keep(f"{name}.pwconv2", _dense(p("pwconv2"), y))
        return keep(name, x + y)

    x = keep("patch_embed.proj", _conv(variables["patch_embed.proj"], x, 4, 0))
    x = keep("patch_embed.norm", _norm(variables["patch_embed.norm"], x, 1e-5))
    x = keep("patch_embed", x)
    x = block("stages.0.0", x)
    x = block("stages.0.1", x)
    x = keep("merge.norm", _norm(variables["merge.norm"], _merge(x), 1e-5))
    x = keep("merge.reduction", _dense(variables["merge.reduction"], x))
    x = keep("merge", x)
    x = block("stages.1.0", x)
    x = keep("norm", _norm(variables["norm"], x.mean((1, 2)), 1e-6))
    logits = keep("head", _dense(variables["head"], x))
    return logits, found
