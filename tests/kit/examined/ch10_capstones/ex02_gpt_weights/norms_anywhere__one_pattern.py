import re
from typing import Any

import jax.numpy as jnp
import numpy as np
from flax.traverse_util import unflatten_dict

EMBEDDING = re.compile(r"transformer\.(wte|wpe)\.weight")
NORM = re.compile(r"transformer\.(?:h\.(\d+)\.)?(ln_1|ln_2|ln_f)\.(weight|bias)")
LINEAR = re.compile(r"transformer\.h\.(\d+)\.(?:(attn)\.(c_attn|c_proj)|(mlp)\.(c_fc|c_proj))\.(weight|bias)")
MASK = re.compile(r"transformer\.h\.\d+\.attn\.bias")


def port_gpt(state_dict: dict[str, np.ndarray]) -> Any:
    """Return TorchGPT's weights as Flax variables, {"params": {...}} with
    float32 `jax.Array`s. Leave `state_dict` unchanged.

    state_dict: NumPy arrays under the names above, in any order; float32 except
        for the masks. Either all names begin with "_orig_mod." or none does.
        After "transformer.h." there is always a number. "lm_head.weight" may be
        missing; all the others are there.
    Raises an error, such as ValueError, for a name that no TorchGPT has, and
        for an "lm_head.weight" that differs from the token table.
    """
    arrays = {name.removeprefix("_orig_mod."): value for name, value in state_dict.items()}
    flat = {}
    for name, value in arrays.items():
        if name == "lm_head.weight":
            if not np.array_equal(value, arrays["transformer.wte.weight"]):
                raise ValueError("lm_head.weight is not tied to the token table")
        elif MASK.fullmatch(name):
            continue
        elif m := EMBEDDING.fullmatch(name):
            flat[m[1], "embedding"] = value
        elif m := NORM.fullmatch(name):
            path = (f"h_{m[1]}", m[2]) if m[1] else (m[2],)
            flat[(*path, "scale" if m[3] == "weight" else "bias")] = value
        elif m := LINEAR.fullmatch(name):
            path = (f"h_{m[1]}", m[2] or m[4], m[3] or m[5])
            if m[6] == "weight":
                flat[(*path, "kernel")] = value.T
            else:
                flat[(*path, "bias")] = value
        else:
            raise ValueError(f"unknown name {name!r}")
    flat = {path: jnp.array(value, jnp.float32) for path, value in flat.items()}
    return {"params": unflatten_dict(flat)}
