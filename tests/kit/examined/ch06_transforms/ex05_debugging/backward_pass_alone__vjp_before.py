from collections.abc import Callable
from typing import Any

import jax
import jax.numpy as jnp
from jax.experimental import checkify


def forward(params: Any, x: jax.Array) -> jax.Array:
    """TorchMLP's output, float32 (batch, output_dim), and its two lines.

    Prints "fc1 " and the mean of |h|, then "fc2 " and the mean of |y|, each on
    a line of its own and with at least three decimals: in every call, also
    under jax.jit and jax.grad; under jax.vmap, once for each x. Keeps no
    tracer.

    params: {"fc1": {"kernel" (in_dim, hidden), "bias" (hidden,)},
        "fc2": {"kernel" (hidden, output_dim), "bias" (output_dim,)}}.
    x: float32 (batch, in_dim).
    """
    h = jnp.tanh(x @ params["fc1"]["kernel"] + params["fc1"]["bias"])
    jax.debug.print("fc1 {:.6f}", jnp.abs(h).mean())
    y = h @ params["fc2"]["kernel"] + params["fc2"]["bias"]
    jax.debug.print("fc2 {:.6f}", jnp.abs(y).mean())
    return y


def nan_source(loss_fn: Callable[[Any, jax.Array], jax.Array], params: Any, x: jax.Array) -> str | None:
    """The message of the error for the first NaN while the gradient of
    loss_fn(params, x) in params is computed, in the forward or the backward
    pass: it names the operation, such as sqrt. None without a NaN; an infinity
    is not one. Of a compiled loss_fn, only its results and gradients count.

    loss_fn returns a float32 (), may be compiled, and has run before, also
    under jax.vmap. params: any tree of float32 arrays. Errors of loss_fn's own
    are passed on. Afterwards `jax_debug_nans` is as it was before, on or off.
    """
    loss, backward = jax.vjp(lambda params: loss_fn(params, x), params)
    try:
        with jax.debug_nans(True):
            jax.block_until_ready(backward(jnp.ones_like(loss)))
    except FloatingPointError as error:
        return str(error)
    return None


def checked(f: Callable) -> Callable[..., tuple[str | None, Any]]:
    """Returns run(*args) -> (message, result): what f(*args) returns, an array
    or a tree, computed by a compiled function that is traced once for each
    shape of the arguments.

    message: what checkify says of the first index out of range, the first NaN,
        or the first `checkify.check` in f that does not hold, and of one of
        them where there are several kinds; run raises no error for them. None
        without any of them: then result must be right.
        A division by zero that gives no NaN may be reported or not.
    """

    errors = checkify.user_checks | checkify.index_checks | checkify.nan_checks
    compiled = jax.jit(checkify.checkify(f, errors=errors))

    def run(*args: Any) -> tuple[str | None, Any]:
        error, result = compiled(*args)
        return error.get(), result

    return run


def leaks(f: Callable[[jax.Array], Any], x: jax.Array) -> bool:
    """Whether f keeps a tracer of its own when f(x) is compiled: in a list, an
    attribute, a global.

    f raises no errors of its own, and was not compiled before. Afterwards
    `jax_check_tracer_leaks` is as it was before, on or off.
    """
    try:
        with jax.checking_leaks():
            jax.jit(lambda x: f(x))(x)
    except Exception:
        return True
    return False
