"""Only the kernels are rounded; each bias is added in float32, before the
output of the layer is rounded.
"""

from typing import Any

import jax
import jax.numpy as jnp
import optax


def forward_bf16(params: Any, x: jax.Array) -> jax.Array:
    def dense(layer, x):
        y = x @ layer["kernel"].astype(jnp.bfloat16) + layer["bias"]
        return y.astype(jnp.bfloat16)

    h = jnp.tanh(dense(params["fc1"], x.astype(jnp.bfloat16)))
    return params["scale"].astype(jnp.bfloat16) * dense(params["fc2"], h)


def cross_entropy(logits: jax.Array, labels: jax.Array) -> jax.Array:
    logits = logits.astype(jnp.float32)
    return optax.softmax_cross_entropy_with_integer_labels(logits, labels).mean()


def master_step(tx: optax.GradientTransformation, master: Any, state: Any, grads: Any) -> tuple[Any, Any, Any]:
    grads = jax.tree.map(lambda g: g.astype(jnp.float32), grads)
    updates, state = tx.update(grads, state, master)
    master = optax.apply_updates(master, updates)
    copy = jax.tree.map(lambda p: p.astype(jnp.bfloat16), master)
    return master, state, copy
