"""`restore` does not find a file: `save` wrote to another path. Usually that is
`path` with a suffix; `np.savez` appends ".npz" to a path that does not end in
it. Give it an open file, `with open(path, "wb") as file`, or add the suffix in
both functions.
"""

import jax
import jax.numpy as jnp
import numpy as np
from flax import serialization
from flax.traverse_util import flatten_dict, unflatten_dict


def save(path, state):
    state = {**state, "key": jax.random.key_data(state["key"])}
    arrays = flatten_dict(serialization.to_state_dict(state), sep="/")
    np.savez(path, **{name: np.asarray(array) for name, array in arrays.items()})


def restore(path, template):
    template = {**template, "key": jax.random.key_data(template["key"])}
    tree = flatten_dict(serialization.to_state_dict(template), sep="/", keep_empty_nodes=True)
    saved = dict(np.load(path))
    if {n: a.shape for n, a in saved.items()} != {n: a.shape for n, a in tree.items() if hasattr(a, "shape")}:
        raise ValueError(f"{path} is not a state like the template")
    for name, array in saved.items():
        tree[name] = jnp.asarray(array.view(tree[name].dtype))
    state = serialization.from_state_dict(template, unflatten_dict(tree, sep="/"))
    return {**state, "key": jax.random.wrap_key_data(state["key"])}
