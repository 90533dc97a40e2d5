"""The step is added to the weights in bfloat16, and the float32 master is made
from them: small steps vanish. After workofart/ml-by-hand, pull request 85.
"""

import jax
import jax.numpy as jnp
import optax

BF16 = jnp.bfloat16


def forward_bf16(params, x):
    p = jax.tree.map(lambda a: a.astype(BF16), params)
    h = jnp.tanh(x.astype(BF16) @ p["fc1"]["kernel"] + p["fc1"]["bias"])
    return p["scale"] * (h @ p["fc2"]["kernel"] + p["fc2"]["bias"])


def cross_entropy(logits, labels):
    return optax.softmax_cross_entropy_with_integer_labels(logits.astype(jnp.float32), labels).mean()


def master_step(tx, master, state, grads):
    grads = jax.tree.map(lambda g: g.astype(jnp.float32), grads)
    updates, state = tx.update(grads, state, master)
    copy = jax.tree.map(lambda m, u: m.astype(BF16) + u.astype(BF16), master, updates)
    return jax.tree.map(lambda c: c.astype(jnp.float32), copy), state, copy
