import jax
import jax.numpy as jnp
import numpy as np


def flat(state):
    state = {**state, "key": jax.random.key_data(state["key"])}
    paths, structure = jax.tree.flatten_with_path(state)
    return {jax.tree_util.keystr(path): leaf for path, leaf in paths}, structure


def save(path, state):
    with open(path, "wb") as file:
        np.savez(file, **flat(state)[0])


def restore(path, template):
    wanted, structure = flat(template)
    with np.load(path) as file:
        saved = dict(file)
    if {name: leaf.shape for name, leaf in saved.items()} != {name: leaf.shape for name, leaf in wanted.items()}:
        raise ValueError(f"{path} is not a state like the template")
    if any(saved[name].dtype != leaf.dtype for name, leaf in wanted.items()):
        raise ValueError(f"{path} has other dtypes than the template")
    state = jax.tree.unflatten(structure, [jnp.asarray(saved[name]) for name in wanted])
    return {**state, "key": jax.random.wrap_key_data(state["key"])}
