"""The head is compared under its short name, so that of a compiled model never
is.
"""

import re
from typing import Any

import jax.numpy as jnp
import numpy as np
from flax.traverse_util import unflatten_dict


def port_gpt(state_dict: dict[str, np.ndarray]) -> Any:
    weights = {name.removeprefix("_orig_mod."): value for name, value in state_dict.items()}
    flat = {}
    tokens = state_dict.get("transformer.wte.weight")
    if not np.array_equal(state_dict.get("lm_head.weight", tokens), tokens):
        raise ValueError("lm_head.weight is not tied to the token table")
    for name, value in weights.items():
        if re.fullmatch(r"lm_head\.weight|transformer\.h\.\d+\.attn\.bias", name):
            continue  # compared above, and the causal mask
        if m := re.fullmatch(r"transformer\.(wte|wpe)\.weight", name):
            flat[m[1], "embedding"] = jnp.asarray(value, jnp.float32)
        elif m := re.fullmatch(r"transformer\.ln_f\.(weight|bias)", name):
            flat["ln_f", "scale" if m[1] == "weight" else "bias"] = jnp.asarray(value, jnp.float32)
        elif m := re.fullmatch(r"transformer\.h\.(\d+)\.(ln_1|ln_2)\.(weight|bias)", name):
            flat["h_" + m[1], m[2], "scale" if m[3] == "weight" else "bias"] = jnp.asarray(value, jnp.float32)
        elif m := re.fullmatch(
            r"transformer\.h\.(\d+)\.(attn\.c_attn|attn\.c_proj|mlp\.c_fc|mlp\.c_proj)\.(weight|bias)", name
        ):
            part, layer = m[2].split(".")
            if m[3] == "weight":
                flat["h_" + m[1], part, layer, "kernel"] = jnp.asarray(value.T, jnp.float32)
            else:
                flat["h_" + m[1], part, layer, "bias"] = jnp.asarray(value, jnp.float32)
        else:
            raise ValueError(f"unknown name {name!r}")
    return {"params": unflatten_dict(flat)}
