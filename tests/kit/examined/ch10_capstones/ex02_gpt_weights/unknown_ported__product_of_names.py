import re
from typing import Any

import jax.numpy as jnp
import numpy as np
from flax.traverse_util import unflatten_dict

TOP = {}
for layer, weight in (("wte", "embedding"), ("wpe", "embedding"), ("ln_f", "scale")):
    TOP[f"transformer.{layer}.weight"] = (layer, weight)
    TOP[f"transformer.{layer}.bias"] = (layer, "bias")
BLOCK = r"transformer\.h\.([0-9]+)\.(attn\.c_attn|attn\.c_proj|mlp\.c_fc|mlp\.c_proj|ln_1|ln_2)\.(weight|bias)"
MASK = r"transformer\.h\.[0-9]+\.attn\.bias"


def port_gpt(state_dict: dict[str, np.ndarray]) -> Any:
    prefix = "_orig_mod."
    if all(name.startswith(prefix) for name in state_dict):
        names = {name[len(prefix) :]: name for name in state_dict}
    else:
        names = {name: name for name in state_dict}
    flat = {}
    for name, key in names.items():
        array = state_dict[key]
        if name == "lm_head.weight" or re.fullmatch(MASK, name):
            continue
        if name in TOP:
            flat[TOP[name]] = jnp.array(array, jnp.float32)
            continue
        match = re.fullmatch(BLOCK, name)
        if match is None:
            raise ValueError(f"no TorchGPT has {key!r}")
        number, layer, kind = match.groups()
        path = (f"h_{number}", *layer.split("."))
        if kind == "bias":
            flat[*path, "bias"] = jnp.array(array, jnp.float32)
        elif layer.startswith("ln_"):
            flat[*path, "scale"] = jnp.array(array, jnp.float32)
        else:
            flat[*path, "kernel"] = jnp.array(array.T, jnp.float32)
    if "lm_head.weight" in names:
        head, table = state_dict[names["lm_head.weight"]], state_dict[names["transformer.wte.weight"]]
        if not np.array_equal(head, table):
            raise ValueError("lm_head.weight is not tied to the token table")
    return {"params": unflatten_dict(flat)}
