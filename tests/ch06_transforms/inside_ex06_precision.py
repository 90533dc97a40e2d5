"""What runs beside the learner's code for 6.6 precision."""

import contextlib
import functools
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import jax
import jax.numpy as jnp

# --- what a program asks for ---

LEVELS = {None: "unasked", "F32_F32_F32": "HIGHEST"}
PRODUCTS = ("dot_general", "conv_general_dilated")
Tags = frozenset  # of the arguments that a value depends on


def _level(precision: Any) -> str:
    """One of unasked, DEFAULT, HIGH, HIGHEST; or something else."""
    both = precision if type(precision) is tuple else (precision,)
    parts = {p if p is None else getattr(p, "name", type(p).__name__) for p in both}
    name = parts.pop()
    return LEVELS.get(name, str(name)) if not parts else "mixed"


def _inner(eqn: Any) -> list[Any]:
    """The jaxprs that are nested in an equation."""
    parts = [part for value in eqn.params.values() for part in (value if isinstance(value, tuple | list) else (value,))]
    inner = [getattr(part, "jaxpr", part) for part in parts]
    return [jaxpr for jaxpr in inner if hasattr(jaxpr, "eqns")]


def _follow(jaxpr: Any, given: list[Tags], found: dict, path: tuple = ()) -> list[Tags]:
    """What the results of a jaxpr depend on, and in `found` each product, by
    where it stands, with what its operands depend on.
    """
    tags = dict(zip(jaxpr.invars, given, strict=True))

    def read(variables: Any) -> list[Tags]:
        return [Tags() if hasattr(v, "val") else tags.get(v, Tags()) for v in variables]

    for i, eqn in enumerate(jaxpr.eqns):
        operands = read(eqn.invars)
        if eqn.primitive.name in PRODUCTS:
            found[(*path, i)] = eqn, operands
        tags.update(zip(eqn.outvars, _results(eqn, operands, found, (*path, i)), strict=True))
    return read(jaxpr.outvars)


def _results(eqn: Any, operands: list[Tags], found: dict, path: tuple) -> list[Tags]:
    """What the results of an equation depend on."""
    inner, name, params = _inner(eqn), eqn.primitive.name, eqn.params
    union = Tags().union(*operands)
    everything = [union] * len(eqn.outvars)
    if name == "scan":
        rows = sum(_has_more_axes(*pair) for pair in zip(eqn.invars, inner[0].invars, strict=True))
        carry = sum(not _has_more_axes(*pair) for pair in zip(eqn.outvars, inner[0].outvars, strict=True))
        first, second = len(operands) - carry - rows, len(operands) - rows
        return _loop(inner[0], operands[:first], operands[first:second], operands[second:], found, path)
    if name == "while":
        first, second = params["cond_nconsts"], params["cond_nconsts"] + params["body_nconsts"]
        return _loop(params["body_jaxpr"].jaxpr, operands[first:second], operands[second:], [], found, path)
    if name == "cond":
        operands = operands[1:]
    results = []
    for i, jaxpr in enumerate(inner):
        fits = len(jaxpr.invars) == len(operands)
        out = _follow(jaxpr, operands if fits else [union] * len(jaxpr.invars), found, (*path, i))
        results.append(out if fits and len(out) == len(everything) else everything)
    return [Tags().union(*parts) for parts in zip(*results, strict=True)] if results else everything


def _has_more_axes(outside: Any, inside: Any) -> bool:
    """Whether a scan takes this apart, or puts it together: how it writes down
    what is carried is not the same in every JAX.
    """
    return len(outside.aval.shape) > len(inside.aval.shape)


def _loop(body: Any, consts: list[Tags], carry: list[Tags], rows: list[Tags], found: dict, path: tuple) -> list[Tags]:
    """The same of a loop, after any number of steps."""
    while True:
        out = _follow(body, [*consts, *carry, *rows], found, path)
        more = [old | new for old, new in zip(carry, out, strict=False)]
        if more == carry:
            return out
        carry = more


def _apart(function: Callable) -> Callable:
    """The same in a thread of its own: a block that an answer leaves open ends
    with it.
    """

    @functools.wraps(function)
    def run(*args: Any) -> Any:
        with ThreadPoolExecutor(1) as pool:
            return pool.submit(function, *args).result()

    return run


@contextlib.contextmanager
def _caller(setting: str | None, in_block: bool = False) -> Iterator[None]:
    """Whose setting this is: for the process, where answers that set it are in
    force, or in a block, where they are not.
    """
    if in_block:
        with jax.default_matmul_precision(setting):
            yield
        return
    before = jax.config.jax_default_matmul_precision
    jax.config.update("jax_default_matmul_precision", setting)
    try:
        yield
    finally:
        jax.config.update("jax_default_matmul_precision", before)


