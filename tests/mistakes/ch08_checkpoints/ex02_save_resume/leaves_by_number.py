"""`restore` accepts a template in which a layer has a different name. Usually
the leaves are saved under their numbers in `jax.tree.leaves`, or as a list,
without their names, and only shapes are compared. Save each under its path, so
that names can be compared too.
"""

import jax
import jax.numpy as jnp
from flax import serialization


def save(path, state):
    leaves = jax.tree.leaves({**state, "key": jax.random.key_data(state["key"])})
    with open(path, "wb") as file:
        file.write(serialization.to_bytes({str(i): leaf for i, leaf in enumerate(leaves)}))


def restore(path, template):
    leaves, structure = jax.tree.flatten({**template, "key": jax.random.key_data(template["key"])})
    with open(path, "rb") as file:
        saved = serialization.msgpack_restore(file.read())
    arrays = [jnp.asarray(saved[str(i)]) for i in range(len(saved))]
    if [a.shape for a in arrays] != [leaf.shape for leaf in leaves]:
        raise ValueError(f"{path} is not a state like the template")
    state = jax.tree.unflatten(structure, arrays)
    return {**state, "key": jax.random.wrap_key_data(state["key"])}
