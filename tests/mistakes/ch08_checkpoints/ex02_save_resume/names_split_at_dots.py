"""A state with a layer called blocks.10 cannot be restored. Usually the file
has one flat dict, with paths joined by dots and taken apart at each dot, so
that the name becomes two. Join them with "/", which is not in a name here, or
keep the nested dicts: `to_bytes` writes them as they are.
"""

from pathlib import Path
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from flax import serialization
from flax.traverse_util import flatten_dict, unflatten_dict


def shapes(tree: Any) -> dict[tuple[str, ...], tuple[int, ...]]:
    return {path: np.shape(array) for path, array in flatten_dict(tree).items()}


def nested(template: Any, flat: dict[str, Any]) -> Any:
    empty = flatten_dict(serialization.to_state_dict(template), keep_empty_nodes=True, sep=".")
    return unflatten_dict({**empty, **flat}, sep=".")


def save(path: str, state: dict[str, Any]) -> None:
    numbers = {**state, "key": jax.random.key_data(state["key"])}
    flat = flatten_dict(serialization.to_state_dict(numbers), sep=".")
    Path(path).write_bytes(serialization.to_bytes(flat))


def restore(path: str, template: dict[str, Any]) -> dict[str, Any]:
    data = Path(path).read_bytes()
    template = {**template, "key": jax.random.key_data(template["key"])}
    want = shapes(serialization.to_state_dict(template))
    flat = serialization.msgpack_restore(data)
    have = shapes(unflatten_dict(flat, sep="."))
    if want != have:
        raise ValueError(f"the file does not fit: {sorted(set(want.items()) ^ set(have.items()))}")
    state = jax.tree.map(jnp.asarray, serialization.from_state_dict(template, nested(template, flat)))
    return {**state, "key": jax.random.wrap_key_data(state["key"])}
