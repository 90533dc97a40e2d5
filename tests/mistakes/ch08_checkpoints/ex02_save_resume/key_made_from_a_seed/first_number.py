import jax
import jax.numpy as jnp
from flax import serialization


def save(path, state):
    with open(path, "wb") as file:
        file.write(serialization.to_bytes({**state, "key": jax.random.key_data(state["key"])[0]}))


def restore(path, template):
    with open(path, "rb") as file:
        saved = serialization.msgpack_restore(file.read())
    template = {**template, "key": jax.random.key_data(template["key"])[0]}
    if jax.tree.map(jnp.shape, saved) != jax.tree.map(jnp.shape, serialization.to_state_dict(template)):
        raise ValueError(f"{path} is not a state like the template")
    state = jax.tree.map(jnp.asarray, serialization.from_state_dict(template, saved))
    return {**state, "key": jax.random.key(state["key"])}
