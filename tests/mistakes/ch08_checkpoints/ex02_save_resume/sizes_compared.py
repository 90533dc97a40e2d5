"""`restore` accepts a kernel of shape (8, 4) where (4, 8) was saved. Usually
sizes are compared, or the array is reshaped to the template's shape. A reshaped
kernel is not the one that was trained. Compare the shapes.
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
    wanted = jax.tree.map(jnp.size, serialization.to_state_dict(template))
    if jax.tree.map(jnp.size, serialization.msgpack_restore(data)) != wanted:
        raise ValueError(f"{path} is not a state like the template")
    state = jax.tree.map(jnp.asarray, serialization.from_bytes(template, data))
    return {**state, "key": jax.random.wrap_key_data(state["key"])}
