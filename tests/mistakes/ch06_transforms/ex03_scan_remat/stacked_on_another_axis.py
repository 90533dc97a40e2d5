"""The layers are not along the first axis. `jnp.stack` makes it the first by
default. A scan slices the first axis of every leaf, and leaves without axes
have no other place for it.
"""

import jax
import jax.numpy as jnp


def stack(params):
    blocks = [params[f"blocks_{i}"] for i in range(len(params))]
    return jax.tree.map(lambda *leaves: jnp.stack(leaves, axis=-1), *blocks)


def forward_scan(block, stacked, x):

    def step(x, params):
        x = block(params, x)
        return (x, x)

    return jax.lax.scan(step, x, stacked)


def forward_remat(block, stacked, x):
    block = jax.checkpoint(block, prevent_cse=False)

    def step(x, params):
        return (block(params, x), None)

    last, _ = jax.lax.scan(step, x, stacked)
    return last
