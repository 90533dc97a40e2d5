import jax
import jax.numpy as jnp
import numpy as np


def stack(params):
    blocks = [params[f"blocks_{i}"] for i in range(len(params))]
    return jax.tree.map(lambda *leaves: jnp.asarray(np.stack(leaves), jnp.float32), *blocks)


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
