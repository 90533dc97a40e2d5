import jax
import jax.numpy as jnp


def safe_norm(x: jax.Array) -> jax.Array:
    """The Euclidean norm of x, float32 (n,), as float32 (). Its gradient at the
    zero vector is zero, as in PyTorch. Vectors as short as 1e-10 have their own
    norm and gradient.
    """
    squares = jnp.sum(x * x)
    zero = squares == 0
    return jnp.where(zero, 0.0, jnp.sqrt(jnp.where(zero, 1.0, squares)))


def l1(w: jax.Array) -> jax.Array:
    """The sum of the absolute values of w, float32 of any shape, as float32 ().
    Its gradient is 0 where w is 0, as in PyTorch, and -1 or 1 everywhere else,
    even where w is as small as 1e-37.
    """
    return jnp.sum(jnp.where(w > 0, w, 0.0) + jnp.where(jnp.signbit(w), -w, 0.0))


def masked_log(x: jax.Array, mask: jax.Array) -> jax.Array:
    """log(x) where mask is True, 0 elsewhere. Its gradient is 1 / x where mask
    is True, 0 elsewhere.

    x: float32 of any shape, positive where mask is True, even as small as
    1e-20. Elsewhere it holds anything, even positive numbers, inf and nan.
    mask: bool, of the same shape.
    """
    return jnp.where(mask, jnp.log(jnp.where(mask, x, 1.0)), 0.0)