@_apart
def program(f: Any, args: Any, kwargs: dict, setting: str | None = None, in_block: bool = False) -> dict:
    """The products in the program of f, where the caller's setting is this, in
    the order of the program; and the setting afterwards.

    Of each: [level, dtypes of the inputs, dtype of the result, what its
    operands depend on: which of `args`, by number].
    """
    with _caller(setting, in_block):
        jaxpr = jax.make_jaxpr(lambda args, kwargs: f(*args, **kwargs))(tuple(args), kwargs).jaxpr
        after = jax.config.jax_default_matmul_precision
    numbers = [Tags({i}) for i, arg in enumerate(args) for _ in jax.tree.leaves(arg)]
    found: dict = {}
    _follow(jaxpr, numbers + [Tags()] * (len(jaxpr.invars) - len(numbers)), found)
    return {"products": [_product(*found[path]) for path in sorted(found)], "after": after}


def _product(eqn: Any, operands: list[Tags]) -> list:
    taken = sorted({str(v.aval.dtype) for v in eqn.invars})
    return [_level(eqn.params["precision"]), taken, str(eqn.outvars[0].aval.dtype), [sorted(tags) for tags in operands]]


def _loss(f: Any) -> Any:
    return lambda *args, **kwargs: sum(jnp.sum(leaf**2) for leaf in jax.tree.leaves(f(*args, **kwargs)))


def gradient_program(f: Any, args: Any, kwargs: dict, setting: str | None = None) -> dict:
    """`program` of the gradient in the first argument."""
    return program(jax.grad(_loss(f)), args, kwargs, setting)


def pulled_back_program(f: Any, args: Any, setting: str | None = None) -> dict:
    """`program` of f and its backward pass: the last of `args` is the gradient
    that comes in.
    """
    return program(lambda *args: jax.vjp(f, *args[:-1])[1](args[-1]), args, {}, setting)


# --- numbers ---


def gradient(f: Any, args: Any) -> Any:
    """Of the sum of f's squares, in the first two arguments."""
    return jax.grad(_loss(f), (0, 1))(*args)


@_apart
def under(setting: str, f: Any, args: Any) -> jax.Array:
    """What f returns where the caller's setting is this."""
    with _caller(setting):
        return f(*args)


@_apart
def weighted_gradient(setting: str, f: Any, args: Any, weights: jax.Array) -> Any:
    """Of f's weighted sum in all arguments, where the caller's setting is
    this.
    """
    with _caller(setting):
        return jax.grad(lambda *args: jnp.sum(weights * f(*args)), tuple(range(len(args))))(*args)


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


def multiplied(x: jax.Array, precision: float = 1.0) -> jax.Array:
    """A function with an argument of this name."""
    return x.T @ x * precision


def partly(factor: float) -> Any:
    """`multiplied` as a functools.partial, which has no __name__."""
    return functools.partial(multiplied, precision=factor)


def chosen(x: jax.Array, kind: str) -> jax.Array:
    """One with an argument that is not an array, and that reads values."""
    y = x.T @ x if kind == "gram" else x @ x.T
    return y if float(y[0, 0]) > 0 else -y


def described(x: jax.Array) -> dict:
    """One that returns more than arrays."""
    return {"gram": x.T @ x, "name": "gram", "rows": x.shape[0]}


def calls(at_precision: Any, x: jax.Array) -> int:
    """How often f is called in two calls."""
    count = 0

    def f(x: jax.Array) -> jax.Array:
        nonlocal count
        count += 1
        return x.T @ x

    run = at_precision(f, "highest")
    run(x)
    run(x)
    return count


# --- the setting around it ---

ERRORS = {"ValueError": ValueError, "KeyError": KeyError, "KeyboardInterrupt": KeyboardInterrupt}


@_apart
def after(at_precision: Any, raised: str, precision: str, args: Any, made_under: str | None, called_under: str | None) -> dict:
    """`jax_default_matmul_precision` after a call of `at_precision` and after
    one of the function that it returned, before which it was these; and the
    error that arrived, as [type, message], where f raises one.
    """

    def f(w: jax.Array, x: jax.Array) -> jax.Array:
        if raised:
            raise ERRORS[raised]("w and x do not fit")
        return x @ w

    error = None
    with _caller(made_under):
        run = at_precision(f, precision)
        made = jax.config.jax_default_matmul_precision
        with _caller(called_under):
            try:
                run(*args)
            except (Exception, KeyboardInterrupt) as arrived:
                if not raised:
                    raise
                error = [type(arrived).__name__, *map(str, arrived.args)]
            return {"made": made, "called": jax.config.jax_default_matmul_precision, "error": error}
