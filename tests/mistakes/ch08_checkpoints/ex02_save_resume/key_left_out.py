"""The template's key came back, not the saved one, so the masks after the
restart are not those of the run that went on. Usually the key was left out,
because `to_bytes` does not take one. `jax.random.key_data` gives numbers that
can be saved.
"""

import jax
import jax.numpy as jnp
from flax import serialization


def save(path, state):
    state = {name: tree for name, tree in state.items() if name != "key"}
    with open(path, "wb") as file:
        file.write(serialization.to_bytes(state))


def restore(path, template):
    with open(path, "rb") as file:
        data = file.read()
    key = template["key"]
    template = {name: tree for name, tree in template.items() if name != "key"}
    wanted = jax.tree.map(jnp.shape, serialization.to_state_dict(template))
    if jax.tree.map(jnp.shape, serialization.msgpack_restore(data)) != wanted:
        raise ValueError(f"{path} is not a state like the template")
    state = jax.tree.map(jnp.asarray, serialization.from_bytes(template, data))
    return {**state, "key": key}
