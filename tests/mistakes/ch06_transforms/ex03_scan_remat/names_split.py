"""A name with a slash or a dot in it becomes two levels of the tree that
`stack` returns. Usually the names of a path are joined to one string, which is
split again. `jax.tree.map` needs no paths, and `flatten_dict` without `sep` has
them as tuples of names.
"""

import jax
import jax.numpy as jnp
from flax.traverse_util import flatten_dict, unflatten_dict

FREE = {"SEP": ["."]}
SEP = "/"


def stack(params):
    blocks = [flatten_dict(params[f"blocks_{i}"], sep=SEP) for i in range(len(params))]
    return unflatten_dict({path: jnp.stack([block[path] for block in blocks]) for path in blocks[0]}, sep=SEP)


def forward_scan(block, stacked, x):

    def step(x, params):
        x = block(params, x)
        return x, x

    return jax.lax.scan(step, x, stacked)


def forward_remat(block, stacked, x):
    block = jax.checkpoint(block)

    def step(x, params):
        return block(params, x), None

    last, _ = jax.lax.scan(step, x, stacked)
    return last
