"""The scale is not rounded; only what it gives is."""

import jax
import jax.numpy as jnp
import optax


def forward_bf16(params, x):
    layers, x = jax.tree.map(lambda leaf: leaf.astype(jnp.bfloat16), ((params["fc1"], params["fc2"]), x))
    hidden = jnp.tanh(x @ layers[0]["kernel"] + layers[0]["bias"])
    logits = hidden @ layers[1]["kernel"] + layers[1]["bias"]
    return (params["scale"] * logits).astype(jnp.bfloat16)


def cross_entropy(logits, labels):
    return optax.softmax_cross_entropy_with_integer_labels(logits.astype(jnp.float32), labels).mean()


def master_step(tx, master, state, grads):
    grads = jax.tree.map(lambda g: g.astype(jnp.float32), grads)
    updates, state = tx.update(grads, state, master)
    master = optax.apply_updates(master, updates)
    return master, state, jax.tree.map(lambda p: p.astype(jnp.bfloat16), master)
