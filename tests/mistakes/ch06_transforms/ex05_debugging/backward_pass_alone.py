"""`nan_source` looks for NaNs in the backward pass alone: for one of the
forward pass it names an operation that came later, or returns None. Usually
`jax.vjp` or the loss is called before `with jax.debug_nans(True):`, which
resembles PyTorch's anomaly mode. Compute the whole gradient there,
`jax.grad(loss_fn)`.
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
    loss, backward = jax.vjp(lambda params: loss_fn(params, x), params)
    try:
        with jax.debug_nans(True):
            backward(jnp.ones_like(loss))
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
