import jax
import jax.numpy as jnp
import optax


def forward_bf16(params, x):

    def dense(p, h):
        return h.astype(jnp.bfloat16) @ p["kernel"].astype(jnp.bfloat16) + p["bias"].astype(jnp.bfloat16)

    fc1 = params["fc1"]
    h = jnp.matmul(x.astype(jnp.bfloat16), fc1["kernel"].astype(jnp.bfloat16), preferred_element_type=jnp.float32)
    h = jnp.tanh(h + fc1["bias"].astype(jnp.bfloat16))
    return params["scale"].astype(jnp.bfloat16) * dense(params["fc2"], h)


def cross_entropy(logits, labels):
    logits = logits.astype(jnp.float32)
    return optax.softmax_cross_entropy_with_integer_labels(logits, labels).mean()


def master_step(tx, master, state, grads):
    grads = jax.tree.map(lambda g: g.astype(jnp.float32), grads)
    updates, state = tx.update(grads, state, master)
    new_master = optax.apply_updates(master, updates)
    return new_master, state, jax.tree.map(lambda m: m.astype(jnp.bfloat16), new_master)
