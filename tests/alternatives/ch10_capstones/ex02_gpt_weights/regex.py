"""Regular expressions, and what each makes of a name; frozen variables."""

import re

import jax.numpy as jnp
from flax.core import freeze
from flax.traverse_util import unflatten_dict

RULES = (
    (r"transformer\.(wte|wpe)\.weight", r"\1/embedding", False),
    (r"transformer\.h\.(\d+)\.(ln_[12])\.weight", r"h_\1/\2/scale", False),
    (r"transformer\.h\.(\d+)\.(ln_[12])\.bias", r"h_\1/\2/bias", False),
    (r"transformer\.h\.(\d+)\.attn\.(c_attn|c_proj)\.bias", r"h_\1/attn/\2/bias", False),
    (r"transformer\.h\.(\d+)\.attn\.(c_attn|c_proj)\.weight", r"h_\1/attn/\2/kernel", True),
    (r"transformer\.h\.(\d+)\.mlp\.(c_fc|c_proj)\.bias", r"h_\1/mlp/\2/bias", False),
    (r"transformer\.h\.(\d+)\.mlp\.(c_fc|c_proj)\.weight", r"h_\1/mlp/\2/kernel", True),
    (r"transformer\.ln_f\.weight", "ln_f/scale", False),
    (r"transformer\.ln_f\.bias", "ln_f/bias", False),
)
SKIPPED = re.compile(r"lm_head\.weight|transformer\.h\.\d+\.attn\.bias")


def place(name):
    for pattern, path, transposed in RULES:
        if found := re.fullmatch(pattern, name):
            return found.expand(path), transposed
    raise KeyError(name)


def port_gpt(state_dict):
    state_dict = {re.sub(r"^_orig_mod\.", "", name): jnp.asarray(array) for name, array in state_dict.items()}
    tokens = state_dict["transformer.wte.weight"]
    if (state_dict.get("lm_head.weight", tokens) != tokens).any():
        raise ValueError("two tables")
    flat = {}
    for name, array in state_dict.items():
        if not SKIPPED.fullmatch(name):
            path, transposed = place(name)
            flat[path] = array.swapaxes(0, 1) if transposed else array
    return freeze({"params": unflatten_dict(flat, sep="/")})
