from functools import partial

import jax
import jax.numpy as jnp
from jax.experimental import checkify


def show(name, value):
    print(f"{name} {value:.4f}")


def forward(params, x):
    h = jnp.tanh(x @ params["fc1"]["kernel"] + params["fc1"]["bias"])
    jax.debug.callback(partial(show, "fc1"), jnp.abs(h).mean())
    y = h @ params["fc2"]["kernel"] + params["fc2"]["bias"]
    jax.debug.callback(partial(show, "fc2"), jnp.abs(y).mean())
    return y


def nan_source(loss_fn, params, x):
    value_and_grad = jax.debug_nans(True)(jax.value_and_grad(loss_fn))
    try:
        jax.block_until_ready(value_and_grad(params, x))
    except FloatingPointError as error:
        return repr(error)


def checked(f):
    compiled = jax.jit(checkify.checkify(f, errors=checkify.all_checks))

    def run(*args):
        error, result = compiled(*args)
        try:
            checkify.check_error(error)
        except ValueError as raised:
            return str(raised), None
        return None, result

    return run


def leaks(f, x):
    before = jax.config.jax_check_tracer_leaks
    jax.config.update("jax_check_tracer_leaks", True)
    try:
        jax.eval_shape(f, x)
    except Exception as error:
        return "Leaked" in str(error)
    finally:
        jax.config.update("jax_check_tracer_leaks", before)
    return False
