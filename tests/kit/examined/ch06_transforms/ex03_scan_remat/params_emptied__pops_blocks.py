"""stack pops the blocks out of the params that it is given, which must not
change.
"""

from collections.abc import Callable
from typing import Any

import jax
import jax.numpy as jnp


def stack(params: dict[str, Any]) -> Any:
    blocks = []
    while params:
        blocks.append(params.pop(f"blocks_{len(blocks)}"))
    return jax.tree.map(lambda *leaves: jnp.stack(leaves), *blocks)


def forward_scan(block: Callable[[Any, jax.Array], jax.Array], stacked: Any, x: jax.Array) -> tuple[jax.Array, jax.Array]:
    def step(h, p):
        h = block(p, h)
        return h, h

    return jax.lax.scan(step, x, stacked)


def forward_remat(block: Callable[[Any, jax.Array], jax.Array], stacked: Any, x: jax.Array) -> jax.Array:
    light = jax.checkpoint(block)
    last, _ = jax.lax.scan(lambda h, p: (light(p, h), None), x, stacked)
    return last
