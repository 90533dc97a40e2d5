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
    if jax.tree.structure(saved["params"]) != jax.tree.structure(template["params"]):
        raise ValueError(f"{path} has other layers than the template")
    for name, layer in template["params"].items():
        if saved["params"][name]["kernel"].shape != layer["kernel"].shape:
            raise ValueError(f"the kernel of {name} has a different shape")
    state = jax.tree.map(jnp.asarray, serialization.from_state_dict(template, saved))
    return {**state, "key": jax.random.wrap_key_data(state["key"])}
