import re

import jax.numpy as jnp
import numpy as np
from flax.traverse_util import unflatten_dict

NORM = {"weight": "scale", "bias": "bias"}


def port_gpt(state_dict):
    flat = {}
    head = None
    for name, value in state_dict.items():
        name = name.removeprefix("_orig_mod.")
        if name == "lm_head.weight":
            head = value
            continue
        if re.fullmatch("transformer\\.h\\.[0-9]+\\.attn\\.bias", name):
            continue
        if match := re.fullmatch("transformer\\.(wte|wpe)\\.weight", name):
            flat[match[1], "embedding"] = jnp.array(value)
        elif match := re.fullmatch("transformer\\.ln_f\\.(weight|bias)", name):
            flat["ln_f", NORM[match[1]]] = jnp.array(value)
        elif match := re.fullmatch("transformer.h.([0-9]+).(ln_[12]).(weight|bias)", name):
            flat[f"h_{match[1]}", match[2], NORM[match[3]]] = jnp.array(value)
        elif match := re.fullmatch(
            "transformer\\.h\\.([0-9]+)\\.(attn\\.c_attn|attn\\.c_proj|mlp\\.c_fc|mlp\\.c_proj)\\.(weight|bias)", name
        ):
            part, layer = match[2].split(".")
            leaf = "kernel" if match[3] == "weight" else "bias"
            flat[f"h_{match[1]}", part, layer, leaf] = jnp.array(value.T)
        else:
            raise ValueError(f"unknown name: {name}")
    if head is not None and (not np.array_equal(head, flat["wte", "embedding"])):
        raise ValueError("lm_head.weight is not tied to the token table")
    return {"params": unflatten_dict(flat)}
