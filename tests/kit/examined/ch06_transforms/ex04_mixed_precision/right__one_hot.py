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
    one_hot = jax.nn.one_hot(labels, logits.shape[-1])
    return -(one_hot * jax.nn.log_softmax(logits)).sum(-1).mean()


def master_step(tx, master, state, grads):
    grads = jax.tree.map(lambda g: g.astype(jnp.float32), grads)
    updates, state = tx.update(grads, state, master)
    new_master = optax.apply_updates(master, updates)
    return new_master, state, jax.tree.map(lambda m: m.astype(jnp.bfloat16), new_master)
