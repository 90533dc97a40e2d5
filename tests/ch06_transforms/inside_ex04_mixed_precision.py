"""What runs beside the learner's code for 6.4 mixed_precision."""

from typing import Any

import jax
import optax


def gradient(forward: Any, params: Any, x: jax.Array, cotangent: jax.Array) -> Any:
    """Under jax.jit, the gradient in params of the sum of the outputs of
    `forward`, times the cotangent.
    """

    @jax.jit
    def run(params: Any, x: jax.Array, cotangent: jax.Array) -> Any:
        logits, pullback = jax.vjp(lambda params: forward(params, x), params)
        return pullback(cotangent.astype(logits.dtype))[0]

    return run(params, x, cotangent)


def adamw(lr: float, decay: float) -> optax.GradientTransformation:
    """An optimizer that squares gradients and has a state; its update is
    compiled.
    """
    tx = optax.adamw(lr, weight_decay=decay)
    return optax.GradientTransformation(tx.init, jax.jit(tx.update))


def sgd(lr: float, decay: float) -> optax.GradientTransformation:
    """SGD with momentum, whose weight decay needs the params; its update is
    compiled.
    """
    tx = optax.chain(optax.add_decayed_weights(decay), optax.sgd(lr, momentum=0.9))
    return optax.GradientTransformation(tx.init, jax.jit(tx.update))


def small_steps(master_step: Any, master: Any, grads: Any, lr: float, steps: int) -> tuple[Any, Any]:
    """(master, copy) after so many steps of SGD with the same gradients, under
    jax.jit.
    """
    tx = optax.sgd(lr)
    step = jax.jit(lambda master, state, grads: master_step(tx, master, state, grads))
    state = tx.init(master)
    for _ in range(steps):
        master, state, copy = step(master, state, grads)
    return master, copy
