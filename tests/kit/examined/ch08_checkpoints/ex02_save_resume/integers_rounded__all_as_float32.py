"""save stores every array but the key as float32 (for bfloat16's sake) and
restore casts back, so integers above 2**24, in step or in opt_state, come back
rounded.
"""

from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from flax import serialization, traverse_util

SEP = "\x1f"


def _arrays(state):
    tree = serialization.to_state_dict({k: v for k, v in state.items() if k != "key"})
    return traverse_util.flatten_dict(tree, sep=SEP)


def save(path: str, state: dict[str, Any]) -> None:
    # np.savez does not know bfloat16
    arrays = {name: np.asarray(a).astype(np.float32) for name, a in _arrays(state).items()}
    with open(path, "wb") as file:  # a file, so that no ".npz" is appended
        np.savez(file, key=np.asarray(jax.random.key_data(state["key"])), **arrays)


def restore(path: str, template: dict[str, Any]) -> dict[str, Any]:
    with np.load(path) as file:
        saved = {name: file[name] for name in file.files}
    key = jax.random.wrap_key_data(jnp.asarray(saved.pop("key")))
    wanted = _arrays(template)
    if wanted.keys() != saved.keys():
        raise ValueError(f"not in both: {wanted.keys() ^ saved.keys()}")
    for name, a in wanted.items():
        if a.shape != saved[name].shape:
            raise ValueError(f"{name} has shape {saved[name].shape}, not {a.shape}")
        saved[name] = jnp.asarray(saved[name]).astype(a.dtype)

    rest = {k: v for k, v in template.items() if k != "key"}
    tree = serialization.to_state_dict(rest)
    paths, treedef = jax.tree_util.tree_flatten_with_path(tree)
    leaves = [saved[SEP.join(p.key for p in where)] for where, _ in paths]
    tree = jax.tree_util.tree_unflatten(treedef, leaves)
    return {**serialization.from_state_dict(rest, tree), "key": key}
