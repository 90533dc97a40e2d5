"""Each block is run by jax.checkpoint, in a loop of Python's. So they stand in
the program one by one again, and compiling takes longer with every layer. Both
go together: a scan whose step calls `jax.checkpoint(block)`.
"""

import jax
import jax.numpy as jnp


def stack(params):
    blocks = [params[f"blocks_{i}"] for i in range(len(params))]
    return jax.tree.map(lambda *leaves: jnp.stack(leaves), *blocks)


def forward_scan(block, stacked, x):
    def step(x, params):
        x = block(params, x)
        return x, x

    return jax.lax.scan(step, x, stacked)


def forward_remat(block, stacked, x):
    block = jax.checkpoint(block)
    for i in range(stacked["up"]["bias"].shape[0]):
        x = block(jax.tree.map(lambda leaf: leaf[i], stacked), x)
    return x
