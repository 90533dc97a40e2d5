"""What runs beside the learner's code for 3.1 key_streams."""

import sys
import traceback
from collections.abc import Callable
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np


def key_used_again(draw: Callable, key: jax.Array, *args: Any) -> list[str]:
    """Where `draw` uses a key that was used before, according to JAX's own
    checker, which traces `draw`.

    Empty where it does not; otherwise one line, such as "line 12, in draw_pair:
    the code there".
    """
    try:
        with jax.debug_key_reuse(True):
            program = jax.make_jaxpr(lambda key: draw(key, *args))(key)  # nothing is compiled
    except jax.errors.KeyReuseError as error:
        # Not where the body of a loop takes keys[i] from keys outside it: the
        # checker counts all of them as used each time.
        return [] if "body function" in str(error) else [_place(error, draw)]
    except Exception:  # `draw` has run before: errors of tracing alone are another check's matter
        return []
    uses = _uses(program.jaxpr, {})
    both = uses["random_fold_in"] & (uses["random_bits"] | uses["random_split"])
    return ["a number is folded into a key that is also split or drawn with"] if both else []


def _uses(jaxpr: Any, same: dict[Any, Any]) -> dict[str, set[Any]]:
    """The keys that a program folds, draws with and splits, which JAX's checker
    does not compare. `same` says which variable of the caller's each one is.
    """
    found: dict[str, set[Any]] = {"random_fold_in": set(), "random_bits": set(), "random_split": set()}
    for equation in jaxpr.eqns:
        outer = [id(v) if hasattr(v, "val") else same.get(v, v) for v in equation.invars]  # a literal has no hash
        if equation.primitive.name in found:
            found[equation.primitive.name].add(outer[0])
        elif (inner := equation.params.get("jaxpr")) and len(inner.jaxpr.invars) == len(outer):
            for name, keys in _uses(inner.jaxpr, dict(zip(inner.jaxpr.invars, outer, strict=True))).items():
                found[name] |= keys
    return found


def _place(error: Exception, draw: Callable) -> str:
    """The second use in the learner's file; JAX keeps it in the cause."""
    path = getattr(sys.modules.get(getattr(draw, "__module__", None) or ""), "__file__", None)
    tracebacks = [e.__traceback__ for e in (error, error.__cause__) if e]
    frames = [f for t in tracebacks for f in traceback.extract_tb(t) if f.filename == path and f.line]
    return f"line {frames[-1].lineno}, in {frames[-1].name}: {frames[-1].line}" if frames else "in a function that it calls"


def noise(keys: list[jax.Array], n: int) -> jax.Array:
    """(len(keys), n): normal numbers drawn with each key."""
    return jnp.stack([jax.random.normal(key, (n,)) for key in keys])


def goes_directly(key_at: Callable, key: jax.Array) -> bool:
    """Whether `key_at` can be traced without the step's value, and has no loop
    that runs until it reaches the step.
    """
    try:
        return "while[" not in str(jax.make_jaxpr(key_at)(key, 6))
    except Exception:  # it is called elsewhere too, and its error is shown there
        return False


def keys_at(key_at: Callable, pairs: list[tuple[int, int]]) -> jax.Array:
    """(len(pairs), words): the numbers in the key of each (seed, step); under
    jit, so that each step is fast.
    """
    data = jax.jit(lambda key, step: jax.random.key_data(key_at(key, step)))
    return jnp.stack([data(jax.random.key(seed), step) for seed, step in pairs])


def first_of_two(key_at: Callable, key: jax.Array, steps: int) -> list[int]:
    """Two of the first steps whose keys are the same, or an empty list."""
    data = np.asarray(jax.jit(jax.vmap(lambda step: jax.random.key_data(key_at(key, step))))(jnp.arange(steps)))
    _, place, times = np.unique(data, axis=0, return_inverse=True, return_counts=True)
    shared = np.flatnonzero(times > 1)
    return np.flatnonzero(place.ravel() == shared[0])[:2].tolist() if len(shared) else []


def orders(permutations: Callable, key: jax.Array, epochs: int, n: int) -> jax.Array:
    """(keys, epochs, n): what `permutations` draws with each of many keys; of
    fewer, where it cannot be traced.
    """
    try:
        return jax.jit(jax.vmap(lambda key: permutations(key, epochs, n)))(jax.random.split(key, 30_000))
    except Exception:  # it need not work under jit
        return jnp.stack([permutations(key, epochs, n) for key in jax.random.split(key, 100)])
