"""An array came back with a different dtype: usually every leaf was cast to one
dtype, such as float32. The run goes on at a different precision, or stops where
an integer is needed. Keep the dtype of each leaf, as `jnp.asarray(leaf)` does,
or take the template's.
"""

import jax
import jax.numpy as jnp
from flax import serialization


def save(path, state):
    state = {**state, "key": jax.random.key_data(state["key"])}
    with open(path, "wb") as file:
        file.write(serialization.to_bytes(state))


def restore(path, template):
    with open(path, "rb") as file:
        data = file.read()
    template = {**template, "key": jax.random.key_data(template["key"])}
    wanted = jax.tree.map(jnp.shape, serialization.to_state_dict(template))
    if jax.tree.map(jnp.shape, serialization.msgpack_restore(data)) != wanted:
        raise ValueError(f"{path} is not a state like the template")
    state = serialization.from_bytes(template, data)
    key = state.pop("key")
    state = jax.tree.map(lambda a: jnp.asarray(a, jnp.float32), state)
    return {**state, "key": jax.random.wrap_key_data(key)}
