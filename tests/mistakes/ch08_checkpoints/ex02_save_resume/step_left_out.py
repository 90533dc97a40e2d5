"""The step that came back is the template's, while params, optimizer and key
are the saved ones: the run repeats its first batches. Save the step too.
"""

import jax
import jax.numpy as jnp
from flax import serialization


def save(path, state):
    kept = {"params": state["params"], "opt_state": state["opt_state"], "key": jax.random.key_data(state["key"])}
    with open(path, "wb") as file:
        file.write(serialization.to_bytes(kept))


def restore(path, template):
    with open(path, "rb") as file:
        data = file.read()
    kept = {"params": template["params"], "opt_state": template["opt_state"], "key": jax.random.key_data(template["key"])}
    wanted = jax.tree.map(jnp.shape, serialization.to_state_dict(kept))
    if jax.tree.map(jnp.shape, serialization.msgpack_restore(data)) != wanted:
        raise ValueError(f"{path} is not a state like the template")
    state = jax.tree.map(jnp.asarray, serialization.from_bytes(kept, data))
    return {**state, "step": template["step"], "key": jax.random.wrap_key_data(state["key"])}
