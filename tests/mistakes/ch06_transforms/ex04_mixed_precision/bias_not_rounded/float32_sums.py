import jax
import jax.numpy as jnp
import optax


def forward_bf16(params, x):
    def dense(layer, x):
        kernel = layer["kernel"].astype(jnp.bfloat16)
        return jnp.dot(x.astype(jnp.bfloat16), kernel, preferred_element_type=jnp.float32) + layer["bias"]

    logits = dense(params["fc2"], jnp.tanh(dense(params["fc1"], x)))
    return (params["scale"] * logits).astype(jnp.bfloat16)


def cross_entropy(logits, labels):
    return optax.softmax_cross_entropy_with_integer_labels(logits.astype(jnp.float32), labels).mean()


def master_step(tx, master, state, grads):
    grads = jax.tree.map(lambda g: g.astype(jnp.float32), grads)
    updates, state = tx.update(grads, state, master)
    master = optax.apply_updates(master, updates)
    return master, state, jax.tree.map(lambda p: p.astype(jnp.bfloat16), master)
