"""What runs beside the learner's code for 3.1 key_streams."""

from collections.abc import Callable
from typing import Any

import jax
import jax.numpy as jnp


def reuses_a_key(draw: Callable, key: jax.Array, *args: Any) -> bool:
    """Whether `draw` uses a key that it has used before, as JAX's own checker sees it when it traces `draw`."""
    try:
        with jax.debug_key_reuse(True):
            jax.eval_shape(lambda key: draw(key, *args), key)  # nothing is compiled
    except jax.errors.KeyReuseError:
        return True
    except jax.errors.ConcretizationTypeError:  # another matter, and another check's
        return False
    return False


def noise_at(key_at: Callable, key: jax.Array, steps: list[int], n: int) -> jax.Array:
    """(len(steps), n): normal numbers drawn with the key of each step."""
    return jnp.stack([jax.random.normal(key_at(key, step), (n,)) for step in steps])
