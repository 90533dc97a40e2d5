from collections.abc import Callable
from typing import Any

import jax
import jax.numpy as jnp
import optax


def accumulate(
    grad_fn: Callable[[Any, jax.Array, jax.Array], Any], params: Any, batches: list[tuple[jax.Array, jax.Array]]
) -> Any:

    total = sum(len(x) for x, _ in batches)
    groups = {}
    for x, y in batches:
        groups.setdefault(len(x), []).append((x, y))
    result = None
    for n, group in groups.items():
        xs, ys = (jnp.stack(arrays) for arrays in zip(*group, strict=True))
        grads = jax.vmap(grad_fn, in_axes=(None, 0, 0))(params, xs, ys)
        part = jax.tree.map(lambda g, n=n: g.sum(axis=0) * (n / total), grads)
        result = part if result is None else jax.tree.map(jnp.add, result, part)
    return result


def step_every(tx: optax.GradientTransformation, k: int) -> Any:
    def init(params):
        zeros = jax.tree.map(jnp.zeros_like, params)
        return {"calls": jnp.zeros((), jnp.int32), "mean": zeros, "inner": tx.init(params)}

    def update(grads, state, params=None):
        calls = state["calls"] + 1
        mean = jax.tree.map(lambda m, g: m + g / k, state["mean"], grads)
        updates, inner = tx.update(mean, state["inner"], params)
        emit = calls == k
        updates = jax.tree.map(lambda u: jnp.where(emit, u, jnp.zeros_like(u)), updates)
        inner = jax.tree.map(lambda new, old: jnp.where(emit, new, old), inner, state["inner"])
        mean = jax.tree.map(lambda m: jnp.where(emit, jnp.zeros_like(m), m), mean)
        return updates, {"calls": jnp.where(emit, 0, calls), "mean": mean, "inner": inner}

    return optax.GradientTransformation(init, update)
