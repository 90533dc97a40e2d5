"""The backward pass runs all blocks again and keeps everything that they
compute. Usually `jax.checkpoint` is around the whole scan: between the passes
nothing is kept, and then all of it at once. Put it around one block.
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
    @jax.checkpoint
    def forward(stacked, x):
        return forward_scan(block, stacked, x)[0]

    return forward(stacked, x)
