"""From the tree to the names: each place asks for its array, and what nobody
asked for is left over.
"""

import jax
import jax.numpy as jnp
import numpy as np


def port_gpt(state_dict):
    left = {name.removeprefix("_orig_mod."): array for name, array in state_dict.items()}

    def take(name):
        return jnp.array(left.pop(name))

    def norm(name):
        return {"scale": take(f"{name}.weight"), "bias": take(f"{name}.bias")}

    def dense(name):
        return {"kernel": take(f"{name}.weight").T, "bias": take(f"{name}.bias")}

    def block(name):
        left.pop(f"{name}.attn.bias")
        return {
            "ln_1": norm(f"{name}.ln_1"),
            "attn": {layer: dense(f"{name}.attn.{layer}") for layer in ("c_attn", "c_proj")},
            "ln_2": norm(f"{name}.ln_2"),
            "mlp": {layer: dense(f"{name}.mlp.{layer}") for layer in ("c_fc", "c_proj")},
        }

    params = {name: {"embedding": take(f"transformer.{name}.weight")} for name in ("wte", "wpe")}
    layers = 0
    while f"transformer.h.{layers}.ln_1.weight" in left:
        params[f"h_{layers}"] = block(f"transformer.h.{layers}")
        layers += 1
    params["ln_f"] = norm("transformer.ln_f")
    head = left.pop("lm_head.weight", None)
    assert head is None or np.array_equal(head, params["wte"]["embedding"]), "lm_head is not tied"
    if left:
        raise ValueError(f"no place for {sorted(left)}")
    return jax.tree.map(jnp.asarray, {"params": params})
