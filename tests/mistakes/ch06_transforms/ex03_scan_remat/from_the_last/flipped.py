import jax
import jax.numpy as jnp


def forward_scan(block, stacked, x):
    stacked = jax.tree.map(lambda p: p[::-1], stacked)

    def step(x, params):
        x = block(params, x)
        return x, x

    return jax.lax.scan(step, x, stacked)


def stack(params):
    blocks = [params[f"blocks_{i}"] for i in range(len(params))]
    return jax.tree.map(lambda *leaves: jnp.stack(leaves), *blocks)


def forward_remat(block, stacked, x):
    block = jax.checkpoint(block, prevent_cse=False)

    def step(x, params):
        return (block(params, x), None)

    last, _ = jax.lax.scan(step, x, stacked)
    return last
