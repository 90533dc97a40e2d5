"""`torch.utils.checkpoint.checkpoint(block, x)` calls the block.
`jax.checkpoint` takes the function alone and returns another, which is called
as block is: `jax.checkpoint(block)(params, x)`.
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
    def step(x, params):
        return jax.checkpoint(block, params, x), None

    return jax.lax.scan(step, x, stacked)[0]
