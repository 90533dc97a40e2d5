"""ln_f is accepted in a block, and a block's norm outside of the blocks, such
as "transformer.ln_1.weight". Usually one rule stands for all three norms. ln_1
and ln_2 are in a block, ln_f is after the blocks, and other names raise an
error.
"""

import re

import jax.numpy as jnp
import numpy as np
from flax.traverse_util import unflatten_dict

NORM = {"weight": "scale", "bias": "bias"}
DENSE = {"weight": "kernel", "bias": "bias"}
LAYERS = r"(?:attn\.c_attn|mlp\.c_fc|(?:attn|mlp)\.c_proj)"


def port_gpt(state_dict):
    entries = {name.removeprefix("_orig_mod."): array for name, array in state_dict.items()}
    tokens, flat = entries["transformer.wte.weight"], {}
    for name, array in entries.items():
        if found := re.fullmatch(r"transformer\.(wte|wpe)\.weight", name):
            flat[found[1], "embedding"] = jnp.asarray(array)
        elif found := re.fullmatch(r"transformer\.(?:h\.(\d+)\.)?(ln_1|ln_2|ln_f)\.(weight|bias)", name):
            block = [f"h_{found[1]}"] if found[1] else []
            flat[(*block, found[2], NORM[found[3]])] = jnp.asarray(array)
        elif found := re.fullmatch(rf"transformer\.h\.(\d+)\.({LAYERS})\.(weight|bias)", name):
            flat[(f"h_{found[1]}", *found[2].split("."), DENSE[found[3]])] = jnp.asarray(array.T)
        elif re.fullmatch(r"transformer\.h\.\d+\.attn\.bias", name):
            continue
        elif name == "lm_head.weight":
            if not np.array_equal(array, tokens):
                raise ValueError("lm_head.weight is not tied")
        else:
            raise ValueError(name)
    return {"params": unflatten_dict(flat)}
