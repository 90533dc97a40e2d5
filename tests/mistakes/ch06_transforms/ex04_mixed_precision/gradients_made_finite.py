"""`tx` gets finite numbers where a gradient is infinite or NaN. Usually
`jnp.nan_to_num` is to protect the weights, but then training goes on with
gradients that are wrong. Pass `tx` the gradients as they are;
`optax.apply_if_finite` leaves out such steps, and counts them.
"""

import jax
import jax.numpy as jnp
import optax


def forward_bf16(params, x):
    params, x = jax.tree.map(lambda leaf: leaf.astype(jnp.bfloat16), (params, x))
    hidden = jnp.tanh(x @ params["fc1"]["kernel"] + params["fc1"]["bias"])
    return params["scale"] * (hidden @ params["fc2"]["kernel"] + params["fc2"]["bias"])


def cross_entropy(logits, labels):
    return optax.softmax_cross_entropy_with_integer_labels(logits.astype(jnp.float32), labels).mean()


def master_step(tx, master, state, grads):
    grads = jax.tree.map(lambda g: jnp.nan_to_num(g.astype(jnp.float32)), grads)
    updates, state = tx.update(grads, state, master)
    master = optax.apply_updates(master, updates)
    return (master, state, jax.tree.map(lambda p: p.astype(jnp.bfloat16), master))
