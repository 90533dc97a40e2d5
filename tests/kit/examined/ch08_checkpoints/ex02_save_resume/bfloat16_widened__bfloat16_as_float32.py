"""save writes bfloat16 arrays as float32, and they come back as float32."""

from pathlib import Path
from typing import Any

import jax
import jax.numpy as jnp
from flax import serialization


def save(path: str, state: dict[str, Any]) -> None:
    """Writes `state` to `path`, over what an earlier call wrote there.

    path: a path in the working directory, such as "checkpoint" or "run.2".
        Other paths keep what was written there. Files are all that is left for
        a later program: the checks copy them to a different folder and restore
        from there.
    state: {"params", "opt_state", "step", "key"}, not changed. "params" is a
        dict of dicts, "opt_state" what `tx.init` or `tx.update` returned,
        "step" int32 (), and "key" a typed key (), of the default kind that
        `jax.random.key(seed)` makes. The other arrays may have any dtype,
        including bfloat16.
    """
    numbers = {**state, "key": jax.random.key_data(state["key"])}
    numbers = jax.tree.map(lambda a: a.astype(jnp.float32) if a.dtype == jnp.bfloat16 else a, numbers)
    Path(path).write_bytes(serialization.to_bytes(numbers))


def restore(path: str, template: dict[str, Any]) -> dict[str, Any]:
    """The state that was saved to `path`.

    template: a state of the same structure, shapes and dtypes, not changed.
    Returns a dict like the `state` of `save`: the containers that the optimizer
        made, `jax.Array`s, and a typed key.
    Raises an error, such as ValueError, if the file has other layers than the
        template, or an array of a different shape, even one of equal size.
    """
    numbers = {**template, "key": jax.random.key_data(template["key"])}
    found = serialization.msgpack_restore(Path(path).read_bytes())
    wanted = serialization.to_state_dict(numbers)
    if jax.tree.structure(found) != jax.tree.structure(wanted):
        raise ValueError(f"{path} has other layers than the template")
    for a, b in zip(jax.tree.leaves(found), jax.tree.leaves(wanted), strict=True):
        if jnp.shape(a) != jnp.shape(b):
            raise ValueError(f"{path} has shape {jnp.shape(a)} for {jnp.shape(b)}")
    state = serialization.from_state_dict(numbers, found)
    state = jax.tree.map(jnp.asarray, state)
    return {**state, "key": jax.random.wrap_key_data(state["key"])}
