"""`restore` raises an error once the folder has been moved, as it is for a
program on a different machine. Usually `save` wrote an absolute path into a
file, or the module remembers one. Put all of it into the file at `path`, or
name a second file by `path`, as f"{path}.data".
"""

import os
from pathlib import Path

import jax
import jax.numpy as jnp
from flax import serialization


def save(path, state):
    state = {**state, "key": jax.random.key_data(state["key"])}
    with open(f"{path}.data", "wb") as file:
        file.write(serialization.to_bytes(state))
    with open(path, "w") as file:
        file.write(os.path.abspath(f"{path}.data"))


def restore(path, template):
    with open(path) as file:
        data = Path(file.read()).read_bytes()
    template = {**template, "key": jax.random.key_data(template["key"])}
    wanted = jax.tree.map(jnp.shape, serialization.to_state_dict(template))
    if jax.tree.map(jnp.shape, serialization.msgpack_restore(data)) != wanted:
        raise ValueError(f"{path} is not a state like the template")
    state = jax.tree.map(jnp.asarray, serialization.from_bytes(template, data))
    return {**state, "key": jax.random.wrap_key_data(state["key"])}
