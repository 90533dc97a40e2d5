from pathlib import Path
from typing import Any

import jax
import jax.numpy as jnp
from flax import serialization


def _plain(state):
    return {**state, "key": jax.random.key_data(state["key"])}


def _check(want, have):
    if jax.tree.structure(want) != jax.tree.structure(have):
        raise ValueError("other layers")
    for a, b in zip(jax.tree.leaves(want), jax.tree.leaves(have), strict=False):
        if jnp.shape(a) != jnp.shape(b):
            raise ValueError("other shapes")


def save(path: str, state: dict[str, Any]) -> None:
    Path(path).write_bytes(serialization.to_bytes(_plain(state)))


def restore(path: str, template: dict[str, Any]) -> dict[str, Any]:
    data = Path(path).read_bytes()
    _check(serialization.to_state_dict(_plain(template)), serialization.msgpack_restore(data))
    state = jax.tree.map(jnp.array, serialization.from_bytes(_plain(template), data))
    return {**template, "params": state["params"], "step": state["step"], "key": jax.random.wrap_key_data(state["key"])}
