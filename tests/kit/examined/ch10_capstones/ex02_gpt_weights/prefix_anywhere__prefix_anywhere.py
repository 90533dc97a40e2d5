"""_orig_mod. is taken out of the middle of a name too:
transformer._orig_mod.wte.weight, which no TorchGPT has, raises nothing.
"""

import re
from typing import Any

import jax.numpy as jnp
import numpy as np
from flax.traverse_util import unflatten_dict


def port_gpt(state_dict: dict[str, np.ndarray]) -> Any:
    entries = {name.replace("_orig_mod.", ""): a for name, a in state_dict.items()}
    norm, dense = {"weight": "scale", "bias": "bias"}, {"weight": "kernel", "bias": "bias"}
    flat = {}
    for name, a in entries.items():
        if name == "lm_head.weight":
            if not np.array_equal(a, entries["transformer.wte.weight"]):
                raise ValueError("the head is not tied")
            continue
        if re.fullmatch(r"transformer\.h\.\d+\.attn\.bias", name):
            continue
        if m := re.fullmatch(r"transformer\.(wte|wpe)\.weight", name):
            path = (m[1], "embedding")
        elif m := re.fullmatch(r"transformer\.ln_f\.(weight|bias)", name):
            path = ("ln_f", norm[m[1]])
        elif m := re.fullmatch(r"transformer\.h\.(\d+)\.(ln_[12])\.(weight|bias)", name):
            path = ("h_" + m[1], m[2], norm[m[3]])
        elif m := re.fullmatch(
            r"transformer\.h\.(\d+)\.(attn\.c_attn|attn\.c_proj|mlp\.c_fc|mlp\.c_proj)\.(weight|bias)", name
        ):
            path = ("h_" + m[1], *m[2].split("."), dense[m[3]])
            a = a.T
        else:
            raise ValueError(name)
        flat[path] = jnp.array(a, jnp.float32)
    return {"params": unflatten_dict(flat)}
