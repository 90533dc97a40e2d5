"""The prefix was taken off in the dict that was given: its entries have other
names now, and whoever loads it into PyTorch afterwards finds none of them.
Rename in a new dict, `{name.removeprefix("_orig_mod."): array for ...}`.
"""

import jax.numpy as jnp
import numpy as np
from flax.traverse_util import unflatten_dict


def port_gpt(state_dict):
    for name in list(state_dict):
        state_dict[name.removeprefix("_orig_mod.")] = state_dict.pop(name)
    tokens, flat = state_dict["transformer.wte.weight"], {}
    for name, array in state_dict.items():
        match name.split("."):
            case ["transformer", "wte" | "wpe" as table, "weight"]:
                flat[table, "embedding"] = jnp.asarray(array)
            case ["transformer", "h", layer, "ln_1" | "ln_2" as norm, "weight" | "bias" as leaf]:
                flat[f"h_{layer}", norm, "scale" if leaf == "weight" else leaf] = jnp.asarray(array)
            case ["transformer", "h", layer, "attn" | "mlp" as part, "c_attn" | "c_fc" | "c_proj" as dense, leaf] if leaf in (
                "weight",
                "bias",
            ):
                flat[f"h_{layer}", part, dense, "kernel" if leaf == "weight" else leaf] = jnp.asarray(array.T)
            case ["transformer", "ln_f", "weight" | "bias" as leaf]:
                flat["ln_f", "scale" if leaf == "weight" else leaf] = jnp.asarray(array)
            case ["transformer", "h", _, "attn", "bias"]:
                continue
            case ["lm_head", "weight"]:
                if not np.array_equal(array, tokens):
                    raise ValueError("lm_head.weight is not tied")
            case _:
                raise ValueError(name)
    return {"params": unflatten_dict(flat)}
