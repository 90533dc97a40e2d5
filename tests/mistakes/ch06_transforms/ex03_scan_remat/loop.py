"""The numbers are right, and every block is traced by itself: twelve blocks,
twelve times the program, and under jax.jit the time to compile it. Usually that
is a Python loop. Leave the loop to `jax.lax.scan`; in forward_remat, with
`jax.checkpoint(block)` in its step.
"""

import jax
import jax.numpy as jnp


def stack(params):
    blocks = [params[f"blocks_{i}"] for i in range(len(params))]
    return jax.tree.map(lambda *leaves: jnp.stack(leaves), *blocks)


def forward_scan(block, stacked, x):
    outputs = []
    for i in range(jax.tree.leaves(stacked)[0].shape[0]):
        x = block(jax.tree.map(lambda leaf: leaf[i], stacked), x)
        outputs.append(x)
    return x, jnp.stack(outputs)


def forward_remat(block, stacked, x):
    block = jax.checkpoint(block)

    def step(x, params):
        return block(params, x), None

    return jax.lax.scan(step, x, stacked)[0]
