"""Only the params came back; optimizer state, step and key are the template's.
The run goes on with fresh moments, the learning rate of its first step, the
first batches and other masks. Save and restore all four.
"""

import jax
import jax.numpy as jnp
from flax import serialization


def save(path, state):
    with open(path, "wb") as file:
        file.write(serialization.to_bytes(state["params"]))


def restore(path, template):
    with open(path, "rb") as file:
        data = file.read()
    wanted = jax.tree.map(jnp.shape, template["params"])
    if jax.tree.map(jnp.shape, serialization.msgpack_restore(data)) != wanted:
        raise ValueError(f"{path} is not a state like the template")
    params = serialization.from_bytes(template["params"], data)
    return {**template, "params": jax.tree.map(jnp.asarray, params)}
