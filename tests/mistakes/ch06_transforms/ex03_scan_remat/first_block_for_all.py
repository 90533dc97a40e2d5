"""Every layer has the params of the first block. Usually the step takes element
0 of stacked. A scan passes each step its own slice of xs: give it stacked as
xs, and use the second argument of the step.
"""

import jax
import jax.numpy as jnp


def forward_scan(block, stacked, x):
    def step(x, params):
        x = block(jax.tree.map(lambda p: p[0], stacked), x)
        return x, x

    return jax.lax.scan(step, x, stacked)


def forward_remat(block, stacked, x):
    block = jax.checkpoint(block)

    def step(x, params):
        return block(jax.tree.map(lambda p: p[0], stacked), x), None

    return jax.lax.scan(step, x, stacked)[0]


def stack(params):
    blocks = [params[f"blocks_{i}"] for i in range(len(params))]
    return jax.tree.map(lambda *leaves: jnp.stack(leaves), *blocks)
