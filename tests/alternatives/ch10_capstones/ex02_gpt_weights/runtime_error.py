"""Refuses with RuntimeError, as `load_state_dict` does, and with
NotImplementedError.
"""

import jax.numpy as jnp
import numpy as np
from flax.traverse_util import unflatten_dict

DENSES = {"attn": ("c_attn", "c_proj"), "mlp": ("c_fc", "c_proj")}


def port_gpt(state_dict):
    entries = {name.removeprefix("_orig_mod."): array for name, array in state_dict.items()}
    tokens, flat = entries["transformer.wte.weight"], {}
    for name, array in entries.items():
        match name.split("."):
            case ["transformer", "wte" | "wpe" as table, "weight"]:
                flat[table, "embedding"] = jnp.asarray(array)
            case ["transformer", "h", layer, "ln_1" | "ln_2" as norm, "weight" | "bias" as leaf]:
                flat[f"h_{layer}", norm, "scale" if leaf == "weight" else leaf] = jnp.asarray(array)
            case ["transformer", "h", layer, "attn" | "mlp" as part, dense, "weight" | "bias" as leaf] if dense in DENSES[part]:
                flat[f"h_{layer}", part, dense, "kernel" if leaf == "weight" else leaf] = jnp.asarray(array.T)
            case ["transformer", "ln_f", "weight" | "bias" as leaf]:
                flat["ln_f", "scale" if leaf == "weight" else leaf] = jnp.asarray(array)
            case ["transformer", "h", _, "attn", "bias"]:
                continue
            case ["lm_head", "weight"]:
                if not np.array_equal(array, tokens):
                    raise NotImplementedError("a head that is not tied")
            case _:
                raise RuntimeError(f"Unexpected key(s) in state_dict: {name}")
    return {"params": unflatten_dict(flat)}
