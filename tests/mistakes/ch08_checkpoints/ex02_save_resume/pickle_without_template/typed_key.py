import pickle

import jax
import jax.numpy as jnp


def save(path, state):
    with open(path, "wb") as file:
        pickle.dump(jax.device_get(state), file)


def restore(path, template):
    with open(path, "rb") as file:
        return jax.tree.map(jnp.asarray, pickle.load(file))
