"""`forward_scan` returns the right outputs, and no gradient flows through those
of all blocks: a loss on them has the gradient zero. Usually they are behind
`jax.lax.stop_gradient`, as a list of records would be behind detach().
TorchStack does not detach them. Return the output of each step as it is.
"""

import jax
import jax.numpy as jnp


def stack(params):
    blocks = [params[f"blocks_{i}"] for i in range(len(params))]
    return jax.tree.map(lambda *leaves: jnp.stack(leaves), *blocks)


def forward_scan(block, stacked, x):
    def step(x, params):
        x = block(params, x)
        return x, jax.lax.stop_gradient(x)

    return jax.lax.scan(step, x, stacked)


def forward_remat(block, stacked, x):
    block = jax.checkpoint(block)

    def step(x, params):
        return block(params, x), None

    return jax.lax.scan(step, x, stacked)[0]
