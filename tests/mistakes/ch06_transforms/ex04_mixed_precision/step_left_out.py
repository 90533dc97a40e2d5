"""`master_step` changes nothing where a gradient is infinite. Usually that is a
habit from float16 and its GradScaler, which skips such steps and scales the
loss down. bfloat16 has the range of float32, and `torch_master_step` takes
every step: do so too.
"""

import jax
import jax.numpy as jnp
import optax


def forward_bf16(params, x):

    def dense(p, h):
        return h.astype(jnp.bfloat16) @ p["kernel"].astype(jnp.bfloat16) + p["bias"].astype(jnp.bfloat16)

    h = jnp.tanh(dense(params["fc1"], x))
    return params["scale"].astype(jnp.bfloat16) * dense(params["fc2"], h)


def cross_entropy(logits, labels):
    logits = logits.astype(jnp.float32)
    return optax.softmax_cross_entropy_with_integer_labels(logits, labels).mean()


def master_step(tx, master, state, grads):
    grads = jax.tree.map(lambda g: g.astype(jnp.float32), grads)
    updates, new_state = tx.update(grads, state, master)
    ok = jnp.isfinite(optax.global_norm(grads))
    new_master = optax.apply_updates(master, updates)
    new_master, state = jax.tree.map(lambda n, o: jnp.where(ok, n, o), (new_master, new_state), (master, state))
    return new_master, state, jax.tree.map(lambda m: m.astype(jnp.bfloat16), new_master)
