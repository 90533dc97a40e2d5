import jax
import jax.numpy as jnp
import numpy as np

dtypes = {}


def flat(state):
    state = {**state, "key": jax.random.key_data(state["key"])}
    paths, structure = jax.tree.flatten_with_path(state)
    return {jax.tree_util.keystr(path): leaf for path, leaf in paths}, structure


def save(path, state):
    leaves = flat(state)[0]
    dtypes[path] = {name: leaf.dtype for name, leaf in leaves.items()}
    with open(path, "wb") as file:
        np.savez(file, **leaves)


def restore(path, template):
    wanted, structure = flat(template)
    with np.load(path) as file:
        saved = {name: file[name].view(dtypes[path][name]) for name in file.files}
    if {name: leaf.shape for name, leaf in saved.items()} != {name: leaf.shape for name, leaf in wanted.items()}:
        raise ValueError(f"{path} is not a state like the template")
    state = jax.tree.unflatten(structure, [jnp.asarray(saved[name]) for name in wanted])
    return {**state, "key": jax.random.wrap_key_data(state["key"])}
