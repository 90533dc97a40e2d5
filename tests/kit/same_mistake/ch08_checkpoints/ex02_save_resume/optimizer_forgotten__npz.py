"""params, step and key in an .npz file, and the template for the rest."""

import jax
import jax.numpy as jnp
import numpy as np
from flax.traverse_util import flatten_dict, unflatten_dict


def kept(state):
    key = jax.random.key_data(state["key"])
    return flatten_dict({"params": state["params"], "step": state["step"], "key": key}, sep="/")


def widened(array):
    return np.asarray(array, np.float32) if array.dtype == jnp.bfloat16 else np.asarray(array)


def save(path, state):
    with open(path, "wb") as file:
        np.savez(file, **{name: widened(array) for name, array in kept(state).items()})


def restore(path, template):
    like, saved = kept(template), dict(np.load(path))
    if {n: a.shape for n, a in like.items()} != {n: a.shape for n, a in saved.items()}:
        raise ValueError("not this model")
    read = unflatten_dict({name: jnp.asarray(saved[name], like[name].dtype) for name in like}, sep="/")
    key = jax.random.wrap_key_data(read["key"])
    return {"params": read["params"], "opt_state": template["opt_state"], "step": read["step"], "key": key}
