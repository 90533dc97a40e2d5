"""np.savez, an array for each path of the tree; bfloat16 as its bits, and the
template's dtypes say which they are.
"""

import jax
import jax.numpy as jnp
import numpy as np


def is_key(leaf):
    return jnp.issubdtype(leaf.dtype, jax.dtypes.prng_key)


def flat(tree):
    leaves, structure = jax.tree_util.tree_flatten_with_path(tree)
    return {jax.tree_util.keystr(path): leaf for path, leaf in leaves}, structure


def save(path, state):
    arrays = {}
    for name, leaf in flat(state)[0].items():
        array = np.asarray(jax.random.key_data(leaf) if is_key(leaf) else leaf)
        arrays[name] = array.view(np.uint16) if leaf.dtype == jnp.bfloat16 else array
    np.savez(f"{path}.npz", **arrays)


def restore(path, template):
    leaves, structure = flat(template)
    with np.load(f"{path}.npz") as file:
        arrays = {name: file[name] for name in file.files}
    if arrays.keys() != leaves.keys():
        raise ValueError(f"other entries than the template's: {arrays.keys() ^ leaves.keys()}")
    restored = []
    for name, leaf in leaves.items():
        array = arrays[name]
        if is_key(leaf):
            restored.append(jax.random.wrap_key_data(array, impl=jax.random.key_impl(leaf)))
            continue
        if array.shape != leaf.shape:
            raise ValueError(f"{name} has shape {array.shape}, the template's {leaf.shape}")
        restored.append(jnp.asarray(array.view(leaf.dtype)))
    return jax.tree.unflatten(structure, restored)
