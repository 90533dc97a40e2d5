"""After a NaN, `jax_debug_nans` stays on for the whole process. Usually it is
set back behind the call that raises, and that line is not reached. Use `with
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
    try:
        with jax.debug_nans(True):  # it looks whatever ran before
            jax.grad(loss_fn)(params, x)
        jax.config.update("jax_debug_nans", before)
    except FloatingPointError as error:
        return str(error)
    return None


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
