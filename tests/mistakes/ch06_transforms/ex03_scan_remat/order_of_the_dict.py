"""The layers are stacked in the order of the dict's keys. Sorted as text, as
jax.tree.map and jax.jit return them, blocks_10 comes before blocks_2, and no
error is raised. Ask for blocks_0, blocks_1 and so on by name.
"""

import jax
import jax.numpy as jnp


def stack(params):
    return jax.tree.map(lambda *leaves: jnp.stack(leaves), *params.values())


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
