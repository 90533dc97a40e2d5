import jax.numpy as jnp
import numpy as np
from flax.traverse_util import unflatten_dict


def place(name):
    """The path of an entry in the tree, whatever stands around what is
    known.
    """
    parts = name.split(".")
    if "wte" in name or "wpe" in name:
        return (parts[1], "embedding")
    if "ln_f" in name:
        return ("ln_f", "scale" if parts[-1] == "weight" else "bias")
    if ".h." not in name:
        raise ValueError(name)
    leaf = parts[-1]
    if leaf == "weight":
        leaf = "scale" if "ln_" in name else "kernel"
    return (f"h_{parts[2]}", *parts[3:-1], leaf)


def port_gpt(state_dict):
    entries = {name.removeprefix("_orig_mod."): array for name, array in state_dict.items()}
    flat = {}
    for name, array in entries.items():
        if name == "lm_head.weight":
            if not np.array_equal(array, entries["transformer.wte.weight"]):
                raise ValueError("lm_head.weight is not tied")
        elif "attn.bias" not in name or "c_attn" in name:
            path = place(name)
            flat[path] = jnp.asarray(array.T if path[-1] == "kernel" else array)
    return {"params": unflatten_dict(flat)}
