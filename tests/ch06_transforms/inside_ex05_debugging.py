"""What runs beside the learner's code for 6.5 debugging."""

import contextlib
import io
from typing import Any

import jax
import jax.numpy as jnp
from jax.experimental import checkify

# --- forward ---


def _gradient(forward: Any) -> Any:
    return jax.grad(lambda params, x: jnp.sum(forward(params, x) ** 2))


def _in_params(forward: Any) -> Any:
    """Under jax.jit in params, with an x from outside, which is an array."""
    return lambda params, x: jax.jit(lambda params: forward(params, x))(params)


HOW = {
    "without jax.jit": lambda forward: forward,
    "under jax.jit": jax.jit,
    "under jax.jit of jax.grad": lambda forward: jax.jit(_gradient(forward)),
    "under jax.jit of jax.vmap": lambda forward: jax.jit(jax.vmap(forward, in_axes=(None, 0))),
    "under jax.jit of params alone": _in_params,
}


def printed(forward: Any, params: Any, xs: list, how: str) -> list:
    """[result, what was printed] of a call with each of xs, one after
    another.
    """
    function, found = HOW[how](forward), []
    for x in xs:
        text = io.StringIO()
        with contextlib.redirect_stdout(text):
            result = jax.block_until_ready(function(params, x))
            jax.effects_barrier()  # waits for jax.debug.print
        found.append([result, text.getvalue()])
    return found


def keeps(forward: Any, params: Any, x: jax.Array) -> bool:
    """Whether a tracer outlives the trace of `forward`."""
    try:
        with jax.checking_leaks(), contextlib.redirect_stdout(io.StringIO()):
            jax.jit(lambda params, x: forward(params, x))(params, x)
            jax.effects_barrier()
    except Exception as error:
        if "Leaked" not in str(error):
            raise
        return True
    return False


def writes(forward: Any, params: Any, x: jax.Array) -> bool:
    """Whether a call without jax.jit changes its params."""
    before = jax.tree.map(jnp.copy, params)
    with contextlib.redirect_stdout(io.StringIO()):
        forward(params, x)
        jax.effects_barrier()
    if jax.tree.structure(before) != jax.tree.structure(params):
        return True
    return not all(map(jnp.array_equal, jax.tree.leaves(before), jax.tree.leaves(params)))


# --- nan_source ---


def _leaf(params: Any) -> jax.Array:
    return jax.tree.leaves(params)[0]


LOSSES = {
    "sqrt": lambda params, x: jnp.sum(jnp.sqrt(_leaf(params) * x)),
    "mul": lambda params, x: jnp.sqrt(jnp.sum(_leaf(params) * x) * 0),
    "mul of params": lambda params, x: jnp.sqrt(jnp.sum(_leaf(params) * 0)) * jnp.sum(x),  # x's gradient has no NaN
    "div": lambda params, x: jnp.sum((_leaf(params) * 0) / (_leaf(params) * 0) + x),
    "none": lambda params, x: jnp.sum((_leaf(params) * x) ** 2),
    "infinity": lambda params, x: jnp.sum(jnp.log(_leaf(params) - x)),
    # The loss or nothing is NaN, and no gradient is.
    "log of x": lambda params, x: jnp.sum(_leaf(params) * x) + jnp.sum(jnp.log(-x)),
    "sqrt of x": lambda params, x: jnp.sum(_leaf(params) * jnp.nan_to_num(jnp.sqrt(-x))),
}


def loss(name: str, params: Any, x: jax.Array, compiled: bool = False) -> Any:
    """A loss_fn that has run with these arguments: alone, under jax.grad, and
    under jax.vmap.
    """
    function, before = jax.jit(LOSSES[name]) if compiled else LOSSES[name], jax.config.jax_debug_nans
    jax.config.update("jax_debug_nans", False)  # an answer may have left it on
    jax.vmap(function, in_axes=(None, 0))(params, x[None])
    function(params, x)
    jax.grad(function)(params, x)
    jax.config.update("jax_debug_nans", before)
    return function


def quietly(nan_source: Any, loss_fn: Any, params: Any, x: jax.Array) -> Any:
    """What it returns. JAX prints two lines for each NaN in a compiled
    function; what else is printed goes on.
    """
    text = io.StringIO()
    try:
        with contextlib.redirect_stdout(text):
            return nan_source(loss_fn, params, x)
    finally:
        rest = [line for line in text.getvalue().splitlines() if not line.startswith("Invalid nan value encountered")]
        print(*rest, sep="\n", end="\n" * bool(rest))


ERRORS = {"ValueError": ValueError, "ZeroDivisionError": ZeroDivisionError}


