"""The leaves of the blocks are matched by their places in the dicts. Where a
block has its keys in a different order, different leaves are stacked, or an
error is raised if their shapes differ. Usually that is a zip of the values.
`jax.tree.map` goes by the keys, whatever their order.
"""

import jax
import jax.numpy as jnp


def join(trees):
    if not isinstance(trees[0], dict):
        return jnp.stack(trees)
    values = zip(*(tree.values() for tree in trees), strict=True)
    return {name: join(layer) for name, layer in zip(trees[0], values, strict=True)}


def stack(params):
    return join([params[f"blocks_{i}"] for i in range(len(params))])


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
