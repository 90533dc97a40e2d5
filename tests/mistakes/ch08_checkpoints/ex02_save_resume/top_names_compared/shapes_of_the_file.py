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
    saved = serialization.msgpack_restore(data)["params"]
    if set(saved) != set(template["params"]):
        raise ValueError(f"{path} has other layers than the template")
    for name, layer in template["params"].items():
        for part, leaf in layer.items():
            if jnp.shape(leaf) != saved[name][part].shape:
                raise ValueError(f"{name}/{part} has another shape")
    state = jax.tree.map(jnp.asarray, serialization.from_bytes(template, data))
    return {**state, "key": jax.random.wrap_key_data(state["key"])}
