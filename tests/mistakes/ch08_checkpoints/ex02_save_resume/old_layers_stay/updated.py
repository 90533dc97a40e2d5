import os

import jax
import jax.numpy as jnp
from flax import serialization
from flax.traverse_util import flatten_dict, unflatten_dict


def save(path, state):
    tree = serialization.to_state_dict({**state, "key": jax.random.key_data(state["key"])})
    arrays = flatten_dict(tree, sep="/")
    if os.path.exists(path):
        with open(path, "rb") as file:
            arrays = serialization.msgpack_restore(file.read()) | arrays
    with open(path, "wb") as file:
        file.write(serialization.msgpack_serialize(arrays))


def restore(path, template):
    with open(path, "rb") as file:
        saved = serialization.msgpack_restore(file.read())
    template = {**template, "key": jax.random.key_data(template["key"])}
    tree = flatten_dict(serialization.to_state_dict(template), sep="/", keep_empty_nodes=True)
    if {n: a.shape for n, a in saved.items()} != {n: a.shape for n, a in tree.items() if hasattr(a, "shape")}:
        raise ValueError(f"{path} is not a state like the template")
    tree |= {name: jnp.asarray(array) for name, array in saved.items()}
    state = serialization.from_state_dict(template, unflatten_dict(tree, sep="/"))
    return {**state, "key": jax.random.wrap_key_data(state["key"])}
