"""`checked` waits for an exception of f, as one would in PyTorch. JAX raises
none for an index out of range or a NaN, and a `checkify.check` in a function
that was not given to `checkify.checkify` cannot be compiled. Make
`jax.jit(checkify.checkify(f, errors=...))`, and return `error.get()`.
"""

import jax
import jax.numpy as jnp


def forward(params, x):
    h = jnp.tanh(x @ params["fc1"]["kernel"] + params["fc1"]["bias"])
    jax.debug.print("fc1 {}", jnp.abs(h).mean())
    y = h @ params["fc2"]["kernel"] + params["fc2"]["bias"]
    jax.debug.print("fc2 {}", jnp.abs(y).mean())
    return y


def nan_source(loss_fn, params, x):
    try:
        with jax.debug_nans(True):
            jax.grad(loss_fn)(params, x)
    except FloatingPointError as error:
        return str(error)
    return None


def checked(f):
    compiled = jax.jit(f)

    def run(*args):
        try:
            return None, compiled(*args)
        except (IndexError, ValueError, FloatingPointError) as error:
            return str(error), None

    return run


def leaks(f, x):
    try:
        with jax.checking_leaks():
            jax.jit(f)(x)
    except Exception:
        return True
    return False
