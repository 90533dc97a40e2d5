"""`restore` raises no error, whatever the template: usually the state is read
from the file as it is, by `pickle`, and the template is not looked at. A model
with other layers or shapes then continues with arrays that it cannot use.
Compare the structure and the shapes of both, and raise ValueError.
"""

import pickle

import jax
import jax.numpy as jnp


def save(path, state):
    state = {**state, "key": jax.random.key_data(state["key"])}
    with open(path, "wb") as file:
        pickle.dump(jax.device_get(state), file)


def restore(path, template):
    with open(path, "rb") as file:
        state = jax.tree.map(jnp.asarray, pickle.load(file))
    return {**state, "key": jax.random.wrap_key_data(state["key"])}
