"""`forward_remat` leaves out the last blocks where the number of layers is not
a multiple of something. Usually the layers are put in groups of equal size, and
those that do not fill a group are cut off. A scan over all layers, with
`jax.checkpoint` around each block, needs no groups.
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
    block = jax.checkpoint(block)
    layers = len(jax.tree.leaves(stacked)[0])
    size = int(layers**0.5)
    count = layers // size * size

    def step(x, params):
        return block(params, x), None

    @jax.checkpoint
    def group(x, params):
        return jax.lax.scan(step, x, params)[0], None

    grouped = jax.tree.map(lambda leaf: leaf[:count].reshape(-1, size, *leaf.shape[1:]), stacked)
    return jax.lax.scan(group, x, grouped)[0]
