import jax
import jax.numpy as jnp
import optax


def forward_bf16(params, x):
    fc2 = jax.tree.map(lambda leaf: leaf.astype(jnp.bfloat16), params["fc2"])
    hidden = jnp.tanh(x @ params["fc1"]["kernel"] + params["fc1"]["bias"]).astype(jnp.bfloat16)
    return params["scale"].astype(jnp.bfloat16) * (hidden @ fc2["kernel"] + fc2["bias"])


def cross_entropy(logits, labels):
    return optax.softmax_cross_entropy_with_integer_labels(logits.astype(jnp.float32), labels).mean()


def master_step(tx, master, state, grads):
    grads = jax.tree.map(lambda g: g.astype(jnp.float32), grads)
    updates, state = tx.update(grads, state, master)
    master = optax.apply_updates(master, updates)
    return (master, state, jax.tree.map(lambda p: p.astype(jnp.bfloat16), master))
