"""flatten_dict and np.savez through an open file; bfloat16 saved as float32 and
cast to the template's dtype again.
"""

import jax
import jax.numpy as jnp
import numpy as np
from flax.serialization import from_state_dict, to_state_dict
from flax.traverse_util import flatten_dict, unflatten_dict


def flat(state):
    tree = to_state_dict({**state, "key": jax.random.key_data(state["key"])})
    return flatten_dict(tree, sep="/", keep_empty_nodes=True)


def save(path, state):
    arrays = {name: array for name, array in flat(state).items() if hasattr(array, "shape")}
    wide = {n: np.asarray(a, np.float32 if a.dtype == jnp.bfloat16 else a.dtype) for n, a in arrays.items()}
    with open(path, "wb") as file:
        np.savez_compressed(file, **wide)


def restore(path, template):
    tree = flat(template)
    with np.load(path) as file:
        saved = {name: file[name] for name in file.files}
    wanted = {name: leaf for name, leaf in tree.items() if hasattr(leaf, "shape")}
    assert saved.keys() == wanted.keys(), "other layers than the template's"
    for name, leaf in wanted.items():
        if saved[name].shape != leaf.shape:
            raise ValueError(f"{name}: {saved[name].shape} was saved, the template has {leaf.shape}")
        tree[name] = jnp.array(saved[name], leaf.dtype)
    state = from_state_dict({**template, "key": jax.random.key_data(template["key"])}, unflatten_dict(tree, sep="/"))
    state["key"] = jax.random.wrap_key_data(state["key"])
    return state
