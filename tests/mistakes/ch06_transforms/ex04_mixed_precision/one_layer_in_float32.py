"""The dtype is right, and at least one layer has computed with numbers that
were not rounded. A float32 kernel or input makes the whole product float32.
Round x and all params before the first layer, in one `jax.tree.map`.
"""

import jax
import jax.numpy as jnp
import optax


def forward_bf16(params, x):
    fc1 = jax.tree.map(lambda leaf: leaf.astype(jnp.bfloat16), params["fc1"])
    hidden = jnp.tanh(x.astype(jnp.bfloat16) @ fc1["kernel"] + fc1["bias"])
    logits = hidden @ params["fc2"]["kernel"] + params["fc2"]["bias"]
    return (params["scale"] * logits).astype(jnp.bfloat16)


def cross_entropy(logits, labels):
    return optax.softmax_cross_entropy_with_integer_labels(logits.astype(jnp.float32), labels).mean()


def master_step(tx, master, state, grads):
    grads = jax.tree.map(lambda g: g.astype(jnp.float32), grads)
    updates, state = tx.update(grads, state, master)
    master = optax.apply_updates(master, updates)
    return (master, state, jax.tree.map(lambda p: p.astype(jnp.bfloat16), master))
