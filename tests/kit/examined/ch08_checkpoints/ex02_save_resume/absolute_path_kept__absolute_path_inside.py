"""save writes the numbers to a second file and its absolute path into `path`,
so restore fails, or reads the old place, once the files are copied to a
different folder.
"""

import json
import os
import uuid
from typing import Any

import jax
import jax.numpy as jnp
from flax import serialization


def save(path: str, state: dict[str, Any]) -> None:
    blob = os.path.abspath(f".{uuid.uuid4().hex}.data")
    with open(blob, "wb") as f:
        f.write(serialization.to_bytes({**state, "key": jax.random.key_data(state["key"])}))
    with open(path, "w") as f:
        json.dump({"format": 1, "file": blob, "step": int(state["step"])}, f)


def restore(path: str, template: dict[str, Any]) -> dict[str, Any]:
    with open(path) as f:
        index = json.load(f)
    with open(index["file"], "rb") as f:
        data = f.read()
    target = {**template, "key": jax.random.key_data(template["key"])}
    shapes = jax.tree.map(jnp.shape, serialization.to_state_dict(target))
    if jax.tree.map(jnp.shape, serialization.msgpack_restore(data)) != shapes:
        raise ValueError("the checkpoint has other layers or shapes than the template")
    state = jax.tree.map(jnp.asarray, serialization.from_bytes(target, data))
    state["key"] = jax.random.wrap_key_data(state["key"])
    return state
