"""Alone, the gradient is right; that of a multiple is not. Usually a derivative
is written by hand and ignores the gradient that comes in: the second argument
of the backward function of `jax.custom_vjp`, or the tangent of
`jax.custom_jvp`. Multiply by it, as `backward` of a `torch.autograd.Function`
does with grad_output.
"""

import jax
import jax.numpy as jnp


@jax.custom_vjp
def norm(x):
    return jnp.sqrt(jnp.sum(x**2))


norm.defvjp(lambda x: (norm(x), x), lambda x, g: (x / jnp.where(norm(x) == 0, 1.0, norm(x)),))


def safe_norm(x):
    return norm(x)


def l1(w):
    return jnp.sum(w * jnp.sign(w))


def masked_log(x, mask):
    return jnp.where(mask, jnp.log(jnp.where(mask, x, 1.0)), 0.0)
