"""The results of matrix products are kept, and of a block's inside that is as
much as its hidden layer. Usually that is a policy such as `dots_saveable`, a
trade that can be worth it. Here nothing inside was to be kept, which is what
happens without a policy.
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
    block = jax.checkpoint(block, policy=jax.checkpoint_policies.dots_saveable)

    def step(x, params):
        return block(params, x), None

    return jax.lax.scan(step, x, stacked)[0]
