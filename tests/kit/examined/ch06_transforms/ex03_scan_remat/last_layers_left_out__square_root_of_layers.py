from collections.abc import Callable
from typing import Any

import jax
import jax.numpy as jnp


def stack(params: dict[str, Any]) -> Any:
    names = sorted(params, key=lambda name: int(name.split("_")[-1]))
    trees = [params[name] for name in names]
    return jax.tree.map(lambda *leaves: jnp.stack(leaves), *trees)


def forward_scan(block: Callable[[Any, jax.Array], jax.Array], stacked: Any, x: jax.Array) -> tuple[jax.Array, jax.Array]:
    def step(carry, layer):
        y = block(layer, carry)
        return y, y

    return jax.lax.scan(step, x, stacked)


def forward_remat(block: Callable[[Any, jax.Array], jax.Array], stacked: Any, x: jax.Array) -> jax.Array:
    def remat_step(carry, layer):
        return block(layer, carry), None

    layers = len(jax.tree.leaves(stacked)[0])
    size = int(layers**0.5)
    groups = layers // size
    grouped = jax.tree.map(lambda a: a[: groups * size].reshape(groups, size, *a.shape[1:]), stacked)

    def group_step(carry, group):
        return jax.lax.scan(jax.checkpoint(remat_step), carry, group)[0], None

    last, _ = jax.lax.scan(jax.checkpoint(group_step), x, grouped)
    return last
