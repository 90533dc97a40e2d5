"""The blocks run from the last to the first. Usually that is `reverse=True`, or
a flipped first axis. A scan goes through the first axis of stacked from its
beginning, where blocks_0 is.
"""

import jax
import jax.numpy as jnp


def forward_scan(block, stacked, x):
    def step(x, params):
        x = block(params, x)
        return x, x

    return jax.lax.scan(step, x, stacked, reverse=True)


def forward_remat(block, stacked, x):
    block = jax.checkpoint(block)

    def step(x, params):
        return block(params, x), None

    return jax.lax.scan(step, x, stacked, reverse=True)[0]


def stack(params):
    blocks = [params[f"blocks_{i}"] for i in range(len(params))]
    return jax.tree.map(lambda *leaves: jnp.stack(leaves), *blocks)
