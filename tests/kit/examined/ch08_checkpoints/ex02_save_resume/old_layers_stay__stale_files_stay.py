"""save writes one file per array into a directory and does not clear it, so
after saving a state with fewer layers over an older one, restore finds the old
layers too and raises.
"""

import hashlib
from pathlib import Path
from typing import Any

import jax
import jax.numpy as jnp
from flax import serialization


def _named(state):
    plain = dict(state, key=jax.random.key_data(state["key"]))
    pairs, treedef = jax.tree_util.tree_flatten_with_path(plain)
    return {jax.tree_util.keystr(where): leaf for where, leaf in pairs}, treedef


def save(path: str, state: dict[str, Any]) -> None:
    folder = Path(path)
    folder.mkdir(exist_ok=True)
    arrays, _ = _named(state)
    for name, value in arrays.items():
        file = folder / hashlib.sha1(name.encode()).hexdigest()
        file.write_bytes(serialization.msgpack_serialize({"name": name, "value": jnp.asarray(value)}))


def restore(path: str, template: dict[str, Any]) -> dict[str, Any]:
    expected, treedef = _named(template)
    found = {}
    for file in Path(path).iterdir():
        entry = serialization.msgpack_restore(file.read_bytes())
        found[entry["name"]] = entry["value"]
    if found.keys() != expected.keys():
        raise KeyError(f"other arrays: {found.keys() ^ expected.keys()}")
    leaves = []
    for name, value in expected.items():
        if jnp.shape(value) != jnp.shape(found[name]):
            raise ValueError(f"{name}: {jnp.shape(found[name])} instead of {jnp.shape(value)}")
        leaves.append(jnp.asarray(found[name]))
    state = jax.tree.unflatten(treedef, leaves)
    return {**state, "key": jax.random.wrap_key_data(state["key"])}
