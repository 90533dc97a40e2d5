"""`stack` returns a list of trees. A list does not have an axis: a scan would
slice the first axis of each kernel in it. `jax.tree.map(lambda *leaves:
jnp.stack(leaves), *blocks)` makes one tree of them.
"""

import jax


def stack(params):
    return [params[f"blocks_{i}"] for i in range(len(params))]


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
