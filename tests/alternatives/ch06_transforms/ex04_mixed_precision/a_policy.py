"""A forward in float32 with a function around it that casts what goes in; the
cross entropy of one row under vmap.
"""

import jax
import jax.numpy as jnp
import optax


def computed_in(dtype, f):
    """f, with all its arguments cast to dtype."""
    return lambda *args: f(*jax.tree.map(lambda leaf: leaf.astype(dtype), args))


def forward(params, x):
    hidden = jnp.tanh(jnp.einsum("bi,ij->bj", x, params["fc1"]["kernel"]) + params["fc1"]["bias"])
    return params["scale"] * (jnp.einsum("bi,ij->bj", hidden, params["fc2"]["kernel"]) + params["fc2"]["bias"])


forward_bf16 = computed_in(jnp.bfloat16, forward)


def cross_entropy(logits, labels):
    def row(logits, label):
        return -jax.nn.log_softmax(logits)[label]

    return jax.vmap(row)(jnp.float32(logits), labels).mean()


def master_step(tx, master, state, grads):
    def cast(dtype, tree):
        return jax.tree.map(lambda leaf: leaf.astype(dtype), tree)

    updates, state = tx.update(cast(jnp.float32, grads), state, master)
    copy = cast(jnp.bfloat16, new := optax.apply_updates(master, updates))
    return new, state, copy
