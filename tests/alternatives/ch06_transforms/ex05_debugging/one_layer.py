import jax
import jax.numpy as jnp
from jax.experimental import checkify


def layer(name, activation, params, x):
    y = activation(x @ params["kernel"] + params["bias"])
    jax.debug.print("{}: mean {}", name, jnp.abs(y).mean())
    return y


@jax.jit
def forward(params, x):
    h = layer("fc1", jnp.tanh, params["fc1"], x)
    return layer("fc2", lambda y: y, params["fc2"], h)


def nan_source(loss_fn, params, x):
    with jax.debug_nans(True):
        try:
            loss, pullback = jax.vjp(loss_fn, params, x)
            pullback(jnp.ones_like(loss))
        except FloatingPointError as error:
            return error.args[0]


class checked:
    def __init__(self, f):
        self.compiled = jax.jit(checkify.checkify(f, errors=checkify.all_checks))

    def __call__(self, *args):
        error, result = self.compiled(*args)
        return error.get(), result


def leaks(f, x):
    with jax.checking_leaks():
        try:
            jax.jit(f).lower(x)
        except Exception:
            return True
    return False
