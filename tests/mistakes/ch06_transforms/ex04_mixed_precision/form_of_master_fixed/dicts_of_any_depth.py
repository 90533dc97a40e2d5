import jax
import jax.numpy as jnp
import optax


def forward_bf16(params, x):
    params, x = jax.tree.map(lambda leaf: leaf.astype(jnp.bfloat16), (params, x))
    hidden = jnp.tanh(x @ params["fc1"]["kernel"] + params["fc1"]["bias"])
    return params["scale"] * (hidden @ params["fc2"]["kernel"] + params["fc2"]["bias"])


def cross_entropy(logits, labels):
    return optax.softmax_cross_entropy_with_integer_labels(logits.astype(jnp.float32), labels).mean()


def cast(tree, dtype):
    if isinstance(tree, dict):
        return {name: cast(inner, dtype) for name, inner in tree.items()}
    return tree.astype(dtype)


def master_step(tx, master, state, grads):
    updates, state = tx.update(cast(grads, jnp.float32), state, master)
    master = optax.apply_updates(master, updates)
    return master, state, cast(master, jnp.bfloat16)
