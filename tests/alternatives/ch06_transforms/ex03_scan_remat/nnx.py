"""NNX's scan and remat, which take functions as well as modules."""

import jax
import jax.numpy as jnp
from flax import nnx


def stack(params):
    blocks = [params[f"blocks_{i}"] for i in range(len(params))]
    return jax.tree.map(lambda *leaves: jnp.stack(leaves), *blocks)


def forward_scan(block, stacked, x):
    @nnx.scan(in_axes=(nnx.Carry, 0), out_axes=(nnx.Carry, 0))
    def run(x, params):
        x = block(params, x)
        return x, x

    return run(x, stacked)


def forward_remat(block, stacked, x):
    @nnx.scan(in_axes=(nnx.Carry, 0), out_axes=nnx.Carry)
    @nnx.remat
    def run(x, params):
        return block(params, x)

    return run(x, stacked)
