"""After a state with fewer layers was saved over an older one, `restore` raises
an error: it still finds what the older one left. Usually `save` writes a file
for each array into a directory, and those of the layers that are gone stay
there. Remove the directory first, with `shutil.rmtree(path)`, or write one file
with mode "wb".
"""

import os
from pathlib import Path

import jax
import jax.numpy as jnp
from flax import serialization
from flax.traverse_util import flatten_dict, unflatten_dict


def save(path, state):
    state = {**state, "key": jax.random.key_data(state["key"])}
    os.makedirs(path, exist_ok=True)
    for name, array in flatten_dict(serialization.to_state_dict(state), sep="|").items():
        Path(path, name).write_bytes(serialization.msgpack_serialize(array))


def restore(path, template):
    template = {**template, "key": jax.random.key_data(template["key"])}
    tree = flatten_dict(serialization.to_state_dict(template), sep="|", keep_empty_nodes=True)
    saved = {file.name: serialization.msgpack_restore(file.read_bytes()) for file in Path(path).iterdir()}
    if {n: a.shape for n, a in saved.items()} != {n: a.shape for n, a in tree.items() if hasattr(a, "shape")}:
        raise ValueError(f"{path} is not a state like the template")
    tree |= {name: jnp.asarray(array) for name, array in saved.items()}
    state = serialization.from_state_dict(template, unflatten_dict(tree, sep="|"))
    return {**state, "key": jax.random.wrap_key_data(state["key"])}
