"""`restore` accepts arrays of other shapes: it raises an error only for other
names. Usually it compares the structures of two trees, which say nothing of
shapes, or trusts that a template of the same layers fits. Compare the shapes
too: jax.tree.map(jnp.shape, tree) of both.
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
    wanted = jax.tree.map(lambda _: 0, serialization.to_state_dict(template))
    if jax.tree.map(lambda _: 0, serialization.msgpack_restore(data)) != wanted:
        raise ValueError(f"{path} is not a state like the template")
    state = jax.tree.map(jnp.asarray, serialization.from_bytes(template, data))
    return {**state, "key": jax.random.wrap_key_data(state["key"])}
