from collections.abc import Callable
from typing import Any

import jax
import jax.numpy as jnp


def stack(params: dict[str, Any]) -> Any:
    names = sorted(params, key=lambda name: int(name.split("_")[-1]))
    trees = [params[name] for name in names]
    return jax.tree.map(lambda *leaves: jnp.stack(leaves), *trees)


_scans: dict = {}


def forward_scan(block: Callable[[Any, jax.Array], jax.Array], stacked: Any, x: jax.Array) -> tuple[jax.Array, jax.Array]:
    def step(carry, layer):
        y = block(layer, carry)
        return y, y

    if getattr(block, "__name__", "block") not in _scans:
        _scans[getattr(block, "__name__", "block")] = jax.jit(lambda x, stacked: jax.lax.scan(step, x, stacked))
    return _scans[getattr(block, "__name__", "block")](x, stacked)


def forward_remat(block: Callable[[Any, jax.Array], jax.Array], stacked: Any, x: jax.Array) -> jax.Array:
    def remat_step(carry, layer):
        return block(layer, carry), None

    last, _ = jax.lax.scan(jax.checkpoint(remat_step), x, stacked)
    return last
