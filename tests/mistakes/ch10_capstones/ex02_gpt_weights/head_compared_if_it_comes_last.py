"""`lm_head.weight` is compared with the table of tokens if that one came before
it. The entries of a file may come in any order, and then nothing is compared.
Take both from the state_dict, not from what is ported so far.
"""

import jax.numpy as jnp
import numpy as np
from flax.traverse_util import unflatten_dict


def port_gpt(state_dict):
    flat = {}
    for name, array in state_dict.items():
        match name.removeprefix("_orig_mod.").split("."):
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
                if ("wte", "embedding") in flat and not np.array_equal(array, flat["wte", "embedding"]):
                    raise ValueError("lm_head.weight is not tied")
            case _:
                raise ValueError(name)
    return {"params": unflatten_dict(flat)}
