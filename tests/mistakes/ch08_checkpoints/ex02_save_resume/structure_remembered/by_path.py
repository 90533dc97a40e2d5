from pathlib import Path

import jax
import jax.numpy as jnp
from flax import serialization

structures = {}


def save(path, state):
    leaves, structures[path] = jax.tree.flatten({**state, "key": jax.random.key_data(state["key"])})
    Path(path).write_bytes(serialization.to_bytes({str(i): leaf for i, leaf in enumerate(leaves)}))


def restore(path, template):
    template = {**template, "key": jax.random.key_data(template["key"])}
    saved = serialization.msgpack_restore(Path(path).read_bytes())
    state = jax.tree.unflatten(structures[path], [jnp.asarray(saved[str(i)]) for i in range(len(saved))])
    if jax.tree.map(jnp.shape, state) != jax.tree.map(jnp.shape, template):
        raise ValueError(f"{path} is not a state like the template")
    return {**state, "key": jax.random.wrap_key_data(state["key"])}
