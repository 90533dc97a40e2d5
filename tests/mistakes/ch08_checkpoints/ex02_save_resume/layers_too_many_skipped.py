"""`restore` raises no error if the file has a layer or an array that the
template lacks. Usually it compares what `from_bytes` returned with the
template. By then the layer is gone, without a warning. Compare with what is in
the file: `msgpack_restore(data)`.
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
    state = jax.tree.map(jnp.asarray, serialization.from_bytes(template, data))
    if jax.tree.map(jnp.shape, state) != jax.tree.map(jnp.shape, template):
        raise ValueError(f"{path} is not a state like the template")
    return {**state, "key": jax.random.wrap_key_data(state["key"])}
