"""`lm_head.weight` was left out, its numbers not compared. In a model that is
not
tied it is another array, and the logits would be computed with the wrong one.
Compare it with transformer.wte.weight, and raise ValueError if they differ.
"""

import jax.numpy as jnp
from flax.traverse_util import unflatten_dict

BLOCK = ("ln_1", "ln_2", "attn.c_attn", "attn.c_proj", "mlp.c_fc", "mlp.c_proj")


def place(name, array):
    """The path of an entry in the tree, and its array as it is there."""
    *module, leaf = name.removeprefix("transformer.").split(".")
    if module[0] == "h":
        known = ".".join(module[2:]) in BLOCK
        module = [f"h_{module[1]}", *module[2:]]
    else:
        known = module in (["wte"], ["wpe"], ["ln_f"])
    if not known or leaf not in ("weight", "bias"):
        raise ValueError(f"no place for {name}")
    if leaf == "bias":
        return (*module, "bias"), array
    if module[0] in ("wte", "wpe"):
        return (*module, "embedding"), array
    if array.ndim == 1:
        return (*module, "scale"), array
    return (*module, "kernel"), array.T


def port_gpt(state_dict):
    entries = {name.removeprefix("_orig_mod."): array for name, array in state_dict.items()}
    flat = {}
    for name, array in entries.items():
        if name.endswith(".attn.bias"):
            continue
        if name == "lm_head.weight":
            continue
        path, array = place(name, array)
        flat[path] = jnp.asarray(array)
    return {"params": unflatten_dict(flat)}
