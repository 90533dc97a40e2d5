import jax
import jax.numpy as jnp


def stack(params):
    count = len(params)
    stacked = jax.tree.map(lambda leaf: leaf[None], params.pop("blocks_0"))
    for i in range(1, count):
        stacked = jax.tree.map(lambda whole, leaf: jnp.append(whole, leaf[None], axis=0), stacked, params[f"blocks_{i}"])
    return stacked


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
