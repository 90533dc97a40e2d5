from collections.abc import Callable
from typing import Any

import jax
import jax.numpy as jnp
from jax.experimental import checkify


def forward(params: Any, x: jax.Array) -> jax.Array:
    h = jnp.tanh(x @ params["fc1"]["kernel"] + params["fc1"]["bias"])
    jax.debug.print("fc1 {}", jnp.abs(h).mean())
    y = h @ params["fc2"]["kernel"] + params["fc2"]["bias"]
    jax.debug.print("fc2 {}", jnp.abs(y).mean())
    return y


def nan_source(loss_fn: Callable[[Any, jax.Array], jax.Array], params: Any, x: jax.Array) -> str | None:
    with jax.debug_nans(True):
        try:
            jax.grad(loss_fn)(params, x)
        except FloatingPointError as error:
            return str(error)
    return None


def checked(f: Callable) -> Callable[..., tuple[str | None, Any]]:
    errors = checkify.user_checks | checkify.index_checks | checkify.nan_checks
    program = jax.jit(checkify.checkify(f, errors=errors))
    compiled = {}

    def run(*args):
        shapes = str([jnp.shape(leaf) for leaf in jax.tree.leaves(args)]) + str(jax.tree.structure(args))
        if shapes not in compiled:
            compiled[shapes] = program.lower(*args).compile()
        error, result = compiled[shapes](*args)
        return error.get(), result

    return run


def leaks(f: Callable[[jax.Array], Any], x: jax.Array) -> bool:
    with jax.checking_leaks():
        try:
            jax.jit(lambda x: f(x))(x)
        except Exception:
            return True
    return False
