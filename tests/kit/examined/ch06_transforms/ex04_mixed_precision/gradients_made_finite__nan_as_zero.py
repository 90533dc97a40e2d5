from typing import Any

import jax
import jax.numpy as jnp
import optax


def forward_bf16(params: Any, x: jax.Array) -> jax.Array:
    p = jax.tree.map(lambda a: a.astype(jnp.bfloat16), params)
    h = x.astype(jnp.bfloat16) @ p["fc1"]["kernel"] + p["fc1"]["bias"]
    h = jnp.tanh(h)
    logits = h @ p["fc2"]["kernel"] + p["fc2"]["bias"]
    return (p["scale"] * logits).astype(jnp.bfloat16)


def cross_entropy(logits: jax.Array, labels: jax.Array) -> jax.Array:
    losses = optax.softmax_cross_entropy_with_integer_labels(logits.astype(jnp.float32), labels)
    return losses.mean()


def master_step(tx: optax.GradientTransformation, master: Any, state: Any, grads: Any) -> tuple[Any, Any, Any]:
    grads32 = jax.tree.map(lambda g: jnp.where(jnp.isnan(g), 0, g).astype(jnp.float32), grads)
    updates, new_state = tx.update(grads32, state, master)
    new_master = optax.apply_updates(master, updates)
    copy = jax.tree.map(lambda m: m.astype(jnp.bfloat16), new_master)
    return new_master, new_state, copy
