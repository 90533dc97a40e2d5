"""The rows of fc's kernel brought into Flax's order, inside stem; one module
for everything.
"""

import flax.linen as nn
import jax.numpy as jnp


class Whole(nn.Module):
    classes: int

    @nn.compact
    def __call__(self, x):
        x = nn.Conv(5, (7, 7), 2, 3, use_bias=False, name="conv")(x)
        x = nn.relu(nn.BatchNorm(True, name="bn")(x))
        x = max_pool(x, 3, 2, 1)
        rows = self.param("rows", nn.initializers.lecun_normal(), (5, *x.shape[1:3], self.classes))
        bias = self.param("bias", nn.initializers.zeros, (self.classes,))
        return x.reshape(len(x), -1) @ rows.transpose(1, 2, 0, 3).reshape(-1, self.classes) + bias


def max_pool(x, window, stride=None, padding=0):
    around = ((padding, padding),) * 2
    return nn.max_pool(x, (window,) * 2, strides=(stride or window,) * 2, padding=around)


def port_stem(state_dict):
    flat = {name: jnp.asarray(array) for name, array in state_dict.items() if array.ndim}
    params = {
        "conv": {"kernel": jnp.einsum("oihw->hwio", flat["conv.weight"])},
        "bn": {"scale": flat["bn.weight"], "bias": flat["bn.bias"]},
        "rows": flat["fc.weight"].T,
        "bias": flat["fc.bias"],
    }
    running = {"bn": {name: flat[f"bn.running_{name}"] for name in ("mean", "var")}}
    return {"params": params, "batch_stats": running}


def stem(variables, x):
    params = variables["params"]
    height, width = -(-x.shape[1] // 4), -(-x.shape[2] // 4)
    rows = params["rows"].reshape(5, height, width, -1)
    return Whole(rows.shape[-1]).apply({**variables, "params": {**params, "rows": rows}}, x)
