"""Mistakes that can be made in any exercise and show by themselves: in what
JAX raised, or in what a comparison is about. An exercise's own mistakes, which
know more, come first.
"""

import re
from dataclasses import dataclass

from flaxkata.report import Comparison

IN_PLACE = "changed in place"  # the detail of a comparison that found an argument to be other than before
JAX_EXPECTED = "where a jax.Array belongs"  # of a finding: where NumPy's arrays do, other kinds are wrong


@dataclass(frozen=True)
class CommonMistake:
    """What the learner is told, and how the mistake shows: the outcome of a
    comparison, a pattern at the beginning of its detail, and words in its
    finding.
    """

    slug: str
    outcome: str
    detail: str
    text: str
    finding: str = ""


COMMON = (
    CommonMistake(
        "changed_in_place",
        "value",
        f"{IN_PLACE}$",
        """\
Something changed that has to stay as it is: what your function was given, or
what it returned before.

Usually `pop`, `update` or an assignment to an item wrote into it, or into
something that shares a part with it, as a shallow copy shares the inner dicts.

Make a new dict in place of changing the old one: `{**params, name: new}` at
each level on the way, or `jax.tree.map`, which returns a new tree.""",
    ),
    CommonMistake(
        "value_while_traced",
        "raised",
        r"jax\.errors\.(TracerBoolConversionError|TracerIntegerConversionError|ConcretizationTypeError): ",
        """\
Your code needs the value of an array at a moment when it has none. Under
`jax.jit`, `jax.grad`, `jax.vmap` or `lax.scan` it runs once with tracers, which
have a shape and a dtype only.

Usually a Python `if`, `while`, `assert`, `range`, `int()` or `.item()` looks at
the values of an array.

Choose with `jnp.where`, or `jax.lax.cond` for whole branches; loop with
`jax.lax.fori_loop`. Shapes and dtypes may decide in Python.""",
    ),
    CommonMistake(
        "numpy_while_traced",
        "raised",
        r"jax\.errors\.TracerArrayConversionError: ",
        """\
NumPy is given an array that has no values yet. Under `jax.jit`, `jax.grad`,
`jax.vmap` or `lax.scan` your code runs once with tracers, and NumPy computes
with numbers alone.

Usually a function of `np` is called where the same function of `jnp` belongs,
or `np.asarray` on an argument.

Use `jnp` for all that depends on the arguments. NumPy may compute what depends
on shapes only.""",
    ),
    CommonMistake(
        "tracer_kept",
        "raised",
        r"jax\.errors\.UnexpectedTracerError: ",
        """\
An array from inside of a transformation is used after it has ended. There it
was a tracer, and it stands for nothing any longer.

Usually a function under `jax.jit`, `jax.grad`, `jax.vmap` or `lax.scan` puts an
array into a list, a global or an attribute, and it is read later.

Return what you need from the function; `has_aux=True` lets a loss return more
than the loss.""",
    ),
    CommonMistake(
        "array_given_away",
        "raised",
        r"RuntimeError: Array has been deleted",
        """\
An array is used after its memory was given to another one.

Usually `jax.jit` has `donate_argnums` or `donate_argnames` for an argument
whose arrays the caller still holds.

Donate only what nobody uses again, or give the function a copy:
`jax.tree.map(jnp.copy, params)`.""",
    ),
    CommonMistake(
        "numpy_returned",
        "type",
        r"numpy\.",
        """\
Your function gives NumPy's arrays or numbers where `jax.Array`s belong. They
compute the same at first, and do not go through `jax.jit` or `jax.grad`.

Usually `np` computed them, or an argument was handed on as it came.

Compute with `jnp`, or make them JAX's with `jnp.asarray(...)`.""",
        JAX_EXPECTED,
    ),
    CommonMistake(
        "python_number_returned",
        "type",
        r"(bool|int|float)$",
        """\
Your function gives a number of Python where a `jax.Array` of shape () belongs.

Usually `float(...)` or `.item()` was called on the result. Under `jax.jit` and
`jax.grad` it has no value yet, and they fail.

Return the array itself.""",
        JAX_EXPECTED,
    ),
    CommonMistake(
        "nothing_returned",
        "structure",
        r"NoneType$",
        """\
Your function returns None.

Usually the `return` is missing, or something is called as if it worked in
place: in JAX, `x.at[i].set(v)`, `jax.tree.map` and `apply` return what is new,
and change nothing.

Return the new value.""",
    ),
)
WORDS = {mistake.slug: mistake.text for mistake in COMMON}


def shown_by(comparison: Comparison) -> str:
    """The slug of the mistake that a failed comparison shows; empty for
    none.
    """
    alike = (m for m in COMMON if m.outcome == comparison.outcome and m.finding in comparison.finding)
    return next((m.slug for m in alike if re.match(m.detail, comparison.detail)), "")
