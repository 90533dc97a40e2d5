"""`restore` accepts a bias of shape (1, 8) where (8,) was saved. Usually the
numbers are written into the template's arrays, with `.at[...].set(array)` or
`jnp.broadcast_to`, which stretch an array if they can; or only the shapes of
kernels are compared. Compare the shape of every array.
"""

from pathlib import Path

import jax
import jax.numpy as jnp
from flax import serialization


def save(path, state):
    state = {**state, "key": jax.random.key_data(state["key"])}
    Path(path).write_bytes(serialization.to_bytes(state))


def restore(path, template):
    template = {**template, "key": jax.random.key_data(template["key"])}
    saved = serialization.msgpack_restore(Path(path).read_bytes())
    filled = jax.tree.map(lambda t, array: t.at[...].set(array), serialization.to_state_dict(template), saved)
    state = jax.tree.map(jnp.asarray, serialization.from_state_dict(template, filled))
    return {**state, "key": jax.random.wrap_key_data(state["key"])}
