import jax
import jax.numpy as jnp
import numpy as np
from flax import serialization
from flax.traverse_util import flatten_dict, unflatten_dict


def save(path, state):
    state = {**state, "key": jax.random.key_data(state["key"])}
    arrays = flatten_dict(serialization.to_state_dict(state), sep="/")
    with open(path, "wb") as file:
        np.savez(file, **{name: np.asarray(a, a.dtype if name == "key" else np.float32) for name, a in arrays.items()})


def restore(path, template):
    template = {**template, "key": jax.random.key_data(template["key"])}
    tree = flatten_dict(serialization.to_state_dict(template), sep="/", keep_empty_nodes=True)
    with np.load(path) as file:
        saved = {name: file[name] for name in file.files}
    if {n: a.shape for n, a in saved.items()} != {n: a.shape for n, a in tree.items() if hasattr(a, "shape")}:
        raise ValueError(f"{path} is not a state like the template")
    for name, array in saved.items():
        tree[name] = jnp.asarray(array).astype(tree[name].dtype)
    state = serialization.from_state_dict(template, unflatten_dict(tree, sep="/"))
    return {**state, "key": jax.random.wrap_key_data(state["key"])}
