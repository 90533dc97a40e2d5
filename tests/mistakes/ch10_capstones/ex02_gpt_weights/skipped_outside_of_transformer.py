"""Names that do not begin with "transformer." are skipped, and
`value_head.weight`
or `lm_head.bias` is lost without a word. Skip what you know by its whole name,
and raise an error for the rest.
"""

import jax.numpy as jnp
import numpy as np
from flax.traverse_util import unflatten_dict


def port_gpt(state_dict):
    entries = {name.removeprefix("_orig_mod."): array for name, array in state_dict.items()}
    tokens, flat = entries["transformer.wte.weight"], {}
    for name, array in entries.items():
        if not name.startswith(("transformer.", "lm_head.weight")):
            continue
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
