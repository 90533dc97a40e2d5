import re

import jax.numpy as jnp
import numpy as np
from flax.traverse_util import unflatten_dict

NORM = {"weight": "scale", "bias": "bias"}
DENSE = {"weight": "kernel", "bias": "bias"}
LAYERS = r"attn\.c_attn|attn\.c_proj|mlp\.c_fc|mlp\.c_proj"


def port_gpt(state_dict):
    entries = {name.removeprefix("_orig_mod."): array for name, array in state_dict.items()}
    tokens, flat = entries["transformer.wte.weight"], {}
    for name, array in entries.items():
        if name.startswith("transformer.h.") and name.endswith("attn.bias"):
            continue
        if found := re.fullmatch(r"transformer\.(wte|wpe)\.weight", name):
            flat[found[1], "embedding"] = jnp.asarray(array)
        elif found := re.fullmatch(r"transformer\.ln_f\.(weight|bias)", name):
            flat["ln_f", NORM[found[1]]] = jnp.asarray(array)
        elif found := re.fullmatch(r"transformer\.h\.(\d+)\.(ln_[12])\.(weight|bias)", name):
            flat[f"h_{found[1]}", found[2], NORM[found[3]]] = jnp.asarray(array)
        elif found := re.fullmatch(rf"transformer\.h\.(\d+)\.({LAYERS})\.(weight|bias)", name):
            flat[(f"h_{found[1]}", *found[2].split("."), DENSE[found[3]])] = jnp.asarray(array.T)
        elif name == "lm_head.weight":
            if not np.array_equal(array, tokens):
                raise ValueError("lm_head.weight is not tied")
        else:
            raise ValueError(name)
    return {"params": unflatten_dict(flat)}
