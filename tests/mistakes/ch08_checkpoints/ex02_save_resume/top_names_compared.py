"""`restore` raises no error if the file has an array that the template lacks,
in a layer that both have. Usually the names of the layers are compared, those
at the top of params, and not the names in each layer. Compare all of them:
jax.tree.map(jnp.shape, tree) of both.
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
    if serialization.msgpack_restore(data)["params"].keys() != template["params"].keys():
        raise ValueError(f"{path} has other layers than the template")
    state = jax.tree.map(jnp.asarray, serialization.from_bytes(template, data))
    if jax.tree.map(jnp.shape, state) != jax.tree.map(jnp.shape, template):
        raise ValueError(f"{path} has other shapes than the template")
    return {**state, "key": jax.random.wrap_key_data(state["key"])}
