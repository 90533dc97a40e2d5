"""It saves only the last number of the key and makes the key again with
jax.random.key(seed): right for a fresh key(seed), wrong for one that came from
split or fold_in.
"""

from pathlib import Path
from typing import Any

import jax
import jax.numpy as jnp
from flax import serialization


def save(path: str, state: dict[str, Any]) -> None:
    seed = jax.random.key_data(state["key"])[-1]
    Path(path).write_bytes(serialization.to_bytes({**state, "key": seed}))


def _check(want, have):
    if jax.tree.structure(want) != jax.tree.structure(have):
        raise ValueError("the file has other layers than the template")
    for a, b in zip(jax.tree.leaves(want), jax.tree.leaves(have), strict=False):
        if a.shape != b.shape:
            raise ValueError(f"shape {b.shape} in the file, {a.shape} in the template")


def restore(path: str, template: dict[str, Any]) -> dict[str, Any]:
    target = {**template, "key": jax.random.key_data(template["key"])[-1]}
    raw = serialization.msgpack_restore(Path(path).read_bytes())
    _check(serialization.to_state_dict(target), raw)
    state = jax.tree.map(jnp.asarray, serialization.from_state_dict(target, raw))
    state["key"] = jax.random.key(state["key"])
    return state
