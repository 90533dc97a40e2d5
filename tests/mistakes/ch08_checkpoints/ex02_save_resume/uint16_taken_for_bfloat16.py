"""Arrays of uint16 come back as bfloat16, with other numbers. Usually bfloat16
was saved as its bits, and `restore` turns everything of uint16 back. Ask the
template instead which arrays were bfloat16: their dtype is there.
"""

from pathlib import Path
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from flax import serialization
from flax.traverse_util import flatten_dict


def shapes(tree: Any) -> dict[tuple[str, ...], tuple[int, ...]]:
    return {path: np.shape(array) for path, array in flatten_dict(tree).items()}


def save(path: str, state: dict[str, Any]) -> None:
    numbers = {**state, "key": jax.random.key_data(state["key"])}
    numbers = jax.tree.map(np.asarray, numbers)
    numbers = jax.tree.map(lambda a: a.view(np.uint16) if a.dtype == jnp.bfloat16 else a, numbers)
    Path(path).write_bytes(serialization.to_bytes(numbers))


def restore(path: str, template: dict[str, Any]) -> dict[str, Any]:
    data = Path(path).read_bytes()
    template = {**template, "key": jax.random.key_data(template["key"])}
    want = shapes(serialization.to_state_dict(template))
    have = shapes(serialization.msgpack_restore(data))
    if want != have:
        raise ValueError(f"the file does not fit: {sorted(set(want.items()) ^ set(have.items()))}")
    state = jax.tree.map(jnp.asarray, serialization.from_bytes(template, data))
    state = jax.tree.map(lambda a: jax.lax.bitcast_convert_type(a, jnp.bfloat16) if a.dtype == jnp.uint16 else a, state)
    return {**state, "key": jax.random.wrap_key_data(state["key"])}
