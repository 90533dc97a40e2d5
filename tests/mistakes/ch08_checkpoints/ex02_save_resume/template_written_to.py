"""The template is not as it was given: `restore` wrote into it, what it read or
the numbers of a key. Its other holders, who compare with it or start again from
it, have another state in hand. Make a new dict: {**template, "key": ...}.
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
    like = {**template, "key": jax.random.key_data(template["key"])}
    wanted = jax.tree.map(jnp.shape, serialization.to_state_dict(like))
    if jax.tree.map(jnp.shape, serialization.msgpack_restore(data)) != wanted:
        raise ValueError(f"{path} is not a state like the template")
    state = jax.tree.map(jnp.asarray, serialization.from_bytes(like, data))
    template.update(state, key=jax.random.wrap_key_data(state["key"]))
    return template
