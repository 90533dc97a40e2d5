"""What runs beside the learner's code for 4.7 freeze_and_ema."""

from functools import partial
from typing import Any

import jax
import optax


def adamw() -> optax.GradientTransformation:
    """An optimizer that moves weights even where the gradient is zero."""
    return optax.adamw(0.05, weight_decay=0.1)


def sgd() -> optax.GradientTransformation:
    """An optimizer that goes on moving when the gradient has become zero."""
    return optax.sgd(0.1, momentum=0.9)


def clipped_sgd() -> optax.GradientTransformation:
    """An optimizer that looks at the gradients of all layers together."""
    return optax.chain(optax.clip_by_global_norm(1.0), sgd())


def noisy_sgd() -> optax.GradientTransformation:
    """An optimizer that moves all weights that it is shown, whatever they and
    their gradients are.
    """
    return optax.chain(sgd(), optax.add_noise(0.1, 0.55, 0))


def steps(tx: Any, params: Any, all_grads: list, others: tuple = ()) -> Any:
    """The params after one step with each of these gradients; tx begins with
    others too, before and after.
    """

    @jax.jit
    def step(grads: Any, state: Any, params: Any) -> tuple[Any, Any]:
        updates, state = tx.update(grads, state, params)
        return optax.apply_updates(params, updates), state

    state = [tx.init(each) for each in (*others, params, *others)][len(others)]
    for grads in all_grads:
        params, state = step(grads, state, params)
    return params


@partial(jax.jit, donate_argnums=0)
def donating_step(params: Any) -> Any:
    """New params, in the memory of the old ones."""
    return jax.tree.map(lambda p: 2 * p, params)
