"""A save to one path changes what was saved to another: `save` to 'run.1'
overwrote 'run.10'. Usually the name of the file does not contain the whole
path, because it is fixed, or because `with_suffix` replaced what stands after
the dot. Use `path` as it is, or append to it: f"{path}.npz".
"""

from pathlib import Path

import jax
import jax.numpy as jnp
from flax import serialization


def save(path, state):
    state = {**state, "key": jax.random.key_data(state["key"])}
    with open(Path(path).with_suffix(".msgpack"), "wb") as file:
        file.write(serialization.to_bytes(state))


def restore(path, template):
    with open(Path(path).with_suffix(".msgpack"), "rb") as file:
        data = file.read()
    template = {**template, "key": jax.random.key_data(template["key"])}
    wanted = jax.tree.map(jnp.shape, serialization.to_state_dict(template))
    if jax.tree.map(jnp.shape, serialization.msgpack_restore(data)) != wanted:
        raise ValueError(f"{path} is not a state like the template")
    state = jax.tree.map(jnp.asarray, serialization.from_bytes(template, data))
    return {**state, "key": jax.random.wrap_key_data(state["key"])}
