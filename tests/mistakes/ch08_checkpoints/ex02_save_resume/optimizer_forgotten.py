"""The optimizer's state that came back is the template's. AdamW begins with
empty moments again, and the schedule, whose count is in opt_state too, with its
first learning rate: the loss jumps. Usually opt_state was not saved, or
`restore` does not use it. Save it, and put its numbers into the template's
containers.
"""

import jax
import jax.numpy as jnp
from flax import serialization


def save(path, state):
    kept = {"params": state["params"], "step": state["step"], "key": jax.random.key_data(state["key"])}
    with open(path, "wb") as file:
        file.write(serialization.to_bytes(kept))


def restore(path, template):
    with open(path, "rb") as file:
        data = file.read()
    kept = {name: template[name] for name in ("params", "step")} | {"key": jax.random.key_data(template["key"])}
    if jax.tree.map(jnp.shape, serialization.msgpack_restore(data)) != jax.tree.map(jnp.shape, kept):
        raise ValueError(f"{path} is not a state like the template")
    kept = jax.tree.map(jnp.asarray, serialization.from_bytes(kept, data))
    return {**template, **kept, "key": jax.random.wrap_key_data(kept["key"])}
