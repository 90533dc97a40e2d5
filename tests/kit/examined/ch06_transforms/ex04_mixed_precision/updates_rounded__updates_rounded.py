"""The updates are rounded to bfloat16 before they are added to the master."""

import jax
import jax.numpy as jnp
import optax


def forward_bf16(params, x):
    params, x = jax.tree.map(lambda a: a.astype(jnp.bfloat16), (params, x))
    h = jnp.tanh(x @ params["fc1"]["kernel"] + params["fc1"]["bias"])
    return params["scale"] * (h @ params["fc2"]["kernel"] + params["fc2"]["bias"])


def cross_entropy(logits, labels):
    return optax.softmax_cross_entropy_with_integer_labels(logits.astype(jnp.float32), labels).mean()


def master_step(tx, master, state, grads):
    grads = jax.tree.map(lambda g: g.astype(jnp.float32), grads)
    updates, state = tx.update(grads, state, master)
    master = jax.tree.map(lambda p, u: p + u.astype(jnp.bfloat16), master, updates)
    return master, state, jax.tree.map(lambda p: p.astype(jnp.bfloat16), master)
