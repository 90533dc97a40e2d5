"""Products of bfloat16 that are added up in float32, rounded after each layer;
logsumexp; jitted.
"""

import jax
import jax.numpy as jnp


def linear(layer, x):
    kernel = layer["kernel"].astype(jnp.bfloat16)
    y = jax.lax.dot(x.astype(jnp.bfloat16), kernel, preferred_element_type=jnp.float32)
    return (y + jnp.bfloat16(layer["bias"])).astype(jnp.bfloat16)


@jax.jit
def forward_bf16(params, x):
    logits = linear(params["fc2"], jnp.tanh(linear(params["fc1"], x)))
    return jnp.bfloat16(params["scale"]) * logits


@jax.jit
def cross_entropy(logits, labels):
    logits = logits.astype(jnp.float32)
    chosen = jnp.take_along_axis(logits, labels[:, None], axis=1)[:, 0]
    return jnp.mean(jax.nn.logsumexp(logits, axis=1) - chosen)


def master_step(tx, master, state, grads):
    updates, state = tx.update(jax.tree.map(jnp.float32, grads), state, master)
    master = jax.tree.map(jnp.add, master, updates)
    return master, state, jax.tree.map(jnp.bfloat16, master)
