"""Casts go down into dicts only: a list in the master has no astype."""

from typing import Any

import jax
import jax.numpy as jnp
import optax


def forward_bf16(params: Any, x: jax.Array) -> jax.Array:
    """The logits of `torch_forward_bf16`: bfloat16 (batch, classes).

    Round the input, the output and the params of each layer to bfloat16.
    `scale` itself may be rounded or not; the logits must be bfloat16.

    params: float32, {"fc1": {"kernel" (in_dim, hidden), "bias" (hidden,)},
        "fc2": {"kernel" (hidden, classes), "bias" (classes,)}, "scale" ()}.
        Gradients with respect to params are float32. They stay as they are.
    x: float32 (batch, in_dim).
    Must also work under jax.grad and jax.jit.
    """
    params, x = jax.tree.map(lambda leaf: leaf.astype(jnp.bfloat16), (params, x))
    hidden = jnp.tanh(x @ params["fc1"]["kernel"] + params["fc1"]["bias"])
    return params["scale"] * (hidden @ params["fc2"]["kernel"] + params["fc2"]["bias"])


def cross_entropy(logits: jax.Array, labels: jax.Array) -> jax.Array:
    """The mean loss over the batch, computed in float32: a float32 ().

    logits: bfloat16 (batch, classes), large or small; labels: int32 (batch,).
    Must also work under jax.jit.
    """
    return optax.softmax_cross_entropy_with_integer_labels(logits.astype(jnp.float32), labels).mean()


def cast(tree, dtype):
    if isinstance(tree, dict):
        return {k: cast(v, dtype) for k, v in tree.items()}
    return tree.astype(dtype)


def master_step(tx, master, state, grads):
    updates, state = tx.update(cast(grads, jnp.float32), state, master)
    master = optax.apply_updates(master, updates)
    return master, state, cast(master, jnp.bfloat16)
