"""tx receives the bfloat16 copy as its params. Weight decay is then computed
from rounded weights, where PyTorch's optimizer sees the master. Pass the
master: `tx.update(grads, state, master)`.
"""

import jax
import jax.numpy as jnp
import optax


def master_step(tx, master, state, grads):
    grads = jax.tree.map(lambda g: g.astype(jnp.float32), grads)
    updates, state = tx.update(grads, state, jax.tree.map(lambda p: p.astype(jnp.bfloat16), master))
    master = optax.apply_updates(master, updates)
    return master, state, jax.tree.map(lambda p: p.astype(jnp.bfloat16), master)


def forward_bf16(params, x):
    params, x = jax.tree.map(lambda leaf: leaf.astype(jnp.bfloat16), (params, x))
    hidden = jnp.tanh(x @ params["fc1"]["kernel"] + params["fc1"]["bias"])
    return params["scale"] * (hidden @ params["fc2"]["kernel"] + params["fc2"]["bias"])


def cross_entropy(logits, labels):
    return optax.softmax_cross_entropy_with_integer_labels(logits.astype(jnp.float32), labels).mean()
