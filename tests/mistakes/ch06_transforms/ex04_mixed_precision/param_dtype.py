"""The logits are those of float32. A Dense without dtype computes in what its
input and its params promote to, here float32. param_dtype is the dtype of the
params that `init` makes, and these are given. `dtype=jnp.bfloat16` makes it
compute in bfloat16.
"""

import flax.linen as nn
import jax
import jax.numpy as jnp
import optax


def forward_bf16(params, x):
    hidden, classes = params["fc2"]["kernel"].shape
    fc1 = nn.Dense(hidden, param_dtype=jnp.bfloat16)
    fc2 = nn.Dense(classes, param_dtype=jnp.bfloat16)
    x = nn.tanh(fc1.apply({"params": params["fc1"]}, x))
    logits = fc2.apply({"params": params["fc2"]}, x)
    return params["scale"] * logits


def cross_entropy(logits, labels):
    return optax.softmax_cross_entropy_with_integer_labels(logits.astype(jnp.float32), labels).mean()


def master_step(tx, master, state, grads):
    grads = jax.tree.map(lambda g: g.astype(jnp.float32), grads)
    updates, state = tx.update(grads, state, master)
    master = optax.apply_updates(master, updates)
    return master, state, jax.tree.map(lambda p: p.astype(jnp.bfloat16), master)
