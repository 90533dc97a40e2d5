import jax
import jax.numpy as jnp
import optax


def forward_bf16(params, x):
    rounded, x = jax.tree.map(lambda leaf: leaf.astype(jnp.bfloat16), (params, x))
    hidden = jnp.tanh(x @ rounded["fc1"]["kernel"] + params["fc1"]["bias"]).astype(jnp.bfloat16)
    return rounded["scale"] * (hidden @ rounded["fc2"]["kernel"] + rounded["fc2"]["bias"])


def cross_entropy(logits, labels):
    return optax.softmax_cross_entropy_with_integer_labels(logits.astype(jnp.float32), labels).mean()


def master_step(tx, master, state, grads):
    grads = jax.tree.map(lambda g: g.astype(jnp.float32), grads)
    updates, state = tx.update(grads, state, master)
    master = optax.apply_updates(master, updates)
    return master, state, jax.tree.map(lambda p: p.astype(jnp.bfloat16), master)
