import jax
import jax.numpy as jnp
from flax.traverse_util import flatten_dict, unflatten_dict


def stack(params):
    blocks = [flatten_dict(params[f"blocks_{i}"]) for i in range(len(params))]
    columns = zip(*(block.values() for block in blocks), strict=True)
    return unflatten_dict(dict(zip(blocks[0], map(jnp.stack, columns), strict=True)))


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
