"""The layers are in the wrong order from number 100 on: of the number in a
name, only the last two digits count. Take all that follows "blocks_", or count:
`params[f"blocks_{i}"]`.
"""

import jax
import jax.numpy as jnp


def stack(params):
    blocks = [params[name] for name in sorted(params, key=lambda name: int(name[-2:].strip("_")))]
    return jax.tree.map(lambda *leaves: jnp.stack(leaves), *blocks)


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
