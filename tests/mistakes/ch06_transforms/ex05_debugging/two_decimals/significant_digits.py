import jax
import jax.numpy as jnp
from jax.experimental import checkify

FREE = {"DIGITS": [4]}
DIGITS = 3


def forward(params, x):
    h = jnp.tanh(x @ params["fc1"]["kernel"] + params["fc1"]["bias"])
    jax.debug.print(f"fc1 {{:.{DIGITS}g}}", jnp.abs(h).mean())
    y = h @ params["fc2"]["kernel"] + params["fc2"]["bias"]
    jax.debug.print(f"fc2 {{:.{DIGITS}g}}", jnp.abs(y).mean())
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
