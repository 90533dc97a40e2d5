import jax
import jax.numpy as jnp
import optax


def cross_entropy(logits, labels):
    exps = jnp.exp(logits.astype(jnp.float32))
    return -jnp.log(exps[jnp.arange(len(labels)), labels] / exps.sum(axis=-1)).mean()


def forward_bf16(params, x):
    params, x = jax.tree.map(lambda leaf: leaf.astype(jnp.bfloat16), (params, x))
    hidden = jnp.tanh(x @ params["fc1"]["kernel"] + params["fc1"]["bias"])
    return params["scale"] * (hidden @ params["fc2"]["kernel"] + params["fc2"]["bias"])


def master_step(tx, master, state, grads):
    grads = jax.tree.map(lambda g: g.astype(jnp.float32), grads)
    updates, state = tx.update(grads, state, master)
    master = optax.apply_updates(master, updates)
    return (master, state, jax.tree.map(lambda p: p.astype(jnp.bfloat16), master))
