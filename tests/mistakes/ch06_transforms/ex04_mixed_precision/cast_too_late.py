"""The loss, or a part of it, is computed in bfloat16 and made float32
afterwards. The dtype is right then; the digits that were rounded away do not
come back. Cast the logits before anything is computed from them.
"""

import jax
import jax.numpy as jnp
import optax


def forward_bf16(params, x):
    params, x = jax.tree.map(lambda leaf: leaf.astype(jnp.bfloat16), (params, x))
    hidden = jnp.tanh(x @ params["fc1"]["kernel"] + params["fc1"]["bias"])
    return params["scale"] * (hidden @ params["fc2"]["kernel"] + params["fc2"]["bias"])


def cross_entropy(logits, labels):
    loss = optax.softmax_cross_entropy_with_integer_labels(logits, labels).mean()
    return loss.astype(jnp.float32)


def master_step(tx, master, state, grads):
    grads = jax.tree.map(lambda g: g.astype(jnp.float32), grads)
    updates, state = tx.update(grads, state, master)
    master = optax.apply_updates(master, updates)
    return master, state, jax.tree.map(lambda p: p.astype(jnp.bfloat16), master)