def raising(kind: str) -> Any:
    """A loss_fn with an error of its own."""

    def loss_fn(params: Any, x: jax.Array) -> jax.Array:
        raise ERRORS[kind]("the loss is not for these params")

    return loss_fn


def debug_nans_after(nan_source: Any, loss_fn: Any, params: Any, x: jax.Array, on: bool) -> bool:
    """`jax_debug_nans` after a call, before which it was `on`."""
    jax.config.update("jax_debug_nans", on)
    try:
        # The errors of `raising`; and checkify's own computations raise errors where the setting is on.
        with contextlib.suppress(*ERRORS.values(), *[FloatingPointError] * on):
            nan_source(loss_fn, params, x)
        return bool(jax.config.jax_debug_nans)
    finally:
        jax.config.update("jax_debug_nans", False)


# --- checked ---


def set_back() -> None:
    """Switch off what answers may have left on."""
    jax.config.update("jax_debug_nans", False)
    jax.config.update("jax_check_tracer_leaks", False)


def again(run: Any, *args: Any) -> Any:
    """What a second call with the same arrays returns."""
    run(*args)
    return run(*args)


class Counting:
    """A function that counts how often Python has run it."""

    def __init__(self, function: Any) -> None:
        self.function, self.traced, self.run = function, 0, 0

    def __call__(self, *args: Any) -> Any:
        if isinstance(jax.tree.leaves(args)[0], jax.core.Tracer):
            self.traced += 1
        else:
            self.run += 1
        return self.function(*args)


def rows(table: jax.Array, ids: jax.Array) -> jax.Array:
    """An embedding."""
    return table[ids]


def gathered(table: jax.Array, ids: jax.Array) -> jax.Array:
    """The gradient of a loss in the table of an embedding, where the rows are
    read in a loop.
    """

    def loss_fn(table: jax.Array) -> jax.Array:
        def one(total: jax.Array, i: jax.Array) -> tuple[jax.Array, None]:
            return total + jnp.sum(table[i] ** 2), None

        return jax.lax.scan(one, jnp.zeros(()), ids)[0]

    return jax.grad(loss_fn)(table)


def logs(batch: dict) -> dict:
    """A tree from a tree; NaN for a negative number."""
    found = jnp.log(batch["x"])
    return {"logs": found, "mean": found.mean()}


def shares(x: jax.Array) -> jax.Array:
    """Parts of the sum, which must be positive."""
    total = x.sum()
    checkify.check(total > 0, "the sum is {}", total)
    return x / total


# --- leaks ---

kept: dict = {}


class Layer:
    """Keeps what it computed."""

    def __init__(self) -> None:
        self.last, self.seen = None, []


def _in_the_first_call(layer: Layer) -> Any:
    def f(x: jax.Array) -> jax.Array:
        if layer.last is None:
            layer.last = x * 2
        return x + 1

    return f


def function(name: str) -> Any:
    """A new function of x, which keeps something or nothing."""
    layer, numbers = Layer(), []
    in_the_first_call = _in_the_first_call(layer)

    def in_a_list(x: jax.Array) -> jax.Array:
        layer.seen.append(jnp.sin(x))
        return x + 1

    def in_an_attribute(x: jax.Array) -> jax.Array:
        layer.last = x * 2
        return layer.last + 1

    def in_a_global(x: jax.Array) -> jax.Array:
        kept["x"] = x
        return {"y": x - 1}

    def in_a_loop(x: jax.Array) -> jax.Array:
        def body(i: jax.Array, carry: jax.Array) -> jax.Array:
            layer.seen.append(i)
            return carry * 2

        return jax.lax.fori_loop(0, 3, body, x)

    def nothing(x: jax.Array) -> jax.Array:
        return jnp.tanh(x) ** 2

    def its_shape(x: jax.Array) -> jax.Array:
        numbers.append((x.shape, x.dtype, str(x)))
        return jnp.sum(x)

    def for_a_while(x: jax.Array) -> jax.Array:
        numbers.append(x * 2)
        return numbers.pop() + 1

    def a_constant(x: jax.Array) -> jax.Array:
        numbers.append(2.5)
        return x * numbers[-1]

    return locals()[name]


def forget() -> None:
    """Drop what `in_a_global` kept."""
    kept.clear()


def leaks_after(leaks: Any, name: str, x: jax.Array, on: bool) -> bool:
    """`jax_check_tracer_leaks` after a call, before which it was `on`."""
    jax.config.update("jax_check_tracer_leaks", on)
    try:
        leaks(function(name), x)
        return bool(jax.config.jax_check_tracer_leaks)
    finally:
        jax.config.update("jax_check_tracer_leaks", False)
