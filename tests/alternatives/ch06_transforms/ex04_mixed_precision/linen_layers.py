"""A module with dtype=jnp.bfloat16; one-hot labels; optax's own casts."""

import flax.linen as nn
import jax
import jax.numpy as jnp
import optax


class Net(nn.Module):
    hidden: int
    classes: int

    @nn.compact
    def __call__(self, x):
        x = nn.tanh(nn.Dense(self.hidden, dtype=jnp.bfloat16, name="fc1")(x))
        x = nn.Dense(self.classes, dtype=jnp.bfloat16, name="fc2")(x)
        scale = self.param("scale", nn.initializers.ones, ())
        return x * scale.astype(x.dtype)


def forward_bf16(params, x):
    hidden, classes = params["fc2"]["kernel"].shape
    return Net(hidden, classes).apply({"params": params}, x)


def cross_entropy(logits, labels):
    targets = jax.nn.one_hot(labels, logits.shape[-1])
    return optax.softmax_cross_entropy(logits.astype(jnp.float32), targets).mean()


def master_step(tx, master, state, grads):
    updates, state = tx.update(optax.tree.cast(grads, jnp.float32), state, master)
    master = optax.apply_updates(master, updates)
    return master, state, optax.tree.cast(master, jnp.bfloat16)
