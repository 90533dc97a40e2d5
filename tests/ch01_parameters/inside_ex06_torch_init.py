"""What runs beside the learner's code for 1.6 torch_init."""

from typing import Any

import jax


def reuses_a_key(draw: Any, key: jax.Array, *sizes: int) -> bool:
    """Whether `draw` uses a key that it has used before, according to JAX's own
    checker.
    """
    try:
        with jax.debug_key_reuse(True):
            draw(key, *sizes)
    except jax.errors.KeyReuseError:
        return True
    return False
