"""`forward` prints its lines, but not with three decimals. Usually the number
is rounded in the text, as by `{:.2f}`, or by `{:.3g}`, which counts the digits
before the point too. Print it with `{}` or `{:.4f}`.
"""

import jax
import jax.numpy as jnp
from jax.experimental import checkify


def forward(params, x):
    h = jnp.tanh(x @ params["fc1"]["kernel"] + params["fc1"]["bias"])
    jax.debug.print("fc1 {:.2f}", jnp.abs(h).mean())
    y = h @ params["fc2"]["kernel"] + params["fc2"]["bias"]
    jax.debug.print("fc2 {:.2f}", jnp.abs(y).mean())
    return y


def nan_source(loss_fn, params, x):
    try:
        with jax.debug_nans(True):
            jax.grad(loss_fn)(params, x)
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
