"""`restore` raises no error if the params fit and the optimizer state does not.
Usually the shapes are compared in "params" alone. Compare all of the state:
jax.tree.map(jnp.shape, tree) of the file and of the template.
"""

from pathlib import Path

import jax
import jax.numpy as jnp
from flax import serialization


def save(path, state):
    tree = {**state, "key": jax.random.key_data(state["key"])}
    Path(path).write_bytes(serialization.to_bytes(tree))


def restore(path, template):
    data = Path(path).read_bytes()
    like = {**template, "key": jax.random.key_data(template["key"])}
    wanted, found = (serialization.to_state_dict(like), serialization.msgpack_restore(data))

    def check(want, have):
        if jnp.shape(want) != jnp.shape(have):
            raise ValueError(f"shape {jnp.shape(have)} in the file, {jnp.shape(want)} in the template")

    jax.tree.map(check, wanted["params"], found["params"])
    state = jax.tree.map(jnp.asarray, serialization.from_bytes(like, data))
    state["key"] = jax.random.wrap_key_data(state["key"])
    return state
