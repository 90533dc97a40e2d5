"""`save` raised an error: the state has a typed key, which is not an array of
numbers. Save its numbers instead, `jax.random.key_data(state["key"])`, and make
a key of them in `restore`, by `jax.random.wrap_key_data`.
"""

import jax
import jax.numpy as jnp
from flax import serialization


def save(path, state):
    with open(path, "wb") as file:
        file.write(serialization.to_bytes(state))


def restore(path, template):
    with open(path, "rb") as file:
        data = file.read()
    return jax.tree.map(jnp.asarray, serialization.from_bytes(template, data))
