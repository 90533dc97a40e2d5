"""The call of run raises an error: `error.get()` is asked for inside of the
compiled function, where the error has no value yet. Return the error from the
compiled function, and ask it outside.
"""

import jax
import jax.numpy as jnp
from jax.experimental import checkify


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
    function = checkify.checkify(f, errors=checkify.index_checks | checkify.nan_checks | checkify.user_checks)

    @jax.jit
    def run(*args):
        error, result = function(*args)
        return error.get(), result

    return run


def leaks(f, x):
    try:
        with jax.checking_leaks():
            jax.jit(f)(x)
    except Exception:
        return True
    return False
