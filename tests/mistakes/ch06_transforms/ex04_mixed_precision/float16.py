"""The results are float16, a different format: it has more digits and nothing
above 65504, so losses must be scaled to keep gradients in its range, as
GradScaler does. bfloat16 has the range of float32: `jnp.bfloat16`.
"""

import jax
import jax.numpy as jnp
import optax


def forward_bf16(params, x):
    params, x = jax.tree.map(lambda leaf: leaf.astype(jnp.float16), (params, x))
    hidden = jnp.tanh(x @ params["fc1"]["kernel"] + params["fc1"]["bias"])
    return params["scale"] * (hidden @ params["fc2"]["kernel"] + params["fc2"]["bias"])


def cross_entropy(logits, labels):
    return optax.softmax_cross_entropy_with_integer_labels(logits.astype(jnp.float32), labels).mean()


def master_step(tx, master, state, grads):
    grads = jax.tree.map(lambda g: g.astype(jnp.float32), grads)
    updates, state = tx.update(grads, state, master)
    master = optax.apply_updates(master, updates)
    return master, state, jax.tree.map(lambda p: p.astype(jnp.bfloat16), master)
