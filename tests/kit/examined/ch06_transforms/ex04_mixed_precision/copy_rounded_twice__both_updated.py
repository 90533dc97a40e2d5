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
    p = jax.tree.map(lambda a: a.astype(jnp.bfloat16), params)
    x = x.astype(jnp.bfloat16)
    h = jnp.tanh(x @ p["fc1"]["kernel"] + p["fc1"]["bias"])
    return p["scale"] * (h @ p["fc2"]["kernel"] + p["fc2"]["bias"])


def cross_entropy(logits: jax.Array, labels: jax.Array) -> jax.Array:
    """The mean loss over the batch, computed in float32: a float32 ().

    logits: bfloat16 (batch, classes), large or small; labels: int32 (batch,).
    Must also work under jax.jit.
    """
    losses = optax.softmax_cross_entropy_with_integer_labels(logits.astype(jnp.float32), labels)
    return losses.mean()


def master_step(tx: optax.GradientTransformation, master: Any, state: Any, grads: Any) -> tuple[Any, Any, Any]:
    """One step with grads, as `torch_master_step` takes it.

    tx: may need the params for its update, as weight decay does.
    master: the weights, any tree of float32 arrays; state: `tx.init(master)`,
        or what the step before returned. Neither may change.
    grads: a tree like master, in bfloat16; tx must get them in float32.
    Returns (new master, new state of tx, new copy); the new copy is the new
    master in bfloat16. Must also work under jax.jit.
    """
    grads = jax.tree.map(lambda g: g.astype(jnp.float32), grads)
    updates, state = tx.update(grads, state, master)
    copy = jax.tree.map(lambda m: m.astype(jnp.bfloat16), master)
    return optax.apply_updates(master, updates), state, optax.apply_updates(copy, updates)
