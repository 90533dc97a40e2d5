"""`stack` raises an error for a leaf without axes, such as a scale. Usually the
new axis is made by `leaf[None, :]`, where the colon asks for an axis that it
lacks, or `jnp.concatenate` received the leaf as it is. `jnp.stack(leaves)`
takes leaves of any shape; so does `leaf[None]`.
"""

import jax
import jax.numpy as jnp


def stack(params):
    blocks = [params[f"blocks_{i}"] for i in range(len(params))]
    return jax.tree.map(lambda *leaves: jnp.concatenate([leaf[None, :] for leaf in leaves]), *blocks)


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
