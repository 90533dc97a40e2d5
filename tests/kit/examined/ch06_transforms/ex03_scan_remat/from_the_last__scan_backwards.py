"""The blocks are gone through from the last to the first (reverse=True)."""

import jax
import jax.numpy as jnp


def stack(params):
    trees = [params[f"blocks_{i}"] for i in range(len(params))]
    return jax.tree.map(lambda *leaves: jnp.stack(leaves), *trees)


def forward_scan(block, stacked, x):
    def step(carry, p):
        y = block(p, carry)
        return y, y

    return jax.lax.scan(step, x, stacked, reverse=True)


def forward_remat(block, stacked, x):
    remat = jax.checkpoint(block)

    def step(carry, p):
        return remat(p, carry), None

    return jax.lax.scan(step, x, stacked)[0]
