"""`stack` takes blocks out of the `params` that it is given, so its caller no
longer has them. Usually that is `pop`, which removes what it returns. Read with
`params[f"blocks_{i}"]`.
"""

import jax
import jax.numpy as jnp


def stack(params):
    blocks = [params.pop(f"blocks_{i}") for i in range(len(params))]
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
