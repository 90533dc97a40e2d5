"""stack copies the layers into buffers of jnp.zeros with the default dtype, so
bfloat16, float16 or integer leaves come back as float32.
"""

from collections.abc import Callable
from typing import Any

import jax
import jax.numpy as jnp


def stack(params: dict[str, Any]) -> Any:
    layers = len(params)

    def empty(leaf):
        return jnp.zeros((layers, *leaf.shape))

    stacked = jax.tree.map(empty, params["blocks_0"])
    for i in range(layers):
        stacked = jax.tree.map(lambda buffer, leaf, i=i: buffer.at[i].set(leaf), stacked, params[f"blocks_{i}"])
    return stacked


def forward_scan(block: Callable[[Any, jax.Array], jax.Array], stacked: Any, x: jax.Array) -> tuple[jax.Array, jax.Array]:
    def step(h, p):
        h = block(p, h)
        return h, h

    return jax.lax.scan(step, x, stacked)


def forward_remat(block: Callable[[Any, jax.Array], jax.Array], stacked: Any, x: jax.Array) -> jax.Array:
    light = jax.checkpoint(block)
    last, _ = jax.lax.scan(lambda h, p: (light(p, h), None), x, stacked)
    return last
