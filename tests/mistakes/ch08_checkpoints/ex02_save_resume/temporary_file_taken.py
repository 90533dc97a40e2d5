"""A save to 'run.1' removes what was saved to 'run.tmp'. Usually a temporary
file is written first, so that a crash leaves the old one whole, and
`with_suffix(".tmp")` replaced what stands after the dot. Append to the path
instead: f"{path}.tmp".
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
    temporary = Path(path).with_suffix(".tmp")  # a crash must not leave half a file
    temporary.write_bytes(serialization.to_bytes(numbers))
    temporary.replace(path)


def restore(path: str, template: dict[str, Any]) -> dict[str, Any]:
    data = Path(path).read_bytes()
    template = {**template, "key": jax.random.key_data(template["key"])}
    want = shapes(serialization.to_state_dict(template))
    have = shapes(serialization.msgpack_restore(data))
    if want != have:
        raise ValueError(f"the file does not fit: {sorted(set(want.items()) ^ set(have.items()))}")
    state = jax.tree.map(jnp.asarray, serialization.from_bytes(template, data))
    return {**state, "key": jax.random.wrap_key_data(state["key"])}
