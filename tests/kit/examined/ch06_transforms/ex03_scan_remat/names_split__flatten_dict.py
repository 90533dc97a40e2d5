from collections.abc import Callable
from typing import Any

import jax
import jax.numpy as jnp
from flax.traverse_util import flatten_dict, unflatten_dict


def stack(params: dict[str, Any]) -> Any:
    names = sorted(params, key=lambda name: int(name.split("_")[-1]))
    trees = [params[name] for name in names]
    flat = [flatten_dict(tree, sep="/") for tree in trees]
    return unflatten_dict({path: jnp.stack([f[path] for f in flat]) for path in flat[0]}, sep="/")


def forward_scan(block: Callable[[Any, jax.Array], jax.Array], stacked: Any, x: jax.Array) -> tuple[jax.Array, jax.Array]:
    def step(carry, layer):
        y = block(layer, carry)
        return y, y

    return jax.lax.scan(step, x, stacked)


def forward_remat(block: Callable[[Any, jax.Array], jax.Array], stacked: Any, x: jax.Array) -> jax.Array:
    def remat_step(carry, layer):
        return block(layer, carry), None

    last, _ = jax.lax.scan(jax.checkpoint(remat_step), x, stacked)
    return last
