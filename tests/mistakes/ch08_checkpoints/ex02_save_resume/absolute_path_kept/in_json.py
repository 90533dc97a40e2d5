import json
from pathlib import Path

import jax
import jax.numpy as jnp
from flax import serialization


def save(path, state):
    state = {**state, "key": jax.random.key_data(state["key"])}
    with open(f"{path}.msgpack", "wb") as file:
        file.write(serialization.to_bytes(state))
    with open(path, "w") as file:
        json.dump({"step": int(state["step"]), "data": str(Path(f"{path}.msgpack").resolve())}, file)


def restore(path, template):
    with open(path) as file:
        data = Path(json.load(file)["data"]).read_bytes()
    template = {**template, "key": jax.random.key_data(template["key"])}
    wanted = jax.tree.map(jnp.shape, serialization.to_state_dict(template))
    if jax.tree.map(jnp.shape, serialization.msgpack_restore(data)) != wanted:
        raise ValueError(f"{path} is not a state like the template")
    state = jax.tree.map(jnp.asarray, serialization.from_bytes(template, data))
    return {**state, "key": jax.random.wrap_key_data(state["key"])}
