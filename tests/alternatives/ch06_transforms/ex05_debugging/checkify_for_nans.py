import jax
import jax.numpy as jnp
from jax.experimental import checkify


def forward(params, x):
    for name in ("fc1", "fc2"):
        x = x @ params[name]["kernel"] + params[name]["bias"]
        x = jnp.tanh(x) if name == "fc1" else x
        jax.debug.print(name + " {mean:.5f}", mean=jnp.mean(jnp.abs(x)))
    return x


def nan_source(loss_fn, params, x):
    error, _ = checkify.checkify(jax.grad(loss_fn), errors=checkify.nan_checks)(params, x)
    return error.get()


def checked(f):
    errors = checkify.index_checks | checkify.float_checks | checkify.user_checks
    function = checkify.checkify(jax.jit(f), errors=errors)

    def run(*args):
        error, result = function(*args)
        return [error.get(), result]

    return run


def leaks(f, x):
    try:
        with jax.checking_leaks():
            jax.make_jaxpr(lambda x: f(x))(x)
        return False
    except Exception:
        return True
