import jax
import jax.numpy as jnp
from jax.experimental import checkify


def forward(params, x):
    h = jnp.tanh(x @ params["fc1"]["kernel"] + params["fc1"]["bias"])
    jax.debug.print("fc1 {:.6f}", jnp.abs(h).mean(), ordered=True)
    y = h @ params["fc2"]["kernel"] + params["fc2"]["bias"]
    jax.debug.print("fc2 {:.6f}", jnp.abs(y).mean(), ordered=True)
    return y


def nan_source(loss_fn, params, x):
    try:
        with jax.debug_nans(True):
            jax.block_until_ready(jax.grad(loss_fn)(params, x))
    except FloatingPointError as error:
        if "invalid value (" not in str(error):
            raise
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
    with jax.checking_leaks():
        try:
            jax.jit(f).lower(x)
        except Exception:
            return True
    return False
