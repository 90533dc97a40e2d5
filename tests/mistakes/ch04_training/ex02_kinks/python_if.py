"""Python's `if` asks for the value of the norm. Under `jax.jit` there is no
value yet, only a shape and a dtype, so it raises. `jnp.where` makes the choice
part of the computation.
"""

import jax.numpy as jnp


def safe_norm(x):
    square = jnp.sum(x**2)
    if square == 0:
        return square
    return jnp.sqrt(square)


def l1(w):
    return jnp.sum(w * jnp.sign(w))


def masked_log(x, mask):
    return jnp.where(mask, jnp.log(jnp.where(mask, x, 1.0)), 0.0)
