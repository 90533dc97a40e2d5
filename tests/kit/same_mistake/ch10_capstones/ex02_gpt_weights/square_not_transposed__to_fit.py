"""The shapes of a target decide: what fits is taken as it is, and what does not
is transposed.
"""

import jax
import jax.numpy as jnp
import numpy as np


def port_gpt(state_dict):
    state_dict = {name.removeprefix("_orig_mod."): array for name, array in state_dict.items()}
    tokens, positions = (state_dict.pop(f"transformer.{table}.weight") for table in ("wte", "wpe"))
    assert np.array_equal(state_dict.pop("lm_head.weight", tokens), tokens)
    width = tokens.shape[1]
    norm = {"scale": (width,), "bias": (width,)}

    def dense(size_in, size_out):
        return {"kernel": (size_in, size_out), "bias": (size_out,)}

    block = {
        "ln_1": norm,
        "attn": {"c_attn": dense(width, 3 * width), "c_proj": dense(width, width)},
        "ln_2": norm,
        "mlp": {"c_fc": dense(width, 4 * width), "c_proj": dense(4 * width, width)},
    }
    count = sum(name.endswith(".attn.bias") for name in state_dict)
    target = {f"h_{i}": block for i in range(count)} | {"ln_f": norm}

    def fill(path, shape):
        keys = [k.key for k in path]
        leaf = "bias" if keys[-1] == "bias" else "weight"
        array = state_dict.pop(".".join(["transformer", *keys[:-1], leaf]).replace("h_", "h."))
        return jnp.asarray(array if array.shape == shape else array.T)

    params = jax.tree_util.tree_map_with_path(fill, target, is_leaf=lambda t: isinstance(t, tuple))
    if len(state_dict) != count:
        raise ValueError(list(state_dict))
    return {"params": params | {"wte": {"embedding": jnp.asarray(tokens)}, "wpe": {"embedding": jnp.asarray(positions)}}}
