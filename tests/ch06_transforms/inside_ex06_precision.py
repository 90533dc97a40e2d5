"""What runs beside the learner's code for 6.6 precision."""

import contextlib
from collections.abc import Iterator
from typing import Any

import jax
import jax.numpy as jnp

# --- what a program asks for ---

LEVELS = {None: "unasked", "F32_F32_F32": "HIGHEST"}


def _level(precision: Any) -> str:
    """One of unasked, DEFAULT, HIGH, HIGHEST; or something else."""
    parts = {p.name if p is not None else None for p in (precision if isinstance(precision, tuple) else (precision,))}
    name = parts.pop()
    return LEVELS.get(name, str(name)) if not parts else "mixed"


def _equations(jaxpr: Any) -> Iterator[Any]:
    """Of a jaxpr and of all that are nested in it."""
    for eqn in jaxpr.eqns:
        yield eqn
        for value in eqn.params.values():
            for part in value if isinstance(value, tuple | list) else (value,):
                inner = getattr(part, "jaxpr", part)
                if hasattr(inner, "eqns"):
                    yield from _equations(inner)


@contextlib.contextmanager
def _caller(setting: str | None) -> Iterator[None]:
    """Whose setting this is: for the process, so that answers may set it
    too.
    """
    before = jax.config.jax_default_matmul_precision
    jax.config.update("jax_default_matmul_precision", setting)
    try:
        yield
    finally:
        jax.config.update("jax_default_matmul_precision", before)


def products(f: Any, args: Any, kwargs: dict, setting: str | None = None) -> list:
    """[level, dtype of the inputs, dtype and shape of the result] of each
    product in the program of f, where the caller's setting is this.
    """
    with _caller(setting):
        jaxpr = jax.make_jaxpr(lambda args, kwargs: f(*args, **kwargs))(tuple(args), kwargs).jaxpr
    found = [e for e in _equations(jaxpr) if e.primitive.name in ("dot_general", "conv_general_dilated")]
    return [[_level(e.params["precision"]), *_types(e)] for e in found]


def _types(eqn: Any) -> list:
    out = eqn.outvars[0].aval
    return [sorted({str(v.aval.dtype) for v in eqn.invars}), str(out.dtype), list(out.shape)]


def gradient_products(f: Any, args: Any, kwargs: dict, setting: str | None = None) -> list:
    """The same of the gradient in the first argument."""

    def loss(*args: Any, **kwargs: Any) -> jax.Array:
        return sum(jnp.sum(leaf**2) for leaf in jax.tree.leaves(f(*args, **kwargs)))

    return products(jax.grad(loss), args, kwargs, setting)


# --- functions for at_precision ---


def net(params: dict, x: jax.Array, scale: float = 1.0) -> dict:
    """A convolution, a product in a loop, one in a compiled function, and an
    einsum.
    """
    y = jax.lax.conv_general_dilated(x, params["conv"], (1, 1), "VALID", dimension_numbers=("NHWC", "HWIO", "NHWC"))
    hidden = jnp.tanh(y).mean((1, 2))
    hidden, _ = jax.lax.scan(lambda h, w: (jnp.tanh(h @ w), None), hidden, params["layers"])
    return {"logits": scale * _head(params["head"], hidden), "gram": jnp.einsum("ni,nj->ij", hidden, hidden)}


@jax.jit
def _head(head: jax.Array, hidden: jax.Array) -> jax.Array:
    return hidden @ head


def linear(w: jax.Array, x: jax.Array) -> jax.Array:
    """One product."""
    return x @ w


def gram(x: jax.Array) -> jax.Array:
    """A function of one argument."""
    return x.T @ x


def bilinear(x: jax.Array, w: jax.Array, y: jax.Array) -> jax.Array:
    """One of three."""
    return x @ w @ y.T


def compiled(args: Any) -> Any:
    """`linear`, compiled and called before."""
    function = jax.jit(lambda w, x: linear(w, x))
    function(*args)
    return function


def raising(w: jax.Array, x: jax.Array) -> jax.Array:
    """A function with an error of its own."""
    raise ValueError("w and x do not fit")


def setting_after(at_precision: Any, f: Any, precision: str, args: Any, before: str | None) -> str | None:
    """`jax_default_matmul_precision` after a call, before which it was this."""
    with _caller(before):
        with contextlib.suppress(ValueError):  # of `raising`
            at_precision(f, precision)(*args)
        return jax.config.jax_default_matmul_precision
