"""stack indexes each leaf with [None, :] before it concatenates, which raises
an error for leaves of shape (), such as the scale of a block.
"""

from collections.abc import Callable
from typing import Any

import jax
import jax.numpy as jnp


def stack(params: dict[str, Any]) -> Any:
    def join(*leaves):
        return jnp.concatenate([leaf[None, :] for leaf in leaves], axis=0)

    return jax.tree.map(join, *[params["blocks_" + str(i)] for i in range(len(params))])


def forward_scan(block: Callable[[Any, jax.Array], jax.Array], stacked: Any, x: jax.Array) -> tuple[jax.Array, jax.Array]:
    def step(h, p):
        h = block(p, h)
        return h, h

    return jax.lax.scan(step, x, stacked)


def forward_remat(block: Callable[[Any, jax.Array], jax.Array], stacked: Any, x: jax.Array) -> jax.Array:
    @jax.remat
    def step(h, p):
        return block(p, h), None

    return jax.lax.scan(step, x, stacked)[0]
