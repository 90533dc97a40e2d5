import jax
import jax.numpy as jnp
import optax


def forward_bf16(params, x):
    def dense(layer, x):
        y = x.astype(jnp.bfloat16) @ layer["kernel"].astype(jnp.bfloat16) + layer["bias"]
        return y.astype(jnp.bfloat16)

    return params["scale"].astype(jnp.bfloat16) * dense(params["fc2"], jnp.tanh(dense(params["fc1"], x)))


def cross_entropy(logits, labels):
    return optax.softmax_cross_entropy_with_integer_labels(logits.astype(jnp.float32), labels).mean()


def master_step(tx, master, state, grads):
    grads = jax.tree.map(lambda g: g.astype(jnp.float32), grads)
    updates, state = tx.update(grads, state, master)
    master = optax.apply_updates(master, updates)
    return master, state, jax.tree.map(lambda p: p.astype(jnp.bfloat16), master)
