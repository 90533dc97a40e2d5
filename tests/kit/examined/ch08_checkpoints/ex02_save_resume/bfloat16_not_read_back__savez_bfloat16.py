"""It saves with np.savez, which loses the dtype of bfloat16, so restore raises
an error for a state with bfloat16 arrays.
"""

from typing import Any

import jax
import jax.numpy as jnp
import numpy as np


def _named(state):
    plain = {**state, "key": jax.random.key_data(state["key"])}
    leaves, treedef = jax.tree_util.tree_flatten_with_path(plain)
    return {jax.tree_util.keystr(where): leaf for where, leaf in leaves}, treedef


def save(path: str, state: dict[str, Any]) -> None:
    arrays, _ = _named(state)
    names = list(arrays)
    with open(path, "wb") as file:
        np.savez(file, names=np.array(names), **{f"a{i}": np.asarray(arrays[n]) for i, n in enumerate(names)})


def restore(path: str, template: dict[str, Any]) -> dict[str, Any]:
    arrays, treedef = _named(template)
    with np.load(path) as file:
        saved = {str(name): file[f"a{i}"] for i, name in enumerate(file["names"])}
    if saved.keys() != arrays.keys():
        raise ValueError(f"layers differ: {sorted(saved.keys() ^ arrays.keys())}")
    for name, leaf in arrays.items():
        if saved[name].shape != leaf.shape:
            raise ValueError(f"{name}: {saved[name].shape} is not {leaf.shape}")
    state = jax.tree.unflatten(treedef, [jnp.asarray(saved[name]) for name in arrays])
    state["key"] = jax.random.wrap_key_data(state["key"])
    return state
